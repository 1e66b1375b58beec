/** The option `worker`: taken off the others, and the model in a worker, loaded only where it is used. */
import { checkBoolean } from "../base/errors.js";
import type { ModelMaker } from "./host.js";
import type { OpenOptions } from "./remote.js";
import type { WorkerModel } from "./workerModel.js";

/** The options that are the model's own. @throws OptionError for a `worker` that is not true or false. */
export function withoutWorker<Options extends object>(where: string, options: Options & { worker?: boolean }): Options {
  if (typeof options !== "object" || options === null || !("worker" in options)) return options;
  const { worker, ...own } = options;
  checkBoolean(`${where}: worker`, worker);
  return own as unknown as Options;
}

/** A model of `maker` in a worker, from a file if there is one. @throws FormatError, and as `WorkerModel.open` */
export async function openWorker(
  maker: ModelMaker,
  options: OpenOptions,
  bytes?: Uint8Array | ArrayBuffer,
): Promise<WorkerModel> {
  const { WorkerModel } = await import("./workerModel.js");
  if (bytes !== undefined) (await import("../model/readModelFile.js")).readModelFile(bytes);
  // A copy: the caller's bytes stay the caller's.
  return WorkerModel.open(options, maker, bytes === undefined ? null : new Uint8Array(bytes).slice());
}
