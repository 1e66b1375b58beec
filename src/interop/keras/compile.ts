/** Optimizer, loss and metrics, as `compile` takes them there and here. */
import { show } from "../../base/errors.js";
import type { Compiled } from "../../program/types.js";
import type { MetricSpec } from "../../specs/metrics/table.js";
import { type Config, type Context, isConfig } from "./dialect.js";
import { readLoss, writeLoss } from "./tablesLosses.js";
import { readMetric, writeMetric } from "./tablesMetrics.js";
import { isMissing, type Missing, readOptimizer, writeOptimizer } from "./tablesOptimizers.js";

/** The settings of `compile`; `null`, with a note, if one of them does not exist here. */
export function readCompiled(context: Context, config: unknown, outputs: number): Compiled | null {
  if (!isConfig(config) || !(config.optimizer ?? config.optimizer_config)) return null;
  const leaveOut = (what: string, { missing }: Missing) => {
    context.note(`The model is not compiled: ${what}: ${missing}. Call compile before you train it.`);
    return null;
  };
  const optimizer = readOptimizer(context, config.optimizer ?? config.optimizer_config);
  if (isMissing(optimizer)) return leaveOut("optimizer", optimizer);
  const loss = readLoss(context, only(config.loss));
  if (isMissing(loss)) return leaveOut("loss", loss);
  const weights = only(config.loss_weights) ?? 1;
  if (weights !== 1) return leaveOut("loss_weights", { missing: "there are none here" });
  const metrics: MetricSpec[] = [];
  for (const [key, weighted] of [
    ["metrics", false],
    ["weighted_metrics", true],
  ] as const) {
    for (const one of listOf(config[key])) {
      const metric = readMetric(context, one, outputs, weighted);
      const isTwice = !isMissing(metric) && metrics.some(({ name }) => name === metric.name);
      if (isMissing(metric)) context.note(`The metric ${nameOf(one)} is left out: ${metric.missing}.`);
      else if (isTwice) context.note(`The metric ${nameOf(one)} is left out: another one has its name.`);
      else metrics.push(metric);
    }
  }
  return { optimizer, loss, metrics };
}

const nameOf = (value: unknown) => show(isConfig(value) ? (value.class_name ?? null) : value);

/** The setting of the only output, whose settings may stand in a list or under its name. */
function only(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 1) return only(value[0]);
  if (!isConfig(value) || "class_name" in value) return value;
  const values = Object.values(value);
  return values.length === 1 ? only(values[0]) : value;
}

/** Metrics of the only output: a list, a list in a list, or a list under a name. */
function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (isConfig(value)) return "class_name" in value ? [value] : Object.values(value).flatMap(listOf);
  return Array.isArray(value)
    ? value.flatMap((one) => (Array.isArray(one) ? listOf(one) : [one])).filter(Boolean)
    : [value];
}

/** The settings of `compile`, or the reason why there are none like them. */
export function writeCompiled(
  context: Context,
  { optimizer, loss, metrics }: Compiled,
  learningRate: number | null,
  outputs: number,
  isLabels: boolean,
): Config | Missing {
  const ownOptimizer = writeOptimizer(context, optimizer, learningRate);
  if (isMissing(ownOptimizer)) return { missing: `optimizer: ${ownOptimizer.missing}` };
  const ownLoss = writeLoss(context, loss);
  if (isMissing(ownLoss)) return { missing: `loss: ${ownLoss.missing}` };
  const lists: Record<"metrics" | "weighted_metrics", unknown[]> = { metrics: [], weighted_metrics: [] };
  for (const metric of metrics) {
    const own = writeMetric(context, metric, outputs, isLabels);
    if (typeof own === "object" && own !== null && isMissing(own)) {
      context.note(`The metric ${show(metric.name)} is left out: ${own.missing}.`);
    } else lists[metric.weighted ? "weighted_metrics" : "metrics"].push(own);
  }
  return {
    optimizer: ownOptimizer,
    loss: ownLoss,
    loss_weights: null,
    metrics: lists.metrics.length > 0 ? lists.metrics : null,
    weighted_metrics: lists.weighted_metrics.length > 0 ? lists.weighted_metrics : null,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}
