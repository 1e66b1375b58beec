/**
 * From what users have (nested arrays, flat arrays, typed arrays) to rows of floats, checked once at the door.
 * Knows nothing about models.
 */
import { DataError, ShapeError, show } from "../errors.js";
import { isNumericArray, kindOf, type NumericArray } from "../kinds.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { keepExact } from "./exact.js";

export type { NumericArray } from "../kinds.js";

/** Numbers as users hold them: rows of numbers, themselves nested where a row has a shape, or one flat array. */
export type Numbers = NestedNumbers | NumericArray;

/** `number[]`, `number[][]`, `number[][][]`, …, and rows of typed arrays. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[] | readonly NumericArray[];

/** Rows may be nested this deep. */
const MAX_RANK = 8;

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isNumericArray(value);
}

/** The shape of nested lists, as the first of each says: [2, 3] of [[1, 2, 3], [4, 5, 6]]; [] of what is no list. */
export function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let list = value; isList(list) && shape.length < MAX_RANK; list = list[0]) shape.push(list.length);
  return shape;
}

/** True where rows of one shape can be read as rows of another: equal, or of one size where one of them is flat. */
export function fitsShape(own: Shape, wanted: Shape): boolean {
  if (sizeOf(own) !== sizeOf(wanted)) return false;
  return own.length < 2 || wanted.length < 2 || String(own) === String(wanted);
}

/**
 * Rows of `shape` as one Float32Array; a Float32Array is taken as it is, anything else is copied. Where float32 blurs
 * the numbers, `exactOf` knows them in float64.
 * @throws ShapeError for rows of another shape or a length that is no multiple of the row size, DataError for NaN,
 * infinity, or anything that is not a number.
 */
export function toRows(where: string, value: unknown, shape: Shape): Float32Array {
  const numbers = readNumbers(where, value, shape, Float64Array);
  const rows = round(where, numbers, value, shape);
  if (rows === numbers) checkFinite(where, rows, shape);
  else keepExact(rows, numbers, sizeOf(shape));
  return rows;
}

/** As `toRows`, but lets a Float32Array pass unread, for those who find NaN and infinity more cheaply. */
export function toUncheckedRows(where: string, value: unknown, shape: Shape): Float32Array {
  return round(where, readNumbers(where, value, shape, Float32Array), value, shape);
}

/** Float32Arrays stay what they are; others are rounded, and checked. */
function round(where: string, numbers: NumericArray, source: unknown, shape: Shape): Float32Array {
  if (numbers === source && kindOf(source) === "Float32Array") return source as Float32Array;
  const rows = kindOf(numbers) === "Float32Array" ? (numbers as Float32Array) : Float32Array.from(numbers);
  checkFinite(where, rows, shape, source as ArrayLike<unknown>);
  return rows;
}

/** All values in one typed array; what is not a number becomes NaN. A typed array is returned as it is. */
function readNumbers(
  where: string,
  value: unknown,
  shape: Shape,
  Target: Float32ArrayConstructor | Float64ArrayConstructor,
): NumericArray {
  const size = sizeOf(shape);
  if (isNumericArray(value)) {
    checkLength(where, value.length, shape);
    return value;
  }
  if (!Array.isArray(value)) {
    throw new DataError(`${where}: expected number[][], number[] or a typed array, got ${show(value)}.`);
  }
  const isNested = isList(value[0]);
  if (!isNested) checkLength(where, value.length, shape);
  const numbers = new Target(isNested ? value.length * size : value.length);
  let at = 0;
  // The places of the lists that are being read, for messages.
  const path: number[] = [];
  const unfit = (expected: string, depth: number, got: string) => {
    const place = path.slice(1, depth).map((i) => `[${i}]`);
    const hint = `Every row needs ${shape.length > 1 ? `that shape, or ${size} values in one list` : `${size} values`}.`;
    return new ShapeError(
      `${where}: row ${path[0]}${place.length ? `, ${place.join("")}` : ""}: expected ${expected}, got ${got}. ${hint}`,
    );
  };
  const read = (list: unknown, own: Shape, depth: number): void => {
    const length = own[depth - 1];
    if (!isList(list) || list.length !== length) {
      throw unfit(`${length} values`, depth, isList(list) ? String(list.length) : show(list));
    }
    const isLeaf = depth === own.length;
    if (isLeaf && isNumericArray(list)) {
      numbers.set(list, at);
      at += length;
      return;
    }
    for (let i = 0; i < length; i++) {
      const item = list[i];
      if (isLeaf) {
        const isNumber = typeof item === "number" || (typeof item === "boolean" && isTargets(where));
        numbers[at++] = isNumber ? Number(item) : Number.NaN;
      } else {
        path[depth] = i;
        read(item, own, depth + 1);
      }
    }
  };
  if (!isNested) read(value, [value.length], 1);
  else {
    for (let row = 0; row < value.length; row++) {
      path[0] = row;
      const own = shapeOf(value[row]);
      if (own.length === 0 || !fitsShape(own, shape)) {
        const [count] = own;
        const flat = count === undefined ? show(value[row]) : `${count} value${count === 1 ? "" : "s"}`;
        throw unfit(formatShape(shape), 1, own.length < 2 ? flat : formatShape(own));
      }
      read(value[row], own, 1);
    }
  }
  return numbers;
}

function checkLength(where: string, length: number, shape: Shape): void {
  const size = sizeOf(shape);
  if (length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  if (length % size !== 0) {
    const expected = formatShape(shape, { batch: true });
    throw new ShapeError(`${where}: expected ${expected}, got ${length} values, which is no multiple of ${size}.`);
  }
}

/**
 * One pass without branches; the row is looked for only when something is wrong.
 * @param source What the values were made from, for the message.
 * @throws DataError naming the row and column that is not a number float32 can hold.
 */
export function checkFinite(
  where: string,
  values: Float32Array,
  shape: Shape,
  source: ArrayLike<unknown> = values,
): void {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i] - values[i];
  if (zero === 0) return;
  const size = sizeOf(shape);
  const bad = values.findIndex((number) => !Number.isFinite(number));
  const row = Math.floor(bad / size);
  let left = bad % size;
  // Follows the nesting down to the value.
  let value: unknown = isList(source[0]) ? source[row] : source[bad];
  let path = "";
  for (const own = shapeOf(value); own.length > 0; own.shift()) {
    const inner = sizeOf(own.slice(1));
    path += `[${Math.floor(left / inner)}]`;
    value = (value as ArrayLike<unknown>)[Math.floor(left / inner)];
    left %= inner;
  }
  const column = /\]\[/.test(path) ? path : `column ${bad % size}`;
  const place = size === 1 ? `row ${row}` : `row ${row}, ${column}`;
  throw new DataError(`${where}: ${place}: expected a finite number, got ${show(value)}. ${remedyFor(where, value)}`);
}

/** Targets may be booleans, and text among them is names of classes. */
function isTargets(where: string): boolean {
  return where.endsWith("y");
}

function remedyFor(where: string, value: unknown): string {
  if (typeof value === "string") {
    if (isTargets(where)) return "Turn labels into class numbers first: labelEncoder().fitTransform(y).";
    return "Turn text into numbers first: fromTable, or Number(text).";
  }
  if (typeof value === "bigint" || typeof value === "boolean") return "Turn it into a number first: Number(value).";
  if (Number.isFinite(value)) return "It is too large for float32, which ends at 3.4e38. Scale it first.";
  return "Fill in or drop missing values first.";
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
