/** The server that holds the queue: named on the command line, or by the environment, where others do not read it. */
import type { Io } from "./io.js";

export function redisOf(given: string | undefined, { env }: Io): string {
  return given ?? env.REDIS_URL ?? "redis://127.0.0.1:6379";
}
