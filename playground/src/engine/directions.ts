/** Two directions through a path of weights, and the places of the path along them. Knows vectors only. */
import { dot, strongest } from "./vectors.js";

export interface Slice {
  /** Place (0, 0) of the slice. */
  readonly origin: Float64Array;
  readonly directions: readonly [Float64Array, Float64Array];
  /** Each point of the path, along the directions. */
  readonly places: readonly (readonly [number, number])[];
  /** Share of the path's spread around the origin that lies in the slice. */
  readonly share: number;
}

const ROUNDS = 100;

/** The two principal directions of a path around its end, each of length 1. */
export function principalSlice(path: readonly Float64Array[]): Slice {
  const origin = path[path.length - 1];
  const offsets = path.map((point) => point.map((value, j) => value - origin[j]));
  // Weights are many and points few: the directions are mixtures of the points, found in the matrix of their products.
  const products = offsets.map((a) => offsets.map((b) => dot(a, b)));
  const total = products.reduce((sum, row, i) => sum + row[i], 0);
  const times = (mixture: Float64Array) =>
    Float64Array.from(products, (row) => row.reduce((sum, each, j) => sum + each * mixture[j], 0));
  const first = strongest(path.length, times, [], ROUNDS);
  const second = strongest(path.length, times, [first], ROUNDS);
  const along = (mixture: Float64Array) => normed(mixed(offsets, mixture));
  const directions = [along(first), along(second)] as const;
  const places = offsets.map((offset) => [dot(offset, directions[0]), dot(offset, directions[1])] as const);
  const seen = places.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
  return { origin, directions, places, share: total > 0 ? Math.min(1, seen / total) : 1 };
}

/** The plane of two weights: places are their values; the others stay as they are at the end of the path. */
export function weightSlice(path: readonly Float64Array[], [across, up]: readonly [number, number]): Slice {
  const origin = path[path.length - 1].slice();
  origin[across] = origin[up] = 0;
  const along = (place: number) => Float64Array.from(origin, (_, j) => Number(j === place));
  const places = path.map((point) => [point[across], point[up]] as const);
  const end = path[path.length - 1];
  const spread = path.map((point) => point.map((value, j) => (value - end[j]) ** 2));
  const total = spread.reduce((sum, each) => sum + each.reduce((a, b) => a + b, 0), 0);
  const seen = spread.reduce((sum, each) => sum + each[across] + each[up], 0);
  return { origin, directions: [along(across), along(up)], places, share: total > 0 ? seen / total : 1 };
}

function mixed(vectors: readonly Float64Array[], mixture: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0].length);
  vectors.forEach((vector, i) => {
    for (let j = 0; j < sum.length; j++) sum[j] += mixture[i] * vector[j];
  });
  return sum;
}

/** Of length 1; zeros stay zeros. */
function normed(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 1e-12 ? vector.map((value) => value / length) : new Float64Array(vector.length);
}
