/** Loss and metrics by name, from sums and from what was collected. */
import { finishSum, isSummed, type MetricSpec } from "../metrics/metric.js";
import type { Collector } from "./collector.js";
import type { Compiled, Program } from "./compile.js";

/** Gives metrics of the rows that were collected. */
export interface Judge {
  metric(spec: MetricSpec, compiled: Compiled): number;
}

/** True if a metric needs all predictions of an epoch. Then a `Collector` must be opened first. */
export function collects({ training }: Program): boolean {
  return training?.collected != null;
}

/** A collector for about `rows` rows; `null` for a program that does not collect. */
export async function openCollector({ training }: Program, rows: number): Promise<Collector | null> {
  if (!training?.collected) return null;
  const { Collector } = await import("./collector.js");
  return new Collector(training, training.collected.train.shape[0], rows);
}

/** Loss and metrics of `rows` rows: means of a session's sums, and metrics of what was collected. */
export function readLogs(
  sums: Float64Array,
  compiled: Compiled,
  rows: number,
  judge: Judge | null,
): Record<string, number> {
  const { loss, metrics } = compiled;
  const counted = loss.ignoreClass == null ? rows : sums[1 + metrics.filter(isSummed).length];
  let slot = 1;
  // Any string may be a name: as an entry, "__proto__" is one like the others.
  const entries = metrics.map((spec): [string, number] => [
    spec.name,
    isSummed(spec) ? finishSum(spec, sums[slot++] / counted) : (judge?.metric(spec, compiled) ?? NaN),
  ]);
  return Object.fromEntries([["loss", sums[0] / rows], ...entries]);
}
