/** `Sequential` of `simdgrad/worker`: the caller's side of a model in a worker, without the library that trains it. */
import { checkOptions, located, OptionError, show } from "../base/errors.js";
import { type Given, readOptions, unchecked } from "../base/options.js";
import { carry } from "../model/carry.js";
import { weightsOf, withoutWeights } from "../model/layers.js";
import { type LoadOptions, loadOptions } from "../model/loadOptions.js";
import { modelBytes } from "../model/modelBytes.js";
import { HOW_TO_CREATE, type RuntimeOptions, runtimeOptions, type SequentialOptions } from "../model/options.js";
import { Remote } from "./remote.js";
import { openRemote, WorkerModel } from "./workerModel.js";

/** The place of the model, as `Sequential` of `simdgrad` takes it. */
const placeOptions = {
  /** Models of `simdgrad/worker` are always in workers. @default true */
  worker: unchecked<true>(true),
};

/** An option of `Sequential.create` and `Sequential.load` of `simdgrad/worker`. */
export interface InWorker extends Given<typeof placeOptions> {}

/**
 * A stack of layers in a worker: as `Sequential.create({ …, worker: true })` of `simdgrad`, with the same methods and
 * the same bits. The page loads the library once, as the worker's program, and not for itself. So if no worker can start,
 * there is no model.
 *
 * @example
 * import { dense, Sequential } from "simdgrad/worker";
 * const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
 * await model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
 * await model.fit({ x: [[0, 1], [1, 0]], y: [0, 1] }, { epochs: 100 });
 */
export class Sequential extends WorkerModel {
  private constructor(remote: Remote) {
    if (!(remote instanceof Remote)) {
      throw new OptionError(`new Sequential: a promise makes models. ${HOW_TO_CREATE}`);
    }
    super(remote);
  }

  /** As `Sequential.create` of `simdgrad`. @throws OptionError, ShapeError; BackendError also if no worker can start */
  static async create(options: SequentialOptions & InWorker): Promise<Sequential> {
    const where = "Sequential.create";
    checkOptions(where, options, () => ` ${HOW_TO_CREATE}`);
    // What makes the model is checked by the worker.
    const model = { inputShape: unchecked<unknown>(), layers: unchecked<unknown>(), seed: unchecked<unknown>() };
    const table = { ...model, ...runtimeOptions, ...placeOptions };
    const { worker, layers, ...more } = readOptions(where, table, options, arguments);
    checkPlace(where, worker);
    const given: readonly unknown[] = Array.isArray(layers) ? layers : [];
    const carried = await weightsOf(given);
    const [first] = given as { inputShape?: unknown }[];
    const sent = {
      ...more,
      inputShape: more.inputShape ?? first?.inputShape,
      layers: Array.isArray(layers) ? given.map((layer, i) => withoutWeights(`${where}: layers[${i}]`, layer)) : layers,
    };
    const made = new Sequential(await openRemote(sent, null, null));
    await carry(made, carried);
    return made;
  }

  /** As `Sequential.load` of `simdgrad`. @throws FormatError, OptionError; BackendError also if no worker can start */
  static async load(
    bytes: Uint8Array | ArrayBuffer,
    options: RuntimeOptions & LoadOptions & InWorker = {},
  ): Promise<Sequential> {
    const where = "Sequential.load";
    const { worker, ...checked } = readOptions(where, { ...loadOptions, ...placeOptions }, options, arguments);
    checkPlace(where, worker);
    const file = located(where, () => modelBytes(bytes)).slice(); // the caller keeps its own
    return new Sequential(await openRemote(checked, null, file));
  }
}

/** @throws OptionError for models that should not be in a worker */
function checkPlace(where: string, worker: unknown): void {
  if (worker === true) return;
  throw new OptionError(
    `${where}: worker: expected true, got ${show(worker)}. Models of simdgrad/worker are always in workers: for others ` +
      'import Sequential from "simdgrad".',
  );
}
