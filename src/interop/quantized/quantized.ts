/** A quantized model: made from a model and rows to calibrate by, or from the file of another one. */

import { counted } from "../../base/counted.js";
import { checkArguments, DataError, FormatError, newArray, OptionError, ShapeError, show } from "../../base/errors.js";
import { isPlainObject, type JsonObject } from "../../base/json.js";
import { kindOf } from "../../base/kinds.js";
import { type Given, readOptions, unchecked } from "../../base/options.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import { type Numbers, refuseNonFinite, toUncheckedRows } from "../../data/matrix.js";
import { compactFile } from "../../model/compactFile.js";
import { nest } from "../../model/predict.js";
import { type Answering, classesOfOutputs, type PredictClassesOptions } from "../../model/predictClasses.js";
import { readModelFile } from "../../model/readModelFile.js";
import { type QuantizedBuild, quantizedBuild } from "../../runtime/quantized.js";
import { calibrate, checkDense } from "../code/report.js";
import { sourceOf } from "../code/source.js";
import { type LayerSteps, stepsOf } from "../code/steps.js";
import { portableFor } from "../fromModel.js";
import type { Portable } from "../portable.js";
import { fileOf, type Savable } from "../savable.js";
import { Engine } from "./engine.js";
import { checkLayers, stagesOf } from "./stages.js";

const quantizeOptions = {
  /** Rows like those to come, such as training data: the smallest and largest input of each dense layer count. */
  calibration: unchecked<Numbers>(),
};

/** Options of `quantize`. */
export interface QuantizeOptions extends Given<typeof quantizeOptions> {}

/** Smallest and largest input of a dense layer. */
type Range = readonly [min: number, max: number];

/**
 * A model whose dense layers multiply int8 weights with inputs of 7 bits, for predictions at 1.2 to 2 times the rate. The
 * weights are those of `save({ weights: "int8" })`; inputs are in 128 steps from the smallest to the largest of
 * the calibration rows, and values beyond are limited to them. Integer sums are exact, so every engine gives the same bits.
 * Activations, `normalization`, `batchNormalization` and `rescaling` compute in float32; dropout does nothing.
 *
 * @param model here or in a worker, or the bytes of its `save()`
 * @example const small = await quantize(model, { calibration: train.x });
 * const answers = small.predict(test.x);
 * @throws OptionError for anything that is not a model, unknown options, models without dense layers, and naming layers
 * that have no such form; ShapeError, DataError for rows that do not fit; BackendError without WebAssembly SIMD
 */
export async function quantize(model: Savable, options: QuantizeOptions): Promise<QuantizedModel> {
  const where = "quantize";
  const { calibration } = readOptions(where, quantizeOptions, options, arguments);
  const file = await fileOf(where, model);
  const source = await sourceOf(where, file);
  const layers = stepsOf(where, source);
  checkDense(where, layers);
  checkLayers(where, layers);
  const ranges = await calibrate(where, source, layers, calibration);
  ranges.forEach(({ min, max }, i) => {
    if (Number.isFinite(min) && Number.isFinite(max)) return;
    const { name } = layers.filter(({ steps }) => steps[0]?.kind === "dense")[i];
    throw new DataError(`${where}: calibration: the inputs of ${name} are not finite. Scale the rows first.`);
  });
  const inputs = ranges.map(({ min, max }): Range => [min, max]);
  const { description, tensors } = readModelFile(where, file);
  const attachment = { [KEY]: { inputs } };
  return openQuantized(where, compactFile(where, { description: { ...description, attachment }, tensors }, "int8"));
}

/**
 * A quantized model from the bytes of its `save()`: the same bits as before.
 *
 * @example const small = await loadQuantized(await readFile("model.simdgrad"));
 * @throws FormatError for anything but the whole file of a quantized model; BackendError without WebAssembly SIMD
 */
export async function loadQuantized(bytes: Uint8Array | ArrayBuffer): Promise<QuantizedModel> {
  checkArguments("loadQuantized", arguments, 1);
  return openQuantized("loadQuantized", bytes);
}

/** Name in the attachment of a file. */
const KEY = "quantized";

/** Opens a file in the fastest build, or the one given. */
export async function openQuantized(
  where: string,
  given: Uint8Array | ArrayBuffer,
  wanted?: QuantizedBuild,
): Promise<QuantizedModel> {
  const { attachment } = readModelFile(where, given).description;
  const file = Uint8Array.from(new Uint8Array(given));
  const source = await portableFor(where, file);
  const layers = stepsOf(where, source);
  const count = layers.filter(({ steps }) => steps[0]?.kind === "dense").length;
  const ranges = rangesIn(where, attachment, count);
  checkDense(where, layers);
  const [{ inputShape }, { outputShape }] = [layers[0], layers[layers.length - 1]];
  const build = wanted ?? (await quantizedBuild());
  const stages = stagesOf(where, layers, ranges);
  return new QuantizedModel(source, layers, new Engine(build, stages, sizeOf(inputShape), sizeOf(outputShape)), file);
}

