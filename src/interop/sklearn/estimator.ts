/** The JSON of a scikit-learn multilayer perceptron: its attributes under their own names. */
import type { ClassName } from "../portable.js";

/** The estimators of the format. */
export type EstimatorName = "MLPClassifier" | "MLPRegressor";

/** scikit-learn's name of an activation. */
export type SklearnActivation = "identity" | "logistic" | "tanh" | "relu";

/** The memory of the solver: "adam" has t, ms and vs, "sgd" has velocities; kernels first, then biases. */
export interface SklearnOptimizer {
  readonly t?: number;
  readonly ms?: readonly unknown[];
  readonly vs?: readonly unknown[];
  readonly velocities?: readonly unknown[];
  readonly learning_rate?: number;
}

/** An estimator that was fitted. Attributes that a reader does not need may be absent. */
export interface SklearnEstimator {
  readonly estimator: EstimatorName;
  /** Version of scikit-learn that wrote it. */
  readonly sklearn?: string;
  /** The parameters, as `get_params()` returns them. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly n_features_in_: number;
  readonly feature_names_in_?: readonly string[];
  readonly n_outputs_: number;
  readonly n_layers_: number;
  readonly out_activation_: "identity" | "logistic" | "softmax" | "exp";
  readonly classes_?: readonly ClassName[];
  readonly coefs_: readonly (readonly (readonly number[])[])[];
  readonly intercepts_: readonly (readonly number[])[];
  readonly t_?: number;
  readonly n_iter_?: number;
  readonly optimizer?: SklearnOptimizer | null;
  /** A `StandardScaler` before it. */
  readonly scaler?: { readonly mean_: readonly number[]; readonly scale_: readonly number[] } | null;
}

/** Our activations by scikit-learn's names. */
export const ACTIVATIONS = { identity: "linear", logistic: "sigmoid", tanh: "tanh", relu: "relu" } as const;

/** Our activations of the last layer by scikit-learn's names. */
export const OUT_ACTIVATIONS = {
  identity: "linear",
  logistic: "sigmoid",
  softmax: "softmax",
  exp: "exponential",
} as const;

/** The loss that scikit-learn trains with, by the activation of the last layer. */
export const LOSSES = {
  identity: "meanSquaredError",
  logistic: "binaryCrossentropy",
  softmax: "sparseCategoricalCrossentropy",
  exp: "poisson",
} as const;

/**
 * scikit-learn's gradient of the loss over ours: it sums over outputs where ours are means, and halves squares.
 */
export function gradientRatio(out: SklearnEstimator["out_activation_"], outputs: number): number {
  if (out === "softmax") return 1;
  return out === "identity" ? outputs / 2 : outputs;
}

/** Rows of a batch when the parameter is "auto", at most. */
export const AUTO_BATCH = 200;
