/** Initializers that draw nothing. */
import { type Given, makeSpec, number, type Spec } from "../../base/options.js";
import { type InitializerDefinition, plain } from "./initializer.js";

export const zerosDefinition = /* @__PURE__ */ plain("zeros", () => {});

export const onesDefinition = /* @__PURE__ */ plain("ones", (weights) => weights.fill(1));

const constantOptions = {
  /** Any finite number. */
  value: number({}),
};

type ConstantSpec = Spec<"constant", typeof constantOptions>;

/** Every weight is `value`. @throws OptionError unless it is finite. */
export function constant(options: Given<typeof constantOptions>): ConstantSpec {
  return makeSpec("constant", constantOptions, options, arguments);
}

export const constantDefinition: InitializerDefinition<ConstantSpec, Given<typeof constantOptions>> = {
  resolve: constant,
  fill: (weights, { value }) => weights.fill(value),
};

/** Options of `identity` and `orthogonal`. */
export const gainOptions = {
  /** Factor applied to all weights. @default 1 */
  gain: number({}, 1),
};

type IdentitySpec = Spec<"identity", typeof gainOptions>;

/** `gain` if input and unit have the same number, 0 elsewhere; for kernels. @throws OptionError */
export function identity(options: Given<typeof gainOptions> = {}): IdentitySpec {
  return makeSpec("identity", gainOptions, options, arguments);
}

export const identityDefinition: InitializerDefinition<IdentitySpec, Given<typeof gainOptions>> = {
  resolve: identity,
  forKernels: true,
  fill(weights, { gain }, _, { fanIn, fanOut }) {
    for (let i = 0; i < Math.min(fanIn, fanOut); i++) weights[i * fanOut + i] = gain;
  },
};
