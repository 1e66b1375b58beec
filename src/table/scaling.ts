/** Rows as a network takes them, made piece by piece, so that memory holds them once. Knows numbers, not tables. */
import { scaled } from "./predictor.js";

/** Rows that are encoded at once. */
const PIECE = 2 ** 15;

/** The numbers of some rows in float64, row after row. */
export type Encode = (rows: Uint32Array) => Float64Array;

/** Pieces of the rows, with the place of the first one; those of few rows are made once. */
function piecesOf(encode: Encode, rows: Uint32Array): (use: (x: Float64Array, begin: number) => void) => void {
  const whole = rows.length <= PIECE ? encode(rows) : null;
  return (use) => {
    if (whole) use(whole, 0);
    else for (let at = 0; at < rows.length; at += PIECE) use(encode(rows.subarray(at, at + PIECE)), at);
  };
}

/**
 * Standardizes rows by their own means and deviations, 1 for a column that never changes: float64 sums in the order of
 * the rows, as `columnMeans` adds them.
 */
export function standardize(encode: Encode, rows: Uint32Array, width: number) {
  const pieces = piecesOf(encode, rows);
  const meansOf = (of: (value: number, column: number) => number): Float64Array => {
    const sums = new Float64Array(width);
    pieces((x) => {
      for (let at = 0; at < x.length; at += width) for (let c = 0; c < width; c++) sums[c] += of(x[at + c], c);
    });
    return sums.map((sum) => sum / rows.length);
  };
  const means = meansOf((value) => value);
  const variances = meansOf((value, c) => (value - means[c]) * (value - means[c]));
  const center = Array.from(means);
  const scale = Array.from(variances, (variance) => Math.sqrt(variance) || 1);
  return { center, scale, x: scaledRows(encode, rows, center, scale) };
}

/** Rows by means and deviations that are known. */
export function scaledRows(
  encode: Encode,
  rows: Uint32Array,
  center: readonly number[],
  scale: readonly number[],
): Float32Array<ArrayBuffer> {
  const width = center.length;
  const x = new Float32Array(rows.length * width);
  piecesOf(encode, rows)((own, begin) => x.set(scaled(own, center, scale), begin * width));
  return x;
}
