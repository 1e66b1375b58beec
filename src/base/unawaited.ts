/** Results of the caller's functions that are used at once. */

import { kindOf } from "./kinds.js";

/**
 * The result as it is. If it is a promise, its rejection is nobody's: the error for a result of the wrong kind says what
 * is wrong.
 */
export function unawaited(result: unknown): unknown {
  if (kindOf(result) === "Promise") (result as Promise<unknown>).catch(() => {});
  return result;
}
