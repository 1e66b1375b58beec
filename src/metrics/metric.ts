/** Metrics that are summed in the kernels while an epoch runs, as plain data. */
import { checkName, OptionError, show } from "../errors.js";
import { type LossSpec, lossTargets } from "../losses.js";
import { MetricKind, Place } from "../plan/op.js";

export const metricNames = ["accuracy", "meanSquaredError", "meanAbsoluteError"] as const;

/** The name of a metric. */
export type MetricName = (typeof metricNames)[number];

/** A list of names, checked. @throws OptionError with the nearest known name. */
export function resolveMetrics(where: string, value: unknown): MetricName[] {
  if (!Array.isArray(value)) {
    throw new OptionError(`${where}: expected a list such as ["accuracy"], got ${show(value)}.`);
  }
  const names = value.map((name, i) => checkName(`${where}[${i}]`, name, metricNames));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new OptionError(`${where}: "${twice}" is listed twice.`);
  if (names.length > Place.MetricSlots) throw new OptionError(`${where}: at most ${Place.MetricSlots} metrics.`);
  return names;
}

/**
 * The kind that a name means for a loss and a number of outputs, as Keras resolves "accuracy":
 * sparse for integer labels, binary for one output or binary cross-entropy, else categorical.
 * @throws OptionError where the metric cannot be told from labels.
 */
export function metricKind(name: MetricName, loss: LossSpec, outputs: number): MetricKind {
  const labels = lossTargets(loss) === "labels";
  if (name === "accuracy") {
    if (labels) return MetricKind.SparseCategoricalAccuracy;
    const binary = outputs === 1 || loss.type === "binaryCrossentropy";
    return binary ? MetricKind.BinaryAccuracy : MetricKind.CategoricalAccuracy;
  }
  if (labels) {
    throw new OptionError(
      `compile: metrics: ${name} needs one target per output, but ${loss.type} takes integer labels.`,
    );
  }
  return name === "meanSquaredError" ? MetricKind.MeanSquaredError : MetricKind.MeanAbsoluteError;
}
