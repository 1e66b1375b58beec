/** The reading of arrays into rows, with a refusal in words of what cannot be read. */
import { counted } from "../base/counted.js";
import { checkKeys, DataError, isNamed, ShapeError, show } from "../base/errors.js";
import { listOf, number, optional } from "../base/options.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { toRows } from "./matrix.js";
import { describeMerged, mergedColumn } from "./mergedColumn.js";
import { type DataArrays, DataRows, type HeldRows } from "./rows.js";

/** True for data in memory; false for a stream. What is neither counts as data, and is refused as such. */
export function isInMemory(data: unknown): data is DataRows | DataArrays {
  if (typeof data !== "object" || data === null) return typeof data !== "function";
  if (data instanceof DataRows || Array.isArray(data) || ArrayBuffer.isView(data) || "x" in data) return true;
  return !(Symbol.asyncIterator in data || Symbol.iterator in data);
}

/** The shape of a row. */
export const shapeOption = /* @__PURE__ */ optional(
  /* @__PURE__ */ listOf("a shape such as [784]", /* @__PURE__ */ number({ min: 1, max: 2 ** 24, integer: true })),
);

/** @throws DataError, OptionError unless data are arrays by name */
export function checkArrays(data: DataArrays): void {
  if (!isNamed(data)) {
    throw new DataError(`data: expected { x, y } or a Dataset, got ${show(data)}.`);
  }
  checkKeys("data", data, ["x", "y", "sampleWeight"]);
}

/** x and y of arrays, as rows of these shapes. @throws ShapeError, DataError */
export function readArrays(
  data: DataArrays,
  inputShape: Shape,
  targetShape: Shape,
  scale?: number,
): { held: HeldRows; y: Float32Array } {
  const x = toRows("x", data.x, inputShape, true);
  if (scale && x.BYTES_PER_ELEMENT > 2) {
    throw new DataError(`scale: expected x of 1 or 2 bytes a number, got ${show(data.x)}.`);
  }
  const y = toRows("y", data.y, targetShape);
  const merged = mergedColumn(y, sizeOf(targetShape));
  if (merged) throw new DataError(`y: ${describeMerged(merged)}. Scale y first, or subtract an offset.`);
  const rows = x.length / sizeOf(inputShape);
  const targetRows = y.length / sizeOf(targetShape);
  if (rows !== targetRows)
    throw new ShapeError(`y: expected ${counted(rows, "row")}, as many as x has, got ${targetRows}.`);
  return { held: { x, scale }, y };
}

/** The weights of that many rows; `null` if none are given. @throws ShapeError, DataError */
export function readWeights(value: unknown, rows: number): Float32Array | null {
  if (value === undefined) return null;
  const weights = toRows("sampleWeight", value, []);
  if (weights.length !== rows) {
    throw new ShapeError(
      `sampleWeight: expected ${counted(rows, "weight")}, as many as x has rows, got ${weights.length}.`,
    );
  }
  const negative = weights.findIndex((weight) => weight < 0);
  if (negative >= 0) {
    throw new DataError(`sampleWeight: row ${negative}: expected a weight >= 0, got ${weights[negative]}.`);
  }
  return weights;
}
