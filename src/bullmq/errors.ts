/** Errors of queues, and how they are told. */
import { JobError } from "../jobs/errors.js";

/** The queue or its server is not as it must be. The message says what would let the search go on. */
export class QueueError extends JobError {
  override name = "QueueError";
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
