/** Options of losses, and the entry of a loss in the table. */

import { checkNumber, type NumberRange } from "../../base/errors.js";
import { flag, type Given, nullable, number, type OptionTable, via } from "../../base/options.js";
import type { LossKind } from "../../plan/op.js";
import type { ScriptMaker } from "../../plan/record.js";
import type { ComputeLoss } from "./host.js";
import type { MoreLossOptions } from "./moreOptions.js";
import type { OutputWeightsOptions } from "./outputWeightsOption.js";
import type { ReductionOptions } from "./reductionOptions.js";

/** Targets of a loss: `labels` are one integer per row, all others one number per output. */
export type TargetKind = "numbers" | "nonNegative" | "probabilities" | "signs" | "labels";

/** The type of a `customLoss`, by its targets. */
export type CustomLossType = "custom" | "customProbabilities" | "customOneHot" | "customSigns" | "customLabels";

/** The numbers of a loss that its record holds. */
export interface LossNumbers {
  readonly smoothing: number;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** One loss. */
export interface LossEntry {
  /** Its kind on predictions. */
  readonly kind: LossKind;
  /** Its kind on logits, with the activation that turns them into predictions. */
  readonly logits?: { readonly kind: LossKind; readonly activation: "sigmoid" | "softmax" };
  readonly targets: TargetKind;
  /** Reading of outputs: `each` a separate yes or no, `classes` one choice; it and `several` need at least two. */
  readonly outputs?: "each" | "classes" | "several";
  readonly options: OptionTable;
  /** Labels are below this number. @default the number of outputs */
  readonly mostLabels?: number;
  /** Refuses a metric. @throws OptionError */
  readonly checkMetric?: (metric: { readonly type: string; readonly compute?: unknown }) => void;
  /** Outputs that each target has. @default 1 */
  readonly outputsPerTarget?: number;
  /** Refuses a number of outputs. @throws OptionError */
  readonly checkOutputs?: (outputs: number, loss: LossOptions & { readonly type: string }) => void;
  /** Makes the script that computes the loss; `undefined` if the kernel does. */
  readonly script?: (spec: Readonly<Required<LossOptions>>) => ScriptMaker | undefined;
  /** The loss of each row of a batch, as the metric of that name needs it, if no kernel computes the loss. */
  readonly compute?: ((spec: Readonly<Required<LossOptions>>) => ComputeLoss | undefined) | undefined;
  /** The numbers `alpha` and `beta` of its record, if it has them. */
  readonly numbers?: (spec: Readonly<Required<LossOptions>>) => Partial<LossNumbers>;
}

/** A number within a range, or one for each output, each within a range of its own. */
// @__NO_SIDE_EFFECTS__
function perOutput(range: NumberRange, each: NumberRange, fallback: number) {
  type Value = number | readonly number[];
  return via<Value, Value>((where, value) => {
    if (!Array.isArray(value)) return checkNumber(where, value, range);
    return value.map((one, i) => checkNumber(`${where}[${i}]`, one, each));
  }, fallback);
}

/** Options that losses take; each takes some of them. */
export const lossOptions = {
  /** The model's last layer is linear and gives logits: the loss applies sigmoid or softmax itself. @default false */
  fromLogits: flag(false),
  /** Moves targets this share of the way to 1/2 (binary) or 1/classes, 0 to 1. @default 0 */
  labelSmoothing: number({ min: 0, max: 1 }, 0),
  /** Label of rows that count for nothing, often -1 or 255; `null` for none. It need not be a class. @default null */
  ignoreClass: nullable(number({ integer: true })),
  /** Weight of positive targets, > 0, or one per output, as PyTorch's `BCEWithLogitsLoss(pos_weight)`. @default 1 */
  posWeight: perOutput({ above: 0 }, { above: 0 }, 1),
  /** Error from which on huber grows linearly, > 0. @default 1 */
  delta: number({ above: 0 }, 1),
  /** Share of the targets that should be below the prediction of pinball, between 0 and 1. @default 0.5 */
  quantile: number({ above: 0, below: 1 }, 0.5),
  /**
   * Focal losses: weight of the terms, 0 to 1; for the binary one only with `applyClassBalancing`, for the categorical
   * one also a weight >= 0 for each class. Tversky: weight of outputs beyond their targets, >= 0, there by default 0.5.
   * @default 0.25
   */
  alpha: perOutput({ min: 0, max: 1 }, { min: 0 }, 0.25),
  /**
   * Focal losses: exponent of the error that weights a term, >= 0. Circle: factor of similarities, > 0, there by
   * default
   * 80. @default 2
   */
  gamma: number({ min: 0 }, 2),
  /** Binary focal loss: weight positives with alpha, negatives with 1 − alpha. @default false */
  applyClassBalancing: flag(false),
};

/** Options that losses take; each takes some of them. */
export interface LossOptions
  extends Given<typeof lossOptions>,
    MoreLossOptions,
    OutputWeightsOptions,
    ReductionOptions {}
