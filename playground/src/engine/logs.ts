/** Epochs for the curves: evenly spread over the whole run, however long it has become. */
import type { EpochLog } from "./protocol.js";

/** At most about `most` epochs: every second, fourth, eighth … one, and the last. */
export function thinned(logs: readonly EpochLog[], most: number): EpochLog[] {
  const last = logs.length - 1;
  let every = 1;
  while (last >= 0 && logs[last].epoch / every > most) every *= 2;
  return logs.filter(({ epoch }, i) => epoch % every === 0 || i === last);
}
