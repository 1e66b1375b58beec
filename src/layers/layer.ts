/**
 * What a layer is to the rest: plain data with a name, a shape rule, parameters, and what it emits.
 * A layer does no arithmetic; it writes records on a tape, once, when a model is compiled.
 */
import type { ActivationSpec } from "../activations.js";
import type { InitializerSpec } from "../initializers.js";
import type { Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import type { Shape } from "../shape.js";

/** A weight tensor that a layer asks for. */
export interface ParameterSpec {
  /** Its name within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: InitializerSpec;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** What a layer emitted going forward, and how it goes back. */
export interface Step {
  readonly y: TensorRef;
  /**
   * Emits the gradients of the parameters from `dy`, and that of the input where it is wanted.
   * May overwrite `dy`, unless the tape is `stepwise`.
   */
  backward(dy: TensorRef, wantsInputGradient: boolean): TensorRef | null;
}

/** What a layer is given to emit on. */
export interface EmitContext {
  readonly tape: Tape;
  /** Name of the layer, the prefix of its tensors. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, TensorRef>>;
  /** The activation to apply; `linear` where the loss is fused with the layer's own. */
  readonly activation: ActivationSpec;
  /** Keep every intermediate in a tensor of its own, so that it can be looked at. */
  readonly stepwise: boolean;
}

/** Name of the gradient of a tensor: `dense_1/h` gives `dense_1/dh`. */
export function gradientName(name: string): string {
  const at = name.lastIndexOf("/") + 1;
  const last = name.slice(at);
  const capitalized = last.length > 1 ? last[0].toUpperCase() + last.slice(1) : last;
  return `${name.slice(0, at)}d${capitalized}`;
}
