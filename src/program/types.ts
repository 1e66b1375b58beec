/** What a program is made of: what `compile` was given, the weights, and the plan with the tensors that feed and read it. */

import type { Plan } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import type { PlacedLayer } from "../specs/layers/index.js";
import type { ParameterSpec } from "../specs/layers/layer.js";
import type { LossSpec } from "../specs/losses.js";
import type { MetricSpec } from "../specs/metrics/metric.js";
import type { OptimizerSpec } from "../specs/optimizers/index.js";

/** What `compile` was given, resolved. */
export interface Compiled {
  readonly optimizer: OptimizerSpec;
  readonly loss: LossSpec;
  readonly metrics: readonly MetricSpec[];
}

/** A weight tensor and where it is stored. */
export interface Parameter extends ParameterSpec {
  /** `dense_1/kernel` */
  readonly path: string;
  readonly tensor: TensorRef;
}

/** A plan, and the tensors by which the model feeds and reads it. */
export interface Program {
  readonly plan: Plan;
  readonly layers: readonly PlacedLayer[];
  readonly parameters: readonly Parameter[];
  /** The parameters that the optimizer changes. */
  readonly trainable: readonly Parameter[];
  /** Name of the method that moves the weights, where the plan does not. */
  readonly minimizer: string | null;
  readonly x: TensorRef;
  readonly predictions: TensorRef;
  /** Only where there is a loss. */
  readonly training: TrainingTensors | null;
}

export interface TrainingTensors {
  readonly targets: TensorRef;
  readonly sampleWeights: TensorRef;
  /** The label of rows that count for nothing. */
  readonly ignoreClass: number | null;
  /** Predictions of each section, where a metric needs all of an epoch. */
  readonly collected: Readonly<Record<"evaluate" | "train", TensorRef>> | null;
}
