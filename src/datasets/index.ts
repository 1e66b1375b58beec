/** `simdgrad/datasets`: built-in sets, and generators of rows. */
export * from "./builtIn.js";
export {
  type BlobsOptions,
  blobs,
  type CirclesOptions,
  circles,
  type GaussianQuantilesOptions,
  gaussianQuantiles,
  type MoonsOptions,
  moons,
  type SpiralOptions,
  spiral,
  type XorOptions,
  xor,
} from "./generators/classes.js";
export type { SeedOption, ShuffleOption } from "./generators/common.js";
export { type PlaygroundName, type PlaygroundOptions, playground, playgroundNames } from "./generators/playground.js";
export { type RegressionData, type RegressionDataOptions, regression } from "./generators/regression.js";
