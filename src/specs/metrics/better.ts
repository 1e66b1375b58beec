/** Which way is better, metric by metric. Apart from their table, so that only programs that compare load it. */
import type { MetricName, MetricSpec } from "./metric.js";

/** True for those of which more is better. */
const larger: Readonly<Record<MetricName, boolean>> = {
  accuracy: true,
  binaryAccuracy: true,
  categoricalAccuracy: true,
  sparseCategoricalAccuracy: true,
  topKCategoricalAccuracy: true,
  balancedAccuracy: true,
  precision: true,
  recall: true,
  f1: true,
  fbeta: true,
  auc: true,
  matthewsCorrcoef: true,
  cohenKappa: true,
  logLoss: false,
  brier: false,
  meanSquaredError: false,
  rootMeanSquaredError: false,
  meanAbsoluteError: false,
  meanAbsolutePercentageError: false,
  r2: true,
};

/** True if more of it is better. */
export function isLargerBetter({ type }: MetricSpec): boolean {
  return larger[type];
}
