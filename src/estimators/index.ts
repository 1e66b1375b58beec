/** `simdgrad/estimators`: classifier and regressor in scikit-learn's manner. No logic. */
export {
  type ClassLabel,
  type ClassLabels,
  type LabelledData,
  MLPClassifier,
  type PartialFitOptions,
} from "./classifier.js";
export type { MLPOptions } from "./options.js";
export { MLPRegressor } from "./regressor.js";
