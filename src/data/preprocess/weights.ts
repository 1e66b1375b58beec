/** Weights of rows, checked. Knows numbers only. */
import { checkArrayLike, DataError, ShapeError, show } from "../../base/errors.js";

/** One weight for each row, in float64. @throws DataError, ShapeError */
export function readWeights(where: string, weights: ArrayLike<number>, rows: number): Float64Array {
  const at = `${where}: sampleWeight`;
  checkArrayLike(at, weights);
  if (weights.length !== rows) throw new ShapeError(`${at}: expected ${rows}, one per row, got ${weights.length}.`);
  const read = Float64Array.from({ length: rows }, (_, row) => {
    const weight: unknown = weights[row];
    if (typeof weight === "number" && weight >= 0 && weight < Infinity) return weight;
    throw new DataError(`${at}: row ${row}: expected a finite number >= 0, got ${show(weight)}.`);
  });
  if (read.some((weight) => weight > 0)) return read;
  throw new DataError(`${at}: expected at least one weight above 0, got none.`);
}
