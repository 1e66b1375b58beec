/** Rows on which functions between layers are evaluated, so that a mistake cannot hide. */
import type { Shape } from "../../base/shape.js";
import { sizeOf } from "../../base/shape.js";
import type { Tensor } from "./tensors.js";

/** Rows of the first set that hold one value in all columns. */
export const CONSTANT_ROWS = [0, 1, -1];
/** Factors of the pattern in the rows of the second set. */
export const SCALES = [1e6, 1, 1e-3];
const GOLDEN = 0.6180339887498949;

/** Sizes of numbers, both signs of which are tried. */
const SIZES = [1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.45, 0.55, 0.7, 0.9, 1.1, 1.3, 1.7, 2, 2.5, 2.9, 3.1, 4, 5, 5.9];
const LARGE = [6.1, 8, 12, 20, 50];
/** Points at which limits of scaled numbers show. Spellings by powers of e may be infinite there, which says nothing. */
const FAR = [70, 100, 150, 200, 300, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 1e5, 1e6];
/** Columns from which every row holds all the numbers. */
const WIDE = 64;

/** Numbers to try: those above, the neighbourhood of constants in the function, and those around its bends. */
function numbersFor(constants: readonly number[], bends: readonly number[]): number[] {
  const near = constants.flatMap((c) => [c, c * 1.01 + 1e-3, c * 0.99 - 1e-3, 1.5 * c]);
  const all = [...SIZES, ...LARGE, ...FAR, ...[...near, ...bends].map(Math.abs)].filter((value) => value < 1e30);
  return [...new Set(all)].flatMap((value) => [value, -value]);
}

function tensorOf(rows: readonly ((column: number) => number)[], shape: Shape): Tensor {
  const columns = sizeOf(shape);
  const data = new Float64Array(rows.length * columns);
  for (const [r, row] of rows.entries()) for (let j = 0; j < columns; j++) data[r * columns + j] = row(j);
  return { shape: [rows.length, ...shape], data, kind: "float" };
}

/** Rows for functions that work number by number: first the constant ones. */
export function numberRows(shape: Shape, constants: readonly number[], bends: readonly number[] = []): Tensor {
  const numbers = numbersFor(constants, bends);
  const columns = sizeOf(shape);
  const count = columns < WIDE ? numbers.length : Math.max(8, numbers.length - 6 * (columns - 1));
  // Neighbours in the list have two signs, so a column sees both.
  const rows = Array.from({ length: count }, (_, r) => (j: number) => numbers[(r + 6 * j) % numbers.length]);
  return tensorOf([...CONSTANT_ROWS.map((value) => () => value), ...rows], shape);
}

/** Two rows without symmetry at each scale, and constant ones. */
export function patternRows(shape: Shape): Tensor {
  // Squares times the golden ratio: no column is near the mean of both rows, whatever the width.
  const pattern = (shift: number) => (j: number) =>
    (((j + shift + 1) * (j + shift + 1) * GOLDEN) % 1) * 2.5 - 1.2 + 0.1 * shift;
  const rows = SCALES.flatMap((scale) => [0, 3].map((shift) => (j: number) => scale * pattern(shift)(j)));
  return tensorOf([...rows, () => 0, () => 1], shape);
}
