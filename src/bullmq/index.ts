/** `simdgrad/bullmq`: searches on a queue of BullMQ. No logic. */
export { DeterminismError, QueueError } from "./errors.js";
export { bullExecutor } from "./executor.js";
export type { Connection } from "./library.js";
export type { BullExecutorOptions, DoneJob, SweepStatusOptions, WorkerOptions } from "./options.js";
export { type SweepStatus, sweepStatus } from "./status.js";
export type { DataStore } from "./store.js";
export { type QueueWorker, startWorker } from "./worker.js";
