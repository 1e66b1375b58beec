/** Computes metrics of rows that were collected, from formulas of scores and losses, and functions of the user's. */

import { OptionError, show } from "../base/errors.js";
import { unawaited } from "../base/unawaited.js";
import type { Compiled } from "../program/types.js";
import { targetKind } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import { type Epoch, epochMetric } from "../specs/metrics/epoch.js";
import { taskOf } from "../specs/metrics/metric.js";
import { isLossMetric, type MetricSpec } from "../specs/metrics/table.js";
import { meanLoss } from "./meanLoss.js";

/** Computes metrics of the collected rows. */
export interface Judge {
  metric(spec: MetricSpec, compiled: Compiled): number;
}

/** Targets and predictions, row after row, and weights of rows if a metric counts by them. */
export interface Collected {
  readonly targets: Float32Array;
  readonly predictions: Float32Array;
  readonly weights?: Float32Array;
}

/** Metrics of these rows. Counts are made once for all metrics that share them. */
export function judgeOf({ targets, predictions, weights }: Collected, outputs: number): Judge {
  const rows = predictions.length / outputs;
  const tallies = { weighted: new Map(), plain: new Map() };
  return {
    metric(spec, { loss }) {
      const epoch: Epoch = {
        targets,
        predictions,
        rows,
        outputs,
        task: taskOf(loss, outputs),
        signs: targetKind(loss) === "signs",
        weights: spec.weighted && weights ? weights : null,
        tallies: spec.weighted ? tallies.weighted : tallies.plain,
      };
      if (spec.compute) return ownMetric(spec, epoch);
      return isLossMetric(spec) ? lossMetric(spec, epoch, loss) : epochMetric(spec, epoch);
    },
  };
}

/** The mean of a loss. Predictions are logits if the metric says so, unless the loss of the model turned them. */
function lossMetric(spec: MetricSpec, epoch: Epoch, { fromLogits }: LossSpec): number {
  const metric = { ...spec, fromLogits: spec.fromLogits === true && !fromLogits } as LossSpec;
  const mean = meanLoss(metric, epoch);
  return spec.type === "cosineSimilarity" ? -mean : mean;
}

/** @throws OptionError for a result that is not a number */
function ownMetric({ compute, name }: MetricSpec, { targets, predictions, weights }: Epoch): number {
  const value = unawaited(compute?.(targets.slice(), predictions.slice(), weights && Float32Array.from(weights)));
  if (typeof value === "number") return value;
  throw new OptionError(
    `metrics: ${show(name)}: expected its function to return a number, got ${show(value)}. It must not be async.`,
  );
}
