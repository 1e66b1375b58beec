/** `simdgrad/estimators`: classifier and regressor in scikit-learn's manner. No logic. */
export type { ClassLabel, ClassLabels } from "./classes.js";
export { type LabelledData, MLPClassifier, type PartialFitOptions } from "./classifier.js";
export type { LoadOptions } from "./file.js";
export type { Inputs } from "./inputs.js";
export type { MLPClassifierOptions, MLPOptions, MLPRegressorOptions } from "./options.js";
export { MLPRegressor } from "./regressor.js";
