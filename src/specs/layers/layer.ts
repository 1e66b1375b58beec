/**
 * What a layer is to the rest: plain data with a name, a shape rule, parameters, and what it emits.
 * A layer does no arithmetic; it writes records on a tape, once, when a model is compiled.
 */

import { ShapeError } from "../../base/errors.js";
import { optional, unchecked } from "../../base/options.js";
import { Random } from "../../base/random.js";
import { formatShape, type Shape } from "../../base/shape.js";
import type { Tape } from "../../plan/tape.js";
import type { TensorRef } from "../../plan/tensor.js";
import type { ActivationSpec } from "../activations.js";
import type { ConstraintSpec } from "../constraints.js";
import type { InitializerSpec } from "../initializers/index.js";
import type { RegularizerSpec } from "../regularizers.js";

/** The option `name` of every layer; checked where the layer gets its place in a model. */
export const layerName = optional(unchecked<string>());

/** A weight tensor that a layer asks for. */
export interface ParameterSpec {
  /** Its name within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: InitializerSpec;
  readonly fanIn: number;
  readonly fanOut: number;
  /** Whether the optimizer changes it. Not for frozen layers, nor for what a layer keeps up itself. @default true */
  readonly trainable?: boolean;
  /** First values, instead of the initializer's. */
  readonly values?: readonly number[];
  /** Smallest value that may be put in. @default none */
  readonly minimum?: number;
  /** Penalty on it in the loss, while it is trained. @default none */
  readonly regularizer?: RegularizerSpec | null;
  /** What it is held to after each update. @default none */
  readonly constraint?: ConstraintSpec | null;
}

/** True if the optimizer changes this parameter. */
export function isTrainable({ trainable = true }: Pick<ParameterSpec, "trainable">): boolean {
  return trainable;
}

/** What a layer emitted going forward, and how it goes back. */
export interface Emitted {
  readonly y: TensorRef;
  /**
   * Emits the gradients of the trainable parameters from `dy`, and that of the input where it is wanted.
   * May overwrite `dy`, unless the tape is `stepwise`.
   */
  backward(dy: TensorRef, wantsInputGradient: boolean): TensorRef | null;
  /** Emits what a training step changes beside the gradients, after the last of them: moving statistics. */
  update?(): void;
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
  /** Training, where dropout drops and batches are normalized by themselves; not `evaluate`, not `predict`. */
  readonly training: boolean;
  /** The model's seed. */
  readonly seed: number;
  /** The layer's place in the model: with the seed it names the layer's own stream of random numbers. */
  readonly stream: number;
}

/** The straight line y = scale x + offset. */
export interface Line {
  readonly scale: number;
  readonly offset: number;
}

/** What others may ask of a layer, whatever its type. */
export interface LayerFacts<Spec> {
  /** The activation it ends with, which a loss may take over. @default none */
  lastActivation?(spec: Spec): ActivationSpec;
  /** The line that it is and nothing else, with a scale other than 0. @default none */
  line?(spec: Spec): Line;
  /** True if it hands on the very values it is given. @default false */
  readonly keepsValues?: boolean;
  /** True if it scales its input, so that data need not be scaled before. @default false */
  readonly scalesInput?: boolean;
  /** True if its weights `mean` and `variance` are to be those of its input, which `adapt` finds. @default false */
  readonly adapts?: boolean;
}

/** Everything a model asks of one type of layer. */
export interface LayerDefinition<Spec, Options = unknown> extends LayerFacts<Spec> {
  /** Checks options as the factory does, and spells them out. */
  readonly resolve: (options: Options) => Spec;
  /** The shape of one output row. @throws ShapeError for an input that the layer cannot take. */
  outputShape(spec: Spec, inputShape: Shape, name: string): Shape;
  /** The weights it asks for, in the order in which they are listed and saved. @default none */
  parameters?(spec: Spec, inputShape: Shape): ParameterSpec[];
  /** Emits the forward records and returns the output and the way back. */
  emit(spec: Spec, context: EmitContext, x: TensorRef): Emitted;
  /** Checks rows of the model's input where they reach the layer as they came in. @throws DataError */
  checkInput?(where: string, spec: Spec, x: Float32Array, columns: number): void;
  /** What a summary says after the type: `relu`. @default nothing */
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

/** Keeps the streams of layers apart from those of initializers and shuffles. */
const LAYER_STREAM = 0x4c41;

/** The key of a layer's own stream of random numbers, from its place and the model's seed or one of its own. */
export function layerKey({ seed, stream }: EmitContext, ownSeed = seed): { key0: number; key1: number } {
  const random = Random.fromSeed(ownSeed, LAYER_STREAM, stream);
  return { key0: random.uint32() | 0, key1: random.uint32() | 0 };
}

/** Name of the gradient of a tensor: `dense_1/h` gives `dense_1/dh`. */
export function gradientName(name: string): string {
  const at = name.lastIndexOf("/") + 1;
  const last = name.slice(at);
  const capitalized = last.length > 1 ? last[0].toUpperCase() + last.slice(1) : last;
  return `${name.slice(0, at)}d${capitalized}`;
}
