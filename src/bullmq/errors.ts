/** Errors of queues, and how they are told. */
import { SimdgradError } from "../base/errors.js";

/** The queue, a worker or a message is not as it must be. The message says what would let the search go on. */
export class QueueError extends SimdgradError {
  override name = "QueueError";
}

/** The same task gave other bits on another machine. */
export class DeterminismError extends QueueError {
  override name = "DeterminismError";
}

/** Tells each message once: a server that is away fails every second. */
export function onceEach(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
