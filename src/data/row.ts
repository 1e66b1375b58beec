/** A sample of a stream, and the joining of samples to a batch. Knows nothing about streams. */
import { checkKeys, DataError, located, show } from "../base/errors.js";
import { isNumericArray } from "../base/kinds.js";
import { Dataset } from "./dataset.js";
import { type Numbers, type NumericArray, shapeOf } from "./matrix.js";

/** One sample of a pipeline. */
export interface Row {
  /** Inputs: as many numbers as the model's inputShape has. */
  readonly x: Numbers;
  /** A label or number, or one target per output. */
  readonly y: number | boolean | readonly number[] | readonly boolean[] | NumericArray;
  /** Weight of the sample in the loss. @default 1 */
  readonly sampleWeight?: number;
}

/** @throws ShapeError, DataError, OptionError naming the batch and its rows. */
export function joinRows(rows: readonly unknown[], batch: number, size: number): Dataset {
  const first = batch * size;
  return located(`pipeline: batch ${batch}, which begins at row ${first}`, () => {
    rows.forEach(checkRow);
    const samples = rows as readonly Row[];
    const weighted = samples.filter(({ sampleWeight }) => sampleWeight !== undefined).length;
    if (weighted > 0 && weighted < rows.length) {
      throw new DataError(
        `sampleWeight: expected one in every row or in none, got ${weighted} in ${rows.length} rows.`,
      );
    }
    const [{ x, y }] = samples;
    const arrays = { x: samples.map((row) => row.x) as Numbers, y: samples.map((row) => row.y) as Numbers };
    const shapes = { inputShape: shapeOf(x), targetShape: shapeOf(y) };
    if (weighted === 0) return Dataset.from(arrays, shapes);
    return Dataset.from({ ...arrays, sampleWeight: samples.map((row) => row.sampleWeight as number) }, shapes);
  });
}

function checkRow(row: unknown, index: number): void {
  if (typeof row !== "object" || row === null || Array.isArray(row) || row instanceof Dataset) {
    throw new DataError(`row ${index}: expected { x, y }, got ${row instanceof Dataset ? "a Dataset" : show(row)}.`);
  }
  checkKeys(`row ${index}`, row, ["x", "y", "sampleWeight"]);
  const { x, y } = row as Partial<Row>;
  if (!isNumbers(x)) throw new DataError(`row ${index}: x: expected an array or a typed array, got ${show(x)}.`);
  if (typeof y === "number" || typeof y === "boolean" || isNumbers(y)) return;
  throw new DataError(`row ${index}: y: expected a number, an array or a typed array, got ${show(y)}.`);
}

function isNumbers(value: unknown): boolean {
  return (Array.isArray(value) || isNumericArray(value)) && value.length > 0;
}
