/**
 * `simdgrad/estimators`: classifier and regressor in scikit-learn's manner, and pipelines that end with one. No logic.
 */
export type { ClassLabel, ClassLabels, ClassTargets, LabelledData } from "./classes.js";
export { MLPClassifier, type PartialFitOptions } from "./classifier.js";
export {
  estimatorPipeline,
  loadEstimator,
  type TransformedTargetOptions,
  transformedTargetRegressor,
} from "./composite.js";
export type { Estimator, EstimatorConfig, TargetFunctions } from "./estimator.js";
export { EstimatorPipeline, type PipelineData, type PipelineInputs } from "./estimatorPipeline.js";
export type { LoadOptions } from "./file.js";
export type { Inputs } from "./inputs.js";
export type { MLPClassifierOptions, MLPOptions, MLPRegressorOptions } from "./options.js";
export { MLPRegressor } from "./regressor.js";
export { TransformedTargetRegressor } from "./transformedTarget.js";
export { withOptions } from "./withOptions.js";
