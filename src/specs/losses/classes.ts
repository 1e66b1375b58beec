/** Whether a loss has classes. Apart from the other facts, as only checks of data ask. */
import { type LossSpec, targetKind } from "./index.js";

/** True if targets are classes, or shares of classes, rather than numbers of any size. */
export function hasClasses(spec: LossSpec): boolean {
  return targetKind(spec) !== "numbers" && targetKind(spec) !== "nonNegative";
}
