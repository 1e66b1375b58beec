/** `simdgrad/bullmq`: searches on a queue of BullMQ. No logic. */
export { DeterminismError, JobError } from "../jobs/errors.js";
export type { DataStore } from "../jobs/store.js";
export type { Connection } from "./connection.js";
export { QueueError } from "./errors.js";
export { bullExecutor } from "./executor.js";
export type { BullExecutorOptions, DoneJob, SweepStatusOptions, WorkerOptions } from "./options.js";
export { type SweepStatus, sweepStatus } from "./status.js";
export { type QueueWorker, startWorker } from "./worker.js";
