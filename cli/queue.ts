/** The server that holds the queue: named on the command line, or by the environment, where others do not read it. */
import { misuse } from "./failure.js";
import type { Io } from "./io.js";

export interface QueueFlags {
  readonly queue?: string;
  readonly redis?: string;
  readonly postgres?: string;
}

/** Address of the server. `DATABASE_URL` is not read: it names the database of an application, which others must not fill. */
export function serverOf({ redis, postgres }: QueueFlags, { env }: Io): string {
  if (redis !== undefined && postgres !== undefined) throw misuse("--redis and --postgres: give one of them.");
  return redis ?? postgres ?? env.SIMDGRAD_QUEUE ?? env.REDIS_URL ?? "redis://127.0.0.1:6379";
}
