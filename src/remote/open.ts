/** The model in a worker, loaded only when it is used. */
import type { ModelMaker } from "./host.js";
import type { OpenOptions } from "./remote.js";
import type { WorkerModel } from "./workerModel.js";

/** A model of `maker` in a worker, from the bytes of a file if they are given. @throws as `openRemote` */
export async function openWorker(
  maker: ModelMaker,
  options: OpenOptions,
  bytes?: Uint8Array | ArrayBuffer,
): Promise<WorkerModel> {
  return (await import("./beside.js")).openBeside(maker, options, bytes);
}
