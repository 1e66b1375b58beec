/**
 * The Newton–Schulz iteration of Muon, in float64. Every element adds up its products in order, so blocks change no
 * bit.
 */

const [A, B, C] = [3.4445, -4.775, 2.0315];

/** Rows and columns of a block, whose sums a processor keeps in registers. */
const [TALL, WIDE] = [2, 4];

/** A matrix whose rows were filled up with zeros to a multiple of `WIDE`. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(Math.ceil(rows / WIDE) * WIDE * columns) };
}

function transposed({ rows, columns, values }: Matrix): Matrix {
  const out = matrix(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out.values[j * rows + i] = values[i * columns + j];
  }
  return out;
}

/** a bᵀ of matrices [rows, depth]. Of a symmetric product it computes the lower blocks, and mirrors them. */
function product(a: Matrix, b: Matrix, isSymmetric: boolean): Matrix {
  const out = matrix(a.rows, b.rows);
  const [x, y, depth, width] = [a.values, b.values, a.columns, b.rows];
  const sums = new Float64Array(TALL * WIDE);
  for (let i = 0; i < a.rows; i += TALL) {
    for (let j = 0; j < (isSymmetric ? Math.min(i + TALL, width) : width); j += WIDE) {
      addUp(x, i * depth, y, j * depth, depth, sums);
      for (let k = 0; k < sums.length; k++) {
        const [row, column] = [i + Math.floor(k / WIDE), j + (k % WIDE)];
        if (row >= a.rows || column >= width) continue;
        out.values[row * width + column] = sums[k];
        if (isSymmetric) out.values[column * width + row] = sums[k];
      }
    }
  }
  return out;
}

/** The sums of one block, from row `from` of x and row `at` of y on. */
function addUp(x: Float64Array, from: number, y: Float64Array, at: number, depth: number, sums: Float64Array): void {
  const below = from + depth;
  const [second, third, fourth] = [at + depth, at + 2 * depth, at + 3 * depth];
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < depth; k++) {
    const [upper, lower] = [x[from + k], x[below + k]];
    const [y0, y1, y2, y3] = [y[at + k], y[second + k], y[third + k], y[fourth + k]];
    a0 += upper * y0;
    a1 += upper * y1;
    a2 += upper * y2;
    a3 += upper * y3;
    b0 += lower * y0;
    b1 += lower * y1;
    b2 += lower * y2;
    b3 += lower * y3;
  }
  sums.set([a0, a1, a2, a3, b0, b1, b2, b3]);
}

/** A matrix [rows, columns] with the directions of `x`, and singular values of about 1. */
export function orthogonalize(
  x: Float64Array,
  rows: number,
  columns: number,
  steps: number,
  epsilon: number,
): Float64Array {
  let squares = 0;
  for (const value of x) squares += value * value;
  const norm = Math.sqrt(squares) + epsilon;
  let current = matrix(rows, columns);
  x.forEach((value, i) => {
    current.values[i] = value / norm;
  });
  for (let step = 0; step < steps; step++) {
    const a = product(current, current, true);
    const weights = product(a, a, true);
    for (let i = 0; i < rows * rows; i++) weights.values[i] = B * a.values[i] + C * weights.values[i];
    for (let i = 0; i < rows; i++) weights.values[i * rows + i] += A;
    current = product(weights, transposed(current), false);
  }
  return current.values.subarray(0, rows * columns);
}
