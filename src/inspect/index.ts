/** Tools to look inside a model: the public part of this room. */

export {
  type CheckGradientsOptions,
  checkGradients,
  type GradientCheck,
  type GradientPoint,
  type TensorCheck,
} from "./checkGradients.js";
export { describeTape } from "./describeTape.js";
export { type FindLearningRateOptions, findLearningRate, type LearningRateCurve } from "./findLearningRate.js";
export { type Profile, type ProfileOp, type ProfileOptions, profile } from "./profile.js";
export {
  type ActivationStatistics,
  type TensorStatistics,
  type Watch,
  type WatchOptions,
  type WatchReport,
  type WeightStatistics,
  watch,
} from "./watch.js";
