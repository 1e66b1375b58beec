/** `trace` for bundlers: a method that does not wait, whose code comes with the first `evaluate`, which waits. */
import { BackendError } from "../base/errors.js";
import type { traceModel as trace } from "./trace.js";

let kept: typeof trace | null = null;

/** Called by what has loaded it. */
export function keepTrace(loaded: typeof trace): void {
  kept = loaded;
}

export const traceModel: typeof trace = (core, ...rest) => {
  core.checkCompiled("trace");
  if (kept) return kept(core, ...rest);
  throw new BackendError("trace: it is not loaded yet. Await evaluate first, which loads it.");
};
