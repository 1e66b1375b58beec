/** Waits for addresses of memory. Loaded when there are none; knows no backend. */
import { BackendError } from "../base/errors.js";

/** Milliseconds until the next try, doubled from try to try, and the longest such pause: a second in all. */
const [FIRST_PAUSE, LAST_PAUSE] = [20, 640];

const PROBLEM =
  "WebAssembly needs 64 KiB of memory in 10 GiB of addresses, more than there are. Raise the limit (ulimit -v), or use " +
  'backend: "reference".';

/**
 * Repeats `attempt`, which found no memory: addresses of workers that have ended come back a little later.
 * @throws BackendError if there are none after a second, or if the engine refuses the module for another reason
 */
export async function awaitAddresses(attempt: () => void, first: unknown): Promise<void> {
  let cause = first;
  for (let pause = FIRST_PAUSE; (cause as Error | null)?.name === "RangeError"; pause *= 2) {
    if (pause > LAST_PAUSE) throw new BackendError(PROBLEM, { cause });
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      attempt();
      return;
    } catch (again) {
      cause = again;
    }
  }
  throw (await import("./refusal.js")).refusal("The WebAssembly core could not be instantiated", cause);
}
