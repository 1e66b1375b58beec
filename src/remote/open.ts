/** The model in a worker, loaded only when it is used. */
import type { ModelMaker } from "./host.js";
import type { OpenOptions } from "./remote.js";
import type { WorkerModel } from "./workerModel.js";

/** A model of `maker` in a worker, from the bytes of a file if they are given. @throws as `WorkerModel.open` */
export async function openWorker(
  maker: ModelMaker,
  options: OpenOptions,
  bytes?: Uint8Array | ArrayBuffer,
): Promise<WorkerModel> {
  const { WorkerModel } = await import("./workerModel.js");
  // A copy, so that the caller keeps its own bytes.
  return WorkerModel.open(options, maker, bytes ? new Uint8Array(bytes).slice() : null);
}
