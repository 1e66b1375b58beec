/** The contract of an initializer: plain data, and a way to fill a tensor. Knows no initializer by name. */
import type { OptionTable, Spec } from "../../base/options.js";
import type { RandomStream } from "../../base/randomStream.js";

/** Sizes of the layer around a tensor. */
export interface Fans {
  /** Inputs of one unit. */
  readonly fanIn: number;
  /** Units fed by one input. */
  readonly fanOut: number;
}

/** Fills weights, which are all 0 before. Those of a kernel [fanIn, fanOut] are stored row after row. */
export type Fill<Spec> = (weights: Float32Array, spec: Spec, random: RandomStream, fans: Fans) => void;

/** Everything that the options of a layer need from one type of initializer. */
export interface InitializerDefinition<Spec, Options = never> {
  /** The options, if reading them by this table is all that the factory does. */
  readonly options?: OptionTable;
  /** Otherwise: checks options as the factory does, and fills in defaults. */
  readonly resolve?: (options: Options) => Spec;
  /** True if it works only for kernels. @default false */
  readonly forKernels?: boolean;
}

type None = Record<never, never>;

/** An initializer without options. */
// @__NO_SIDE_EFFECTS__
export function plain<Type extends string>(_: Type): InitializerDefinition<Spec<Type, None>, None> {
  return { options: {} };
}
