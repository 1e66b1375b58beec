/** What an initializer is to the rest: plain data, and how it fills a tensor. Knows no initializer by name. */
import { makeSpec, type Spec } from "../../base/options.js";
import type { Random } from "../../base/random.js";

/** Sizes of the layer around a tensor. */
export interface Fans {
  /** Inputs of one unit. */
  readonly fanIn: number;
  /** Units fed by one input. */
  readonly fanOut: number;
}

/** Everything a model asks of one type of initializer. */
export interface InitializerDefinition<Spec, Options = never> {
  /** Checks options as the factory does, and spells them out. */
  readonly resolve: (options: Options) => Spec;
  /** Fills weights, all of which are 0; those of a kernel [fanIn, fanOut] lie row after row. */
  fill(weights: Float32Array, spec: Spec, random: Random, fans: Fans): void;
  /** True if it is for kernels only. @default false */
  readonly forKernels?: boolean;
}

type None = Record<never, never>;

/** An initializer without options. */
// @__NO_SIDE_EFFECTS__
export function plain<Type extends string>(
  type: Type,
  fill: (weights: Float32Array, random: Random, fans: Fans) => void,
): InitializerDefinition<Spec<Type, None>, None> {
  return {
    resolve: (options) => makeSpec(type, {}, options),
    fill: (weights, _, random, fans) => fill(weights, random, fans),
  };
}
