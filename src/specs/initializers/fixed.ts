/** Initializers that draw nothing. */
import { type Given, makeSpec, number, type Spec } from "../../base/options.js";
import type { InitializerDefinition } from "./initializer.js";

const constantOptions = {
  /** Any finite number. */
  value: number({}),
};

export type ConstantSpec = Spec<"constant", typeof constantOptions>;

/** Every weight is `value`. @throws OptionError unless it is finite. */
export function constant(options: Given<typeof constantOptions>): ConstantSpec {
  return makeSpec("constant", constantOptions, options, arguments);
}

export const constantDefinition: InitializerDefinition<ConstantSpec, Given<typeof constantOptions>> = {
  options: constantOptions,
};

/** Options of `identity` and `orthogonal`. */
export const gainOptions = {
  /** Factor applied to all weights. @default 1 */
  gain: number({}, 1),
};

export type IdentitySpec = Spec<"identity", typeof gainOptions>;

/** `gain` if input and unit have the same number, 0 elsewhere; for kernels. @throws OptionError */
export function identity(options: Given<typeof gainOptions> = {}): IdentitySpec {
  return makeSpec("identity", gainOptions, options, arguments);
}

export const identityDefinition: InitializerDefinition<IdentitySpec, Given<typeof gainOptions>> = {
  options: gainOptions,
  forKernels: true,
};
