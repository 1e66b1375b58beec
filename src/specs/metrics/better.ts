/** Which way is better, metric by metric. Apart from their table, so that only programs that compare load it. */
import type { MetricName, MetricSpec } from "./metric.js";

/** Errors and losses, of which less is better; of every other metric more is. */
const errors: readonly MetricName[] = [
  "logLoss",
  "brier",
  "meanSquaredError",
  "rootMeanSquaredError",
  "meanAbsoluteError",
  "meanAbsolutePercentageError",
];

/** True if more of it is better. */
export function isLargerBetter({ type }: MetricSpec): boolean {
  return !errors.includes(type);
}
