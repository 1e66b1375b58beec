/** Options of executor, worker and status: tables and types. */

import { checkText, OptionError, show } from "../base/errors.js";
import { func, type Given, number, optional, text, via } from "../base/options.js";
import type { OnWarning } from "../data/onWarning.js";
import { checkStore, type DataStore } from "../jobs/store.js";
import { type Connection, checkConnection } from "./connection.js";
import type { Server } from "./server.js";

/** Keys of BullMQ are parts between colons. */
function checkQueue(where: string, given: unknown): string {
  const name = checkText(where, given);
  if (name !== "" && !name.includes(":") && name === Buffer.from(name).toString()) return name;
  throw new OptionError(
    `${where}: expected a name of whole characters without colons, such as "sweep", got ${show(given)}.`,
  );
}

const shared = {
  /** Name of the queue in BullMQ. */
  queue: via<string, string>(checkQueue),
  /** Redis or Valkey: `redis://:password@host:6379`. PostgreSQL: `postgres://user:password@host:5432/name`. */
  connection: via<Connection, Server>(checkConnection),
};

const withStore = {
  ...shared,
  /** The place of the data: a folder that all machines see, or functions. @default the server: Redis up to 64 MB, PostgreSQL up to 256 MB */
  store: optional(via<string | DataStore, string | DataStore>(checkStore)),
  /**
   * The folder with models, inputs and outputs of scorings (`scoreFile`), which all machines see. No path of a job is
   * opened outside it. @default none: no scorings
   */
  data: optional(text()),
  /** Told of what does not stop the work. Nobody waits for it; the console is told of its errors. @default console.warn */
  onWarning: func<OnWarning>(() => console.warn),
};

/** Options of `bullExecutor`. */
export const executorOptions = {
  ...withStore,
  /** Jobs that wait or run at the same time; at least as many as there are workers. @default 64 */
  inFlight: number({ min: 1, max: 10_000, integer: true }, 64),
  /**
   * One new result in this many is computed again here and compared; 0 compares none. Those of workers on this machine
   * at the end, as they would share its cores. @default 20
   */
  verify: number({ min: 0, integer: true }, 20),
};

/** Options of `bullExecutor`. */
export interface BullExecutorOptions extends Given<typeof executorOptions> {}

/** Options of `startWorker`. */
export const workerOptions = {
  ...withStore,
  /** Trainings at the same time; more than one are in threads of their own. @default 1 */
  concurrency: number({ min: 1, max: 256, integer: true }, 1),
  /** Milliseconds after which the job of a worker that fell silent is given to another. @default 30000 */
  lockDuration: number({ min: 100, integer: true }, 30_000),
  /** Called after each training, and after each part of a scoring. */
  onJob: optional(func<(job: DoneJob) => unknown>()),
};

/** Options of `startWorker`. */
export interface WorkerOptions extends Given<typeof workerOptions> {}

/** A training, or a part of a scoring, that a worker has done. */
export interface DoneJob {
  readonly id: string;
  /** `null` if it failed, and for a part. */
  readonly score: number | null;
  /** Rows of a part; `null` for a training, and if it failed. */
  readonly rows: number | null;
  readonly seconds: number;
}

/** Options of `sweepStatus`. */
export const statusOptions = shared;

/** Options of `sweepStatus`. */
export interface SweepStatusOptions extends Given<typeof statusOptions> {}
