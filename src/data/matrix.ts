/**
 * Converts users' data (nested arrays, flat arrays, typed arrays) to rows of floats, checked once on entry.
 * Knows nothing about models.
 */
import { counted } from "../base/counted.js";
import { DataError, ShapeError, show } from "../base/errors.js";
import { isNumericArray, kindOf, type NumericArray } from "../base/kinds.js";
import { formatShape, type Shape, sizeOf } from "../base/shape.js";
import { floatsOf, keepExact } from "./exact.js";

export type { NumericArray } from "../base/kinds.js";

/** Numbers as users have them: rows of numbers, themselves nested if a row has a shape, or one flat array. */
export type Numbers = NestedNumbers | NumericArray;

/** `number[]`, `number[][]`, `number[][][]`, …, and rows of typed arrays. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[] | readonly NumericArray[];

/** Rows may be nested this deep. */
const MAX_RANK = 8;

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isNumericArray(value);
}

/** The shape of nested lists by their first elements: [2, 3] for [[1, 2, 3], [4, 5, 6]]; [] for anything but a list. */
export function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let list = value; isList(list) && shape.length < MAX_RANK; list = list[0]) shape.push(list.length);
  return shape;
}

/** True if rows of one shape can be read as rows of another: equal shapes, or equal sizes if one of them is flat. */
export function fitsShape(own: Shape, wanted: Shape): boolean {
  if (sizeOf(own) !== sizeOf(wanted)) return false;
  return own.length < 2 || wanted.length < 2 || String(own) === String(wanted);
}

/**
 * Rows of `shape` as one Float32Array; a Float32Array is taken as it is, anything else is copied. Where float32 blurs
 * the numbers, `exactOf` returns them in float64.
 * @throws ShapeError for rows of another shape or a length that is not a multiple of the row size, DataError for NaN,
 * infinity, or anything that is not a number.
 */
export function toRows(where: string, value: unknown, shape: Shape): Float32Array;
/** As `toRows`, but also takes typed arrays of 1 or 2 bytes a number as they are. */
export function toRows(where: string, value: unknown, shape: Shape, small: true): NumericArray;
export function toRows(where: string, value: unknown, shape: Shape, small?: true): NumericArray {
  const numbers = readNumbers(where, value, shape);
  const rows = toFloat32(numbers, small);
  const size = sizeOf(shape);
  refuseNonFinite(where, rows, size, numbers);
  if (rows !== numbers) keepExact(rows as Float32Array, numbers, size);
  return rows;
}

/** As `toRows` with `small`, but lets NaN and infinity pass in arrays that it takes as they are. */
export function toUncheckedRows(where: string, value: unknown, shape: Shape): NumericArray {
  const numbers = readNumbers(where, value, shape);
  const rows = toFloat32(numbers, true);
  if (rows !== value) refuseNonFinite(where, rows, sizeOf(shape), numbers);
  return rows;
}

/** A Float32Array as it is, and with `small` arrays of 1 or 2 bytes a number; others rounded. */
function toFloat32(numbers: NumericArray, small?: true): NumericArray {
  return small && numbers.BYTES_PER_ELEMENT < 3 ? numbers : floatsOf(numbers);
}

/** All values in one typed array: those of lists checked, a typed array as it is. */
function readNumbers(where: string, value: unknown, shape: Shape): NumericArray {
  if (isNumericArray(value)) {
    checkLength(where, value.length, shape);
    return value;
  }
  if (Array.isArray(value)) return readLists(where, value, shape);
  throw new DataError(`${where}: expected number[][], number[] or a typed array, got ${show(value)}.`);
}

