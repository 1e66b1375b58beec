/** Cost and saving of int8 weights, measured on rows. */
import { DataError, OptionError, ShapeError } from "../../base/errors.js";
import { type Given, optional, readOptions, unchecked } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import { type Numbers, toRows } from "../../data/matrix.js";
import type { Portable } from "../portable.js";
import { modelOf } from "../toModel.js";
import { classReadingOf } from "./names.js";
import { type InputRange, quantizedOutputs, rangesOf } from "./quantize.js";
import { type Source, sourceOf } from "./source.js";
import { type LayerSteps, stepsOf } from "./steps.js";

const reportOptions = {
  /** Rows to compare on. */
  x: unchecked<Numbers>(),
  /** The class of each row as a number: then the report has accuracies. @default none */
  y: optional(unchecked<ArrayLike<number>>()),
  /** Rows to calibrate by, as for `exportC`: then inputs of dense layers are int8, too. @default none */
  calibration: optional(unchecked<Numbers>()),
};

/** Options of `quantizationReport`. */
export interface QuantizationReportOptions extends Given<typeof reportOptions> {}

/** A dense layer as int8. */
export interface QuantizedLayer {
  readonly name: string;
  /** Smallest and largest input in the calibration rows; `null` without such rows. */
  readonly inputs: readonly [min: number, max: number] | null;
}

/** Cost and saving of int8 weights. */
export interface QuantizationReport {
  /** Number of rows compared. */
  readonly rows: number;
  /** Bytes of all tables. */
  readonly bytes: { readonly float32: number; readonly int8: number };
  readonly layers: readonly QuantizedLayer[];
  /** Differences of outputs. */
  readonly meanDifference: number;
  readonly largestDifference: number;
  /** Share of rows of which both say the same class; `null` for models of numbers. */
  readonly agreement: number | null;
  /** Shares of rows whose class is right; `null` without `y`. */
  readonly accuracy: { readonly float32: number; readonly int8: number } | null;
}

/**
 * Compares a model with its int8 form, as `exportC(model, { weights: "int8" })` writes it, on rows: differences of outputs,
 * accuracy, bytes.
 *
 * @param model here or in a worker, the bytes of its `save()`, or what a `read…` function returned
 * @example const { accuracy, bytes } = await quantizationReport(model, { x: test.x, y: test.y, calibration: train.x });
 * @throws OptionError for anything that is not a model, unknown options, or `y` for a model of numbers; ShapeError, DataError
 * for rows that do not fit
 */
export async function quantizationReport(
  model: Source,
  options: QuantizationReportOptions,
): Promise<QuantizationReport> {
  const where = "quantizationReport";
  const { x: given, y, calibration } = readOptions(where, reportOptions, options, arguments);
  const source = await sourceOf(where, model);
  const layers = stepsOf(where, source);
  checkDense(where, layers);
  const x = toRows(`${where}: x`, given, source.inputShape);
  const rows = x.length / sizeOf(source.inputShape);
  if (rows === 0) throw new DataError(`${where}: x: expected at least one row.`);
  const ranges = calibration === undefined ? null : await calibrate(where, source, layers, calibration);
  const whole = await modelOf({ ...source, training: null }, { threads: 1 });
  const float32 = whole.predict(x);
  whole.dispose();
  const int8 = await quantizedOutputs(source, layers, x, ranges);
  const width = float32.length / rows;
  const classOf = classesOf(source, layers, width);
  const [before, after] = [float32, int8].map((outputs) => classOf?.(outputs, rows) ?? null);
  return {
    rows,
    bytes: bytesOf(layers),
    layers: denseNames(layers).map((name, i) => ({ name, inputs: ranges && [ranges[i].min, ranges[i].max] })),
    ...differences(float32, int8),
    agreement: before && after && shareOf(before, after),
    accuracy: y === undefined ? null : accuraciesOf(where, y, rows, before, after),
  };
}

/** Ranges of the inputs of dense layers. @throws ShapeError, DataError for rows that do not fit */
export async function calibrate(
  where: string,
  source: Portable,
  layers: readonly LayerSteps[],
  rows: Numbers,
): Promise<InputRange[]> {
  const x = toRows(`${where}: calibration`, rows, source.inputShape);
  if (x.length === 0) throw new DataError(`${where}: calibration: expected at least one row, such as training data.`);
  return rangesOf(source, layers, x);
}

/** Most inputs of a dense layer whose sums of products with inputs in 256 steps fit 32 bits. */
const MOST_INPUTS = 65_536;

/** @throws OptionError for a model that int8 weights are not for */
export function checkDense(where: string, layers: readonly LayerSteps[]): void {
  const dense = layers.filter(({ steps }) => steps[0]?.kind === "dense");
  if (dense.length === 0) {
    throw new OptionError(`${where}: int8 weights are for dense layers, and this model has none. Use float32.`);
  }
  for (const { name, inputShape } of dense) {
    const inputs = sizeOf(inputShape);
    if (inputs <= MOST_INPUTS) continue;
    throw new OptionError(`${where}: ${name}: int8 is for at most ${MOST_INPUTS} inputs, got ${inputs}. Use float32.`);
  }
}

const denseNames = (layers: readonly LayerSteps[]) =>
  layers.filter(({ steps }) => steps[0]?.kind === "dense").map(({ name }) => name);

function bytesOf(layers: readonly LayerSteps[]): QuantizationReport["bytes"] {
  let [float32, int8] = [0, 0];
  for (const step of layers.flatMap(({ steps }) => steps)) {
    for (const [field, value] of Object.entries(step)) {
      if (!ArrayBuffer.isView(value)) continue;
      float32 += value.byteLength;
      int8 += step.kind === "dense" && field === "kernel" ? value.byteLength / 4 + 4 * step.units : value.byteLength;
    }
  }
  return { float32, int8 };
}

/** Reads outputs as numbers of classes; `null` for models of numbers, and of several answers. */
function classesOf(source: Portable, layers: readonly LayerSteps[], width: number) {
  const reading = classReadingOf(source, layers, width);
  if (!reading || reading.kind === "each") return null;
  return (outputs: Float32Array, rows: number): number[] =>
    Array.from({ length: rows }, (_, row) => {
      if (reading.kind === "binary") return Number(outputs[row] > reading.cut);
      const own = outputs.subarray(row * width, (row + 1) * width);
      return own.indexOf(own.reduce((most, value) => Math.max(most, value)));
    });
}

function differences(a: Float32Array, b: Float32Array) {
  let [sum, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    sum += difference;
    if (difference > largest) largest = difference;
  }
  return { meanDifference: sum / a.length, largestDifference: largest };
}

const shareOf = (a: readonly number[], b: ArrayLike<number>) =>
  a.filter((value, i) => value === b[i]).length / a.length;

function accuraciesOf(
  where: string,
  y: ArrayLike<number>,
  rows: number,
  before: readonly number[] | null,
  after: readonly number[] | null,
): QuantizationReport["accuracy"] {
  if (!before || !after) throw new OptionError(`${where}: y: this model has no single class for a row. Leave it out.`);
  const numbers = toRows(`${where}: y`, y, [1]);
  if (numbers.length !== rows) {
    throw new ShapeError(`${where}: y: expected ${rows} classes, one for each row of x, got ${numbers.length}.`);
  }
  return { float32: shareOf(before, numbers), int8: shareOf(after, numbers) };
}
