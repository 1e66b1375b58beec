/** Models that are a stack of layers: makes them here or in a worker. */

import { carry } from "./model/carry.js";
import { openCore, readSequential } from "./model/create.js";
import { CORE } from "./model/inside.js";
import type { CheckedLoad, LoadOptions } from "./model/loadOptions.js";
import { Model } from "./model/model.js";
import type { RuntimeOptions, SequentialOptions, WorkerOptions } from "./model/options.js";
import { openWorker } from "./remote/open.js";
import type { WorkerModel } from "./remote/workerModel.js";

/** The class of a model: with `worker: true` one in a worker. */
type Housed<InWorker extends boolean> = InWorker extends true ? WorkerModel : Sequential;

/** The option that decides where the model runs. */
type Housing<InWorker extends boolean> = WorkerOptions & { worker?: InWorker };

/**
 * A stack of layers that can be trained, evaluated and used.
 *
 * @example
 * const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
 * model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
 * await model.fit({ x: [[0, 1], [1, 0]], y: [0, 1] }, { epochs: 100 });
 */
export class Sequential extends Model {
  /**
   * Makes a model with its first weights, and loads the fastest backend that satisfies `deterministic`. With
   * `worker: true` the model runs in a worker: every method then returns a promise, and this thread stays free.
   *
   * Layers of other models, here or in workers, begin with copies of their weights; the models share nothing, so
   * training one does not change the other (in Keras they share the layer). `freeze` keeps such weights as they are.
   *
   * @example
   * const layers = [...base.layers.slice(0, -1).map(freeze), dense({ units: 3, activation: "softmax" })];
   * const model = await Sequential.create({ layers });
   * @throws OptionError, ShapeError, BackendError
   */
  static async create<InWorker extends boolean = false>(
    options: SequentialOptions & Housing<InWorker>,
  ): Promise<Housed<InWorker>> {
    const [{ worker, ...checked }, carried] = await readSequential(options, arguments);
    const model = worker ? await openWorker(Sequential, checked) : new Sequential(await openCore(checked));
    await carry(model, carried);
    return model as Housed<InWorker>;
  }

  /**
   * Loads a model from the bytes of `save()`. It can continue training as if it had never stopped. Do not change the
   * bytes until it is loaded; it keeps none of them.
   * @throws FormatError for truncated, altered or foreign bytes; OptionError, also for a custom loss that is not given;
   * BackendError.
   */
  static async load<InWorker extends boolean = false>(
    bytes: Uint8Array | ArrayBuffer,
    options: RuntimeOptions & LoadOptions & Housing<InWorker> = {},
  ): Promise<Housed<InWorker>> {
    const { checkLoad } = await import("./model/loadModel.js");
    const { worker, ...checked } = checkLoad(bytes, options, arguments);
    if (worker) return openWorker(Sequential, checked, bytes) as Promise<Housed<InWorker>>;
    return Sequential[CORE]("Sequential.load", bytes, checked) as Promise<Housed<InWorker>>;
  }

  /** `load` for another function of the library, which is called `where` and has checked the options. */
  static async [CORE](where: string, bytes: Uint8Array | ArrayBuffer, options: CheckedLoad): Promise<Sequential> {
    const { loadModel } = await import("./model/loadModel.js");
    return new Sequential(await loadModel(where, bytes, options));
  }
}
