/** Seeded numbers for tests: the same in every engine, exact in float32. */
import { Random } from "../../src/base/random.js";

export function uniforms(count: number, seed: number, low = -1, high = 1): Float32Array {
  const random = Random.fromSeed(seed);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = random.uniformBetween(low, high);
  return out;
}

export function normals(count: number, seed: number, deviation = 1): Float32Array {
  const random = Random.fromSeed(seed);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = deviation * random.normal();
  return out;
}

/** Rows of positive numbers that sum to 1, some of them small. */
export function distributions(rows: number, columns: number, seed: number): Float32Array {
  const out = uniforms(rows * columns, seed, 0.01, 1);
  for (let row = 0; row < rows; row++) {
    const values = out.subarray(row * columns, (row + 1) * columns);
    const sum = values.reduce((total, value) => total + value, 0);
    for (let j = 0; j < columns; j++) values[j] /= sum;
  }
  return out;
}

/** Integers in [0, classes), as labels. */
export function labels(count: number, classes: number, seed: number): Int32Array {
  const random = Random.fromSeed(seed);
  return Int32Array.from({ length: count }, () => random.integerBelow(classes));
}

/** Labels as rows with a single 1. */
export function oneHots(count: number, classes: number, seed: number): Float32Array {
  const out = new Float32Array(count * classes);
  labels(count, classes, seed).forEach((label, row) => {
    out[row * classes + label] = 1;
  });
  return out;
}
