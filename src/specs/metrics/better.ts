/** The better direction of each metric. Kept apart from their table, so that only programs that compare load it. */
import { isLossMetric, type MetricName, type MetricSpec } from "./table.js";

/** Errors, of which less is better, as it is of losses; of every other metric more is. */
const errors: readonly MetricName[] = [
  "logLoss",
  "brier",
  "meanSquaredError",
  "rootMeanSquaredError",
  "meanAbsoluteError",
  "meanAbsolutePercentageError",
  "falsePositives",
  "falseNegatives",
];

/** True if more of it is better; `null` for a metric of the user's that does not say. */
export function isLargerBetter(spec: MetricSpec): boolean | null {
  if (spec.type === "customMetric") return spec.mode === undefined ? null : spec.mode === "max";
  // The metric is the cosine, the loss its negative.
  return spec.type === "cosineSimilarity" || !(isLossMetric(spec) || errors.includes(spec.type));
}
