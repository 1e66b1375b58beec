/** Lets timers, input and rendering have their turn during long work. */

/** Milliseconds of work after which `fit` lets others have a turn. */
export const YIELD_BUDGET = 30;

/** Resolves after the event loop has gone round once. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** The time in milliseconds, for budgets and speeds; results never depend on it. */
export function now(): number {
  return performance.now();
}
