/** Whether a loss has classes. Apart from the other facts, as only checks of data ask. */
import { targetKind } from "./facts.js";
import type { LossSpec } from "./table.js";

/** True if targets are classes, or shares of classes, rather than numbers of any size. */
export function hasClasses(spec: LossSpec): boolean {
  return targetKind(spec) !== "numbers" && targetKind(spec) !== "nonNegative";
}
