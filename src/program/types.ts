/** Parts of a program: the options of `compile`, the weights, and the plan with its input and output tensors. */

import type { Plan } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { ParameterSpec } from "../specs/layers/layer.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { MetricSpec } from "../specs/metrics/table.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";

/** The options of `compile`, resolved. */
export interface Compiled {
  readonly optimizer: OptimizerSpec;
  readonly loss: LossSpec;
  readonly metrics: readonly MetricSpec[];
}

/** A weight tensor and its place in memory. */
export interface Parameter extends ParameterSpec {
  /** `dense_1/kernel` */
  readonly path: string;
  readonly tensor: TensorRef;
}

/** A plan, and the tensors through which the model feeds and reads it. */
export interface Program {
  readonly plan: Plan;
  readonly layers: readonly PlacedLayer[];
  readonly parameters: readonly Parameter[];
  /** The parameters that the optimizer changes. */
  readonly trainable: readonly Parameter[];
  /** Name of the method that moves the weights; `null` if the plan does. */
  readonly minimizer: string | null;
  readonly x: TensorRef;
  readonly predictions: TensorRef;
  /** `null` if there is no loss. */
  readonly training: TrainingTensors | null;
}

export interface TrainingTensors {
  readonly targets: TensorRef;
  readonly sampleWeights: TensorRef;
  /** Labels are below this number. */
  readonly mostLabels: number;
  /** Label of rows that do not count. */
  readonly ignoreClass: number | null;
  /** Predictions of each section; `null` unless a metric needs every prediction of an epoch. */
  readonly collected:
    | (Readonly<Record<"evaluate" | "train", TensorRef>> & {
        /** True if a metric counts rows by their weights. */
        readonly isWeighted: boolean;
      })
    | null;
}
