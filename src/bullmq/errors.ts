/** Errors of queues, and how they are told. */
import { forEvents, type OnWarning } from "../data/onWarning.js";
import { JobError } from "../jobs/errors.js";

/** The queue or its server is not as it must be. The message says what would let the search go on. */
export class QueueError extends JobError {
  override name = "QueueError";
}

/** Tells each message once: a server that is away fails every second. */
export function onceEach(onWarning: OnWarning): (message: string) => void {
  const tell = forEvents(onWarning);
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
