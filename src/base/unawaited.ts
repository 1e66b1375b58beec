/** Results of the caller's functions that are used at once. */

import { kindOf } from "./kinds.js";

/**
 * Returns the result as it is. Catches the rejection of a promise: the error for a result of the wrong kind says what is
 * wrong.
 */
export function unawaited(result: unknown): unknown {
  if (kindOf(result) === "Promise") (result as Promise<unknown>).catch(() => {});
  return result;
}
