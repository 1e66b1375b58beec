/** The class of each row, for splits that keep the classes' shares. Knows rows, not models. */
import { checkArrayLike, DataError, show } from "../base/errors.js";
import { Dataset } from "./dataset.js";
import { argMax } from "./oneHot.js";

/** The class of each row: numbers or strings, a typed array of them, or the y of a Dataset. */
export type Labels = readonly (number | string)[] | ArrayLike<number> | Dataset;

/** Rows by class, classes in order of their first row. */
export interface ClassRows {
  /** Place of each row's class in `rows`. */
  readonly codes: Uint32Array;
  /** The rows of each class, in rising order. */
  readonly rows: readonly (readonly number[])[];
}

/** y of a Dataset as labels; for one-hot rows the place of the one. */
function labelsOf(where: string, { y, targetShape, length }: Dataset): ArrayLike<number> {
  if (targetShape.length === 0) return y;
  const width = y.length / length;
  const isOneHot = targetShape.length === 1 && width > 1 && y.every((value) => value === 0 || value === 1);
  if (isOneHot) {
    for (let row = 0; row < length; row++) {
      const ones = y.subarray(row * width, (row + 1) * width).filter((value) => value === 1).length;
      if (ones === 1) continue;
      throw new DataError(
        `${where}: y: row ${row}: expected one class, got ${ones}. Give a label for each row instead.`,
      );
    }
    return argMax(y, width);
  }
  throw new DataError(`${where}: expected class labels or one-hot rows in y, got targets of [${targetShape}].`);
}

/** Groups rows by their label. @throws DataError for an invalid label, or if there are none. */
export function groupByClass(where: string, labels: Labels): ClassRows {
  const list: ArrayLike<unknown> = labels instanceof Dataset ? labelsOf(where, labels) : labels;
  checkArrayLike(where, list);
  if (list.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  const places = new Map<unknown, number>();
  const codes = new Uint32Array(list.length);
  const rows: number[][] = [];
  for (let row = 0; row < list.length; row++) {
    const label = list[row];
    if (typeof label !== "string" && !(typeof label === "number" && Number.isFinite(label))) {
      throw new DataError(`${where}: row ${row}: expected a label, a number or a string, got ${show(label)}.`);
    }
    let place = places.get(label);
    if (place === undefined) {
      place = rows.length;
      places.set(label, place);
      rows.push([]);
    }
    codes[row] = place;
    rows[place].push(row);
  }
  return { codes, rows };
}
