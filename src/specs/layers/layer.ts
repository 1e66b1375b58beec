/**
 * The contract of a layer: plain data with a name, a shape rule, parameters, and the records it emits.
 * A layer does no arithmetic; it writes records on a tape, once, when a model is compiled.
 */

import { ShapeError } from "../../base/errors.js";
import type { NumericArray } from "../../base/kinds.js";
import { optional, unchecked } from "../../base/options.js";
import { formatShape, type Shape } from "../../base/shape.js";
import type { Tape } from "../../plan/tape.js";
import type { TensorRef } from "../../plan/tensor.js";
import type { ActivationSpec } from "../activations.js";
import type { ConstraintSpec } from "../constraints.js";
import type { InitializerSpec } from "../initializers/table.js";
import type { RegularizerSpec } from "../regularizers.js";

/** The option `name` of every layer; checked when the layer is placed in a model. */
export const layerName = optional(unchecked<string>());

/** A weight tensor that a layer needs. */
export interface ParameterSpec {
  /** Its name within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: InitializerSpec;
  readonly fanIn: number;
  readonly fanOut: number;
  /** True if the optimizer changes it. False in frozen layers, and for values that the layer updates. @default true */
  readonly trainable?: boolean;
  /** First values, instead of the initializer's. */
  readonly values?: readonly number[];
  /** Smallest value that may be set. @default none */
  readonly minimum?: number;
  /** Penalty on it in the loss, while it is trained. @default none */
  readonly regularizer?: RegularizerSpec | null;
  /** Constraint applied after each update. @default none */
  readonly constraint?: ConstraintSpec | null;
  /** True if the layer itself moves it before each training step, which binds as a constraint does. @default false */
  readonly projected?: boolean;
}

/** True if the optimizer changes this parameter. */
export function isTrainable({ trainable = true }: Pick<ParameterSpec, "trainable">): boolean {
  return trainable;
}

/** The result of a layer's forward records, and its backward pass. */
export interface Emitted {
  readonly y: TensorRef;
  /**
   * Emits the gradients of the trainable parameters from `dy`, and that of the input if it is wanted.
   * May overwrite `dy`, unless the tape is `stepwise`.
   */
  backward(dy: TensorRef, wantsInputGradient: boolean): TensorRef | null;
  /** Emits the changes of a training step other than gradients, after the last gradient: moving statistics. */
  update?(): void;
}

/** The context in which a layer emits. */
export interface EmitContext {
  readonly tape: Tape;
  /** Name of the layer, the prefix of its tensors. */
  readonly name: string;
  /** Shape of one row of its input. */
  readonly inputShape: Shape;
  readonly parameters: Readonly<Record<string, TensorRef>>;
  /** The activation to apply; `linear` if the loss is fused with the layer's own. */
  readonly activation: ActivationSpec;
  /** True to keep every intermediate in a tensor of its own, so that it can be inspected. */
  readonly stepwise: boolean;
  /** True in training, where dropout drops and batches are normalized by themselves; not in `evaluate` or `predict`. */
  readonly training: boolean;
  /** True in sections that compute a loss: layers may add to it. */
  readonly withLoss: boolean;
  /** The model's seed. */
  readonly seed: number;
  /** The layer's position in the model. With the seed, it selects the layer's own stream of random numbers. */
  readonly stream: number;
}

/** The straight line y = scale x + offset. */
export interface Line {
  readonly scale: number;
  readonly offset: number;
}

/** Facts about a layer for other modules, whatever its type. */
export interface LayerFacts<Spec> {
  /** The activation it ends with, which a loss may take over. @default none */
  lastActivation?(spec: Spec): ActivationSpec;
  /** The straight line, with a scale other than 0, if the layer is nothing else. @default none */
  line?(spec: Spec): Line;
  /** True if it passes its input values on unchanged. @default false */
  readonly keepsValues?: boolean;
  /** True if it scales its input, so that data need not be scaled before. @default false */
  readonly scalesInput?: boolean;
  /** The weights of the layer `name` that fit rows of its input, by path: those that `adapt` sets. @default none */
  adapt?(name: string, x: Float32Array, columns: number): ReadonlyMap<string, Float32Array>;
}

/** Everything a model needs from one type of layer. */
export interface LayerDefinition<Spec, Options = unknown> extends LayerFacts<Spec> {
  /** Checks options as the factory does, and fills in defaults. */
  readonly resolve: (options: Options) => Spec;
  /** The shape of one output row. @throws ShapeError for an input that the layer cannot take. */
  outputShape(spec: Spec, inputShape: Shape, name: string): Shape;
  /** The weights it needs, in the order in which they are listed and saved. @default none */
  parameters?(spec: Spec, inputShape: Shape): ParameterSpec[];
  /** Emits the forward records and returns the output and the backward pass. */
  emit(spec: Spec, context: EmitContext, x: TensorRef): Emitted;
  /** Checks rows of the model's input if they reach the layer unchanged. @throws DataError */
  checkInput?(where: string, spec: Spec, x: NumericArray, columns: number): void;
  /** Detail shown after the type in a summary: `relu`. @default nothing */
  detail?(spec: Spec): string | null;
}

/** The number of features of an input of one dimension. @throws ShapeError for any other. */
export function expectFeatures(name: string, inputShape: Shape): number {
  if (inputShape.length === 1) return inputShape[0];
  const got = formatShape(inputShape, { batch: true });
  throw new ShapeError(
    `${name}: expected input [*, features], got ${got}. Put flatten() before it, or use inputShape: [features].`,
  );
}

/** Name of the gradient of a tensor: `dense_1/h` gives `dense_1/dh`. */
export function gradientName(name: string): string {
  const at = name.lastIndexOf("/") + 1;
  const last = name.slice(at);
  const capitalized = last.length > 1 ? last[0].toUpperCase() + last.slice(1) : last;
  return `${name.slice(0, at)}d${capitalized}`;
}
