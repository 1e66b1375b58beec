/** The Newton–Schulz iteration of Muon, in float64. */

const [A, B, C] = [3.4445, -4.775, 2.0315];

/** (weights + scale · I) x for square weights [rows, rows]. */
function combine(weights: Float64Array, x: Float64Array, rows: number, columns: number, scale: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < rows; i++) {
    const target = out.subarray(i * columns, (i + 1) * columns);
    for (let k = 0; k < rows; k++) {
      const weight = weights[i * rows + k] + (i === k ? scale : 0);
      const from = k * columns;
      for (let j = 0; j < columns; j++) target[j] += weight * x[from + j];
    }
  }
  return out;
}

/** x xᵀ, [rows, rows]; of a symmetric matrix its square. */
function gram(x: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += x[i * columns + j] * x[k * columns + j];
      out[i * rows + k] = sum;
      out[k * rows + i] = sum;
    }
  }
  return out;
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
  let current: Float64Array = x.map((value) => value / norm);
  for (let step = 0; step < steps; step++) {
    const a = gram(current, rows, columns);
    const weights = gram(a, rows, rows).map((square, i) => B * a[i] + C * square);
    current = combine(weights, current, rows, columns, A);
  }
  return current;
}
