/** Adds to the table of losses, which every program has. */
import type { LossEntry } from "./options.js";
import { known } from "./table.js";

/** Makes losses known to `compile`. */
export function addLosses(entries: Readonly<Record<string, LossEntry>>): void {
  Object.assign(known, entries);
}