/** As `readNumbers`. By itself, because a function with closures takes longer to call. */
function readLists(where: string, value: readonly unknown[], shape: Shape): NumericArray {
  const size = sizeOf(shape);
  const isNested = isList(value[0]);
  if (!isNested) checkLength(where, value.length, shape);
  // Rows of float32, as a pipeline makes them, need no float64 between.
  const isFloat32 = value.every((row) => kindOf(row) === "Float32Array");
  const numbers = new (isFloat32 ? Float32Array : Float64Array)(isNested ? value.length * size : value.length);
  let at = 0;
  // Row of the value being read, and its place within the row.
  const path: number[] = [];
  const unfit = (expected: string, got: string) => {
    const hint = `Every row needs ${shape.length > 1 ? "that shape, or " : ""}${size} values.`;
    return new ShapeError(`${where}: ${placeOf(path)}: expected ${expected}, got ${got}. ${hint}`);
  };
  const read = (list: unknown, own: Shape, depth: number): void => {
    const length = own[depth];
    if (!isList(list) || list.length !== length) {
      throw unfit(`${length} values`, show(isList(list) ? list.length : list));
    }
    const isLeaf = depth === own.length - 1;
    if (isLeaf && isNumericArray(list)) {
      numbers.set(list, at);
      at += length;
      return;
    }
    for (let i = 0; i < length; i++) {
      const item = list[i];
      if (!isLeaf) {
        path.push(i);
        read(item, own, depth + 1);
        path.pop();
      } else {
        const number = typeof item === "number" || (typeof item === "boolean" && isTargets(where)) ? +item : Number.NaN;
        if (!Number.isFinite(Math.fround(number))) {
          throw notNumber(where, isNested ? [...path, i] : [Math.floor(at / size), at % size], size, item);
        }
        numbers[at++] = number;
      }
    }
  };
  if (!isNested) read(value, [value.length], 0);
  else {
    for (let row = 0; row < value.length; row++) {
      path[0] = row;
      const own = shapeOf(value[row]);
      if (own.length === 0 || !fitsShape(own, shape)) {
        const [count] = own;
        const flat = count === undefined ? show(value[row]) : counted(count, "value");
        throw unfit(formatShape(shape), own.length < 2 ? flat : formatShape(own));
      }
      read(value[row], own, 0);
    }
  }
  return numbers;
}

function checkLength(where: string, length: number, shape: Shape): void {
  const size = sizeOf(shape);
  if (length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  if (length % size !== 0) {
    const expected = formatShape(shape, { batch: true });
    throw new ShapeError(`${where}: expected ${expected}, got ${length} values, not a multiple of ${size}.`);
  }
}

/**
 * One pass without branches; the row is searched for only if something is wrong.
 * @param source The values before rounding, for the message.
 * @throws DataError naming the row and column of a value that float32 cannot hold.
 */
export function refuseNonFinite(
  where: string,
  values: NumericArray,
  size: number,
  source: ArrayLike<unknown> = values,
): void {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i] - values[i];
  if (zero === 0) return;
  const bad = values.findIndex((number) => !Number.isFinite(number));
  throw notNumber(where, [Math.floor(bad / size), bad % size], size, source[bad]);
}

/** `row 3`, or a place in it: `row 3, [2][0]`. */
function placeOf([row, ...inner]: readonly number[]): string {
  return `row ${row}${inner.length > 0 ? `, [${inner.join("][")}]` : ""}`;
}

/** Targets may be booleans, or text that names classes. */
function isTargets(where: string): boolean {
  return where.endsWith("y");
}

function notNumber(where: string, path: readonly number[], size: number, value: unknown): DataError {
  const place = path.length > 2 ? placeOf(path) : `row ${path[0]}${size > 1 ? `, column ${path[1]}` : ""}`;
  let remedy = "Fill in or drop missing values first.";
  if (typeof value === "string" && isTargets(where) && Number.isNaN(Number(value)))
    remedy = "Number the classes first: labelEncoder().fitTransform(y).";
  else if (/string|bigint|boolean/.test(typeof value)) remedy = "Write Number(value).";
  else if (Number.isFinite(value)) remedy = "It is too large for float32: scale it first.";
  return new DataError(`${where}: ${place}: expected a finite number, got ${show(value)}. ${remedy}`);
}

/** True for an integer class label from 0 to classes − 1, and for `ignored`. */
export function isLabel(label: number, classes: number, ignored: number | null): boolean {
  return label === ignored || (Number.isInteger(label) && label >= 0 && label < classes);
}
