/** Yields to timers, input and rendering during long work. */

/** Milliseconds of work after which `fit` yields: less than a frame, so that a page stays smooth. */
const YIELD_BUDGET = 12;

/**
 * Resolves after one turn of the event loop. A page sends itself a message, because a timer would wait 4 ms each time,
 * and a second while the page is hidden.
 */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else if (typeof MessageChannel === "function") postToOneself(resolve);
    else setTimeout(resolve, 0);
  });
}

function postToOneself(onMessage: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    onMessage();
  };
  port2.postMessage(null);
}

/** Time in milliseconds, for budgets and speeds; results never depend on it. */
export function now(): number {
  return performance.now();
}

/** Tells when the time budget is spent, without reading the clock on every step. */
export class Breather {
  #since = now();
  #interval = 1;
  #left = 1;

  isDue(): boolean {
    if (--this.#left > 0) return false;
    const elapsed = now() - this.#since;
    if (elapsed < YIELD_BUDGET / 8) this.#interval = Math.min(this.#interval * 2, 4096);
    else if (elapsed > YIELD_BUDGET) this.#interval = Math.max(this.#interval >> 1, 1);
    this.#left = this.#interval;
    return elapsed >= YIELD_BUDGET;
  }

  async rest(): Promise<void> {
    await yieldToEventLoop();
    this.#since = now();
  }
}