/** The ranges in an attachment, one for each dense layer. @throws FormatError */
function rangesIn(where: string, attachment: unknown, count: number): { min: number; max: number }[] {
  const { [KEY]: own } = (attachment ?? {}) as JsonObject;
  if (!isPlainObject(own)) {
    throw new FormatError(`${where}: this file is of a model that is not quantized. Load it, and call quantize.`);
  }
  const { inputs } = own as { inputs?: unknown };
  const isRange = (range: unknown): range is Range =>
    Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] <= 0 && range[1] >= 0;
  if (Array.isArray(inputs) && inputs.length === count && inputs.every(isRange)) {
    return inputs.map(([min, max]) => ({ min, max }));
  }
  throw new FormatError(`${where}: expected the ranges of ${count} dense layers, got ${show(inputs)}.`);
}

/** A model that `quantize` or `loadQuantized` returned. It predicts, and cannot train. */
export class QuantizedModel {
  /** Shape of a row of inputs. */
  readonly inputShape: Shape;
  /** Shape of a row of outputs. */
  readonly outputShape: Shape;
  /** Metadata of the model, such as `classes`. */
  readonly metadata: JsonObject | null;
  readonly #answering: Answering;
  readonly #file: Uint8Array;
  #engine: Engine | null;

  /** @internal */
  constructor(source: Portable, layers: readonly LayerSteps[], engine: Engine, file: Uint8Array) {
    const { classes, features, metadata, compiled } = source;
    this.inputShape = layers[0].inputShape;
    this.outputShape = layers[layers.length - 1].outputShape;
    const own = { ...metadata, ...(classes && { classes }), ...(features && { features }) };
    this.metadata = Object.keys(own).length > 0 ? own : null;
    this.#answering = { layers, state: { compiled }, metadata: this.metadata };
    this.#engine = engine;
    this.#file = file;
  }

  /** Outputs for `x`, row after row: Float32Array [rows, outputs]. @throws ShapeError, DataError for rows that do not fit. */
  predict(x: Numbers): Float32Array {
    checkArguments("predict", arguments, 1);
    return this.#predict("predict", x);
  }

  /**
   * `predict` without a new array: writes the outputs into `out`, of length rows · outputs, and returns it.
   * @throws as `predict`; DataError, ShapeError for an `out` of another kind or length. `out` then stays as it was.
   */
  predictInto(x: Numbers, out: Float32Array): Float32Array {
    checkArguments("predictInto", arguments, 2);
    if (kindOf(out) !== "Float32Array") {
      throw new DataError(`predictInto: out: expected a Float32Array, got ${show(out)}.`);
    }
    return this.#predict("predictInto", x, out);
  }

  /** Outputs for `x` as a list for each row, in the shape of the last layer. @throws as `predict`. */
  predictRows<Row = number[]>(x: Numbers): Row[] {
    checkArguments("predictRows", arguments, 1);
    return nest(this.#predict("predictRows", x), this.outputShape) as Row[];
  }

  /** The class of each row, as `predictClasses` of the model reads outputs. @throws as `predictClasses` of a model. */
  async predictClasses<Class = number>(x: Numbers, options: PredictClassesOptions = {}): Promise<Class[]> {
    checkArguments("predictClasses", arguments, 2);
    return classesOfOutputs(this.#answering, this.#predict("predictClasses", x), options) as Class[];
  }

  /** The file of the quantized model, for `loadQuantized`. `Sequential.load` reads it, too, as a model of float32. */
  save(): Uint8Array<ArrayBuffer> {
    checkArguments("save", arguments, 0);
    return this.#file.slice() as Uint8Array<ArrayBuffer>;
  }

  /** Refuses every call: JSON is no form for weights. @throws OptionError */
  toJSON(): never {
    throw new OptionError(
      "QuantizedModel: JSON does not hold weights. Keep the bytes of save(), for loadQuantized(bytes).",
    );
  }

  /** Frees the memory. Predictions then throw; `save` still works. */
  dispose(): void {
    this.#engine = null;
  }

  #predict(method: string, x: Numbers, into?: Float32Array): Float32Array {
    const where = `${method}: x`;
    if (!this.#engine) throw new OptionError(`${method}: this model was disposed of.`);
    const rows = toUncheckedRows(where, x, this.inputShape);
    const inputs = sizeOf(this.inputShape);
    const length = (rows.length / inputs) * sizeOf(this.outputShape);
    if (into && into.length !== length) {
      throw new ShapeError(
        `${method}: out: expected length ${length} for ${counted(rows.length / inputs, "row")}, got ${into.length}.`,
      );
    }
    if (!this.#engine.seesInputs) refuseNonFinite(where, rows, inputs);
    // Not yet into `out`: a later block may be refused, or share its memory.
    const out = newArray(Float32Array, length, where);
    if (this.#engine.run(rows, out)) refuseNonFinite(where, rows, inputs);
    into?.set(out);
    return into ?? out;
  }
}
