/** The data of most calls of `fit`: arrays with nothing to refuse or to warn of. */
import { type Shape, sizeOf } from "../base/shape.js";
import { exactOf } from "../data/exact.js";
import { isLabel, shapeOf, toRows } from "../data/matrix.js";
import { type DataArrays, DataRows } from "../data/rows.js";
import { lossTargets, mostLabels, targetColumns, targetKind } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { Expectation } from "./feed.js";

/**
 * The rows that `fitData` would make of arrays, or `null`: then `fitData` reads them, and says what is wrong, if
 * anything is. So this knows no messages, and no rare cases.
 */
export function plainRows(data: unknown, { inputShape, outputs, loss }: Expectation): DataRows | null {
  const { x: inputs, y: targets, ...others } = (data ?? {}) as DataArrays;
  if (data instanceof DataRows || Object.keys(others).length > 0 || loss.ignoreClass != null) return null;
  const columns = lossTargets(loss) === "labels" ? 1 : targetColumns(loss, outputs);
  const shape = targetShape(targets, columns === 1 ? [] : [columns]);
  try {
    const x = toRows("", inputs, inputShape, true);
    const y = toRows("y", targets, shape);
    const isUsual = sizeOf(shape) === columns && x.length / sizeOf(inputShape) === y.length / columns;
    if (!isUsual || exactOf(x) || exactOf(y) || !areUsual(y, loss, outputs)) return null;
    return new DataRows({ x }, y, inputShape, shape, null);
  } catch {
    return null;
  }
}

/** True for targets that this loss is known to take. */
function areUsual(y: Float32Array, loss: LossSpec, outputs: number): boolean {
  const kind = targetKind(loss);
  if (kind === "labels") {
    const most = mostLabels(loss, outputs);
    return y.every((label) => isLabel(label, most, null));
  }
  if (kind === "numbers") return true;
  const most = kind === "probabilities" ? 1 : kind === "nonNegative" ? Infinity : -1;
  return y.every((target) => target >= 0 && target <= most);
}

/** Rows of y have their own shape; a flat array is cut into rows of the wanted shape. */
export function targetShape(y: unknown, wanted: Shape): Shape {
  const own = shapeOf(Array.isArray(y) ? y[0] : null);
  if (own.length === 0) return wanted;
  return sizeOf(own) === 1 ? [] : own;
}
