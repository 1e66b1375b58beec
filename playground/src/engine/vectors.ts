/** Directions in which something varies most. Knows numbers only. */

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

const startOf = (size: number, turn: number) =>
  Float64Array.from({ length: size }, (_, j) => 1 / (1 + ((j + turn) % size)));

/**
 * The strongest eigenvector at right angles to the others, of length 1: power iteration from a fixed start. Zeros if
 * there is none.
 * @param times multiplies by a symmetric matrix without negative eigenvalues
 */
export function strongest(
  size: number,
  times: (vector: Float64Array) => Float64Array,
  others: readonly Float64Array[],
  rounds: number,
): Float64Array {
  // Among directions that are equally strong, the start of those before would lead to nothing new.
  let direction: Float64Array = startOf(size, others.length);
  for (let round = 0; round < rounds; round++) {
    const next = times(direction);
    for (const other of others) {
      const along = dot(next, other);
      for (let j = 0; j < next.length; j++) next[j] -= along * other[j];
    }
    const length = Math.sqrt(dot(next, next));
    if (length === 0) return next;
    direction = next.map((value) => value / length);
  }
  return dot(direction, startOf(size, 0)) < 0 ? direction.map((value) => -value) : direction;
}
