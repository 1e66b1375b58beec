/** Epochs for the curves: the first ones, then evenly spread over the whole run, however long it has become. */
import type { EpochLog } from "./protocol.js";

/** Epochs of the beginning that are always kept, as most happens there. */
const FIRST = 50;

/** At most about `most` epochs: the first, every second, fourth, eighth … one, and the last. */
export function thinned(logs: readonly EpochLog[], most: number): EpochLog[] {
  const last = logs.length - 1;
  let every = 1;
  while (last >= 0 && logs[last].epoch / every > most) every *= 2;
  return logs.filter(({ epoch }, i) => epoch <= FIRST || epoch % every === 0 || i === last);
}

/** True if the losses span more than two powers of ten, so that a linear axis would hide the small ones. */
export function spansDecades(logs: readonly EpochLog[]): boolean {
  let [low, high] = [Infinity, 0];
  for (const { loss, valLoss } of logs) {
    for (const each of [loss, valLoss]) if (each > 0) [low, high] = [Math.min(low, each), Math.max(high, each)];
  }
  return high > 100 * low;
}

/** The epoch with the lowest test loss; `null` without test rows. */
export function bestOf(logs: readonly EpochLog[]): EpochLog | null {
  let best: EpochLog | null = null;
  for (const log of logs) if (log.valLoss < (best?.valLoss ?? Infinity)) best = log;
  return best;
}

/** Epochs since the best one, and growth of the test loss, beyond which a network is said to overfit. */
const [LONG, GROWTH] = [20, 1.1];

/** True if the test loss has been rising for a while, and the training loss has not. */
export function isOverfitting(logs: readonly EpochLog[]): boolean {
  const best = bestOf(logs);
  const last = logs[logs.length - 1];
  if (!best || last.epoch - best.epoch < LONG) return false;
  // One bad epoch is no trend.
  const recent = logs.slice(-5);
  return recent.every(({ loss, valLoss }) => valLoss > GROWTH * best.valLoss && loss <= best.loss);
}
