/** Models in workers: the public part of this room. */

export type { TransferOptions, WorkerModel, WorkerModelInfo } from "./workerModel.js";
