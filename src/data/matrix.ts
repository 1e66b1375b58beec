/**
 * From what users have (nested arrays, flat arrays, typed arrays) to rows of floats, checked once at the door.
 * Knows nothing about models.
 */
import { DataError, ShapeError, show } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";

/** Numbers as users hold them: rows of numbers, themselves nested where a row has a shape, or one flat array. */
export type Numbers = NestedNumbers | NumericArray;

/** `number[]`, `number[][]`, `number[][][]`, … */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** The typed arrays that are accepted. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

/** Rows may be nested this deep. */
const MAX_RANK = 8;

function isNumericArray(value: unknown): value is NumericArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

/**
 * Rows of `shape` as one Float32Array; a Float32Array is taken as it is, anything else is copied.
 * @throws ShapeError for ragged rows or a length that is no multiple of the row size, DataError for NaN, infinity,
 * or anything that is not a number.
 */
export function toRows(where: string, value: unknown, shape: Shape): Float32Array {
  const rows = toUncheckedRows(where, value, shape);
  checkFinite(where, rows, sizeOf(shape));
  return rows;
}

/** As `toRows`, but lets NaN and infinity pass, for those who find them more cheaply. */
export function toUncheckedRows(where: string, value: unknown, shape: Shape): Float32Array {
  const size = sizeOf(shape);
  if (isNumericArray(value)) {
    checkLength(where, value.length, shape, size);
    return value instanceof Float32Array ? value : Float32Array.from(value);
  }
  if (!Array.isArray(value)) {
    throw new DataError(`${where}: expected number[][], number[] or a typed array, got ${show(value)}.`);
  }
  if (value.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  const rows = Array.isArray(value[0]) || isNumericArray(value[0]) ? joinRows(where, value, shape, size) : value;
  checkLength(where, rows.length, shape, size);
  if (!(rows instanceof Float32Array)) return copyNumbers(where, rows, size);
  checkFinite(where, rows, size);
  return rows;
}

function joinRows(
  where: string,
  rows: readonly unknown[],
  shape: Shape,
  size: number,
): readonly unknown[] | Float32Array {
  if (rows.every((row) => isNumericArray(row) && row.length === size)) return joinTyped(rows as NumericArray[], size);
  const joined: unknown[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const values = (isNumericArray(row) ? Array.from(row) : row) as unknown;
    const flat = Array.isArray(values) ? (values.flat(MAX_RANK) as unknown[]) : null;
    if (flat === null || flat.length !== size) {
      const expected = formatShape(shape);
      const got = flat === null ? show(row) : `${flat.length} value${flat.length === 1 ? "" : "s"}`;
      throw new ShapeError(`${where}: row ${i}: expected ${expected}, got ${got}. Every row needs ${size} values.`);
    }
    for (const number of flat) joined.push(number);
  }
  return joined;
}

function joinTyped(rows: readonly NumericArray[], size: number): Float32Array {
  const joined = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    joined.set(row, i * size);
  });
  return joined;
}

function checkLength(where: string, length: number, shape: Shape, size: number): void {
  if (length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  if (length % size !== 0) {
    const expected = formatShape(shape, { batch: true });
    throw new ShapeError(`${where}: expected ${expected}, got ${length} values, which is no multiple of ${size}.`);
  }
}

function copyNumbers(where: string, values: readonly unknown[], size: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const number = values[i];
    if (typeof number !== "number") throw notNumber(where, i, size, number);
    rows[i] = number;
  }
  return rows;
}

/**
 * One pass without branches; the row is looked for only when something is wrong.
 * @throws DataError naming the row and column that is NaN or infinite.
 */
export function checkFinite(where: string, values: Float32Array, size: number): void {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i] - values[i];
  if (zero === 0) return;
  const bad = values.findIndex((number) => !Number.isFinite(number));
  throw notNumber(where, bad, size, values[bad]);
}

function notNumber(where: string, index: number, size: number, value: unknown): DataError {
  const place = size === 1 ? `row ${index}` : `row ${Math.floor(index / size)}, column ${index % size}`;
  return new DataError(
    `${where}: ${place}: expected a finite number, got ${show(value)}. Fill in or drop missing values first.`,
  );
}

/**
 * Integer class labels from 0 to classes − 1.
 * @throws DataError naming the first row whose label is fractional or out of range.
 */
export function checkLabels(where: string, labels: Float32Array, classes: number, ignored: number | null = null): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (label === ignored || (Number.isInteger(label) && label >= 0 && label < classes)) continue;
    throw new DataError(
      `${where}: row ${row}: expected an integer label from 0 to ${classes - 1}, got ${label}. ` +
        (Number.isInteger(label)
          ? `Give the last layer as many units as there are classes.`
          : `Labels are class numbers.`),
    );
  }
}
