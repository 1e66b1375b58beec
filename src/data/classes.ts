/** The class of each row as a number, and whether rows are in the order of their classes. */
import { placeOfLargest } from "../base/largest.js";
import { sizeOf } from "../base/shape.js";
import type { Dataset } from "./dataset.js";
import type { DataRows } from "./rows.js";

/** The class of each row: its label, or the place of the largest target. */
export function classesOf({ y, targetShape, length }: DataRows): Int32Array {
  const width = sizeOf(targetShape);
  return Int32Array.from({ length }, (_, row) =>
    width === 1 ? Math.round(y[row]) : placeOfLargest(y, row * width, width),
  );
}

/** The rows with any other label. */
export function withoutClass(data: Dataset, label: number | null): Dataset {
  if (label === null) return data;
  return data.select(Array.from(data.y.keys()).filter((row) => data.y[row] !== label));
}

/** True if labels are in rising or falling order, so that the last rows lack some of the classes. */
export function isSorted(classes: Int32Array): boolean {
  const rises = classes.every((name, row) => row === 0 || classes[row - 1] <= name);
  const falls = classes.every((name, row) => row === 0 || classes[row - 1] >= name);
  return rises !== falls;
}
