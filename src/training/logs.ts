/** Loss and metrics by name, from sums and from what was collected. */

import type { Compiled, Program } from "../program/types.js";
import { finishSum, isSummed } from "../specs/metrics/metric.js";
import type { Collector, Judge } from "./collector.js";

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

/** Gives sums over rows: of the weighted losses, then of each metric that is summed. A session does. */
export interface Sums {
  sum(slot: number): number;
}

/** Loss and metrics of `rows` rows: means of sums, and metrics of what was collected. */
export function readLogs(sums: Sums, compiled: Compiled, rows: number, judge: Judge | null): Record<string, number> {
  const { loss, metrics } = compiled;
  const logs: Record<string, number> = { loss: sums.sum(0) / rows };
  const counted = loss.ignoreClass == null ? rows : sums.sum(1 + metrics.filter(isSummed).length);
  let slot = 1;
  for (const spec of metrics) {
    const { name } = spec;
    const value = isSummed(spec) ? finishSum(spec, sums.sum(slot++) / counted) : (judge?.metric(spec, compiled) ?? NaN);
    // Any string may be a name: assigned, "__proto__" would not be an entry.
    if (name in logs)
      Object.defineProperty(logs, name, { value, writable: true, enumerable: true, configurable: true });
    else logs[name] = value;
  }
  return logs;
}
