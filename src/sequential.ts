/** Models that are a stack of layers: makes them here or in a worker. */

import { OptionError } from "./base/errors.js";
import { ModelCore } from "./model/core.js";
import { CORE } from "./model/inside.js";
import { needsOnlyCommonKernels } from "./model/kernels.js";
import { hasUnknown, weightsOf } from "./model/layers.js";
import type { CheckedLoad, LoadOptions } from "./model/loadOptions.js";
import { Model } from "./model/model.js";
import {
  type CheckedRuntime,
  checkSequential,
  HOW_TO_CREATE,
  type ModelSpec,
  type RuntimeOptions,
  type SequentialOptions,
  type WorkerOptions,
} from "./model/options.js";
import { loadParts } from "./model/parts.js";
import { openWorker } from "./remote/open.js";
import type { WorkerModel } from "./remote/workerModel.js";
import { selectBackend } from "./runtime/select.js";
import { loadUpdates } from "./specs/optimizers/updates.js";

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
  private constructor(core: ModelCore) {
    if (!(core instanceof ModelCore)) {
      throw new OptionError(`new Sequential: a promise makes models. ${HOW_TO_CREATE}`);
    }
    super(core);
  }

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
    if (hasUnknown(options?.layers)) (await import("./specs/layers/every.js")).addEveryLayer();
    const { worker, ...checked } = checkSequential(options, arguments);
    const carried = await weightsOf(options.layers);
    if (!worker) await loadParts(checked);
    const model = worker ? await openWorker(Sequential, checked) : new Sequential(await openCore(checked));
    if (carried.some((weights) => weights?.length !== 0))
      await (await import("./model/carryWeights.js")).carryWeights(model, carried);
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

/** A model of checked options, with the fastest backend that satisfies them. */
async function openCore(checked: ModelSpec & CheckedRuntime): Promise<ModelCore> {
  const backend = await selectBackend(checked, () => needsOnlyCommonKernels(checked));
  if (!backend.whole) await loadUpdates();
  return new ModelCore(checked, checked.threads, backend);
}
