/**
 * The rivals' normalization and dropout in plain JavaScript: passes over Float32Arrays in row order, little allocated.
 */

/** Factor, offset and epsilon of a normalization; epsilon keeps the division away from zero. */
export interface Affine {
  gamma: Float32Array;
  beta: Float32Array;
  epsilon: number;
}

/** y = gamma (x - mean) / √(variance + epsilon) + beta by columns; leaves mean and 1 / √… for the way back. */
export function batchNormalization(
  x: Float32Array,
  y: Float32Array,
  { gamma, beta, epsilon }: Affine,
  mean: Float32Array,
  inverse: Float32Array,
): void {
  const columns = gamma.length;
  const rows = x.length / columns;
  mean.fill(0);
  inverse.fill(0);
  for (let i = 0; i < x.length; i += columns) for (let j = 0; j < columns; j++) mean[j] += x[i + j];
  for (let j = 0; j < columns; j++) mean[j] /= rows;
  for (let i = 0; i < x.length; i += columns) {
    for (let j = 0; j < columns; j++) inverse[j] += (x[i + j] - mean[j]) * (x[i + j] - mean[j]);
  }
  for (let j = 0; j < columns; j++) inverse[j] = 1 / Math.sqrt(inverse[j] / rows + epsilon);
  for (let i = 0; i < x.length; i += columns) {
    for (let j = 0; j < columns; j++) y[i + j] = gamma[j] * (x[i + j] - mean[j]) * inverse[j] + beta[j];
  }
}

/** Gradients with respect to gamma, beta and x. */
export function batchNormalizationBackward(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  { gamma }: Affine,
  mean: Float32Array,
  inverse: Float32Array,
  dGamma: Float32Array,
  dBeta: Float32Array,
): void {
  const columns = gamma.length;
  const rows = x.length / columns;
  dGamma.fill(0);
  dBeta.fill(0);
  for (let i = 0; i < x.length; i += columns) {
    for (let j = 0; j < columns; j++) {
      dBeta[j] += dy[i + j];
      dGamma[j] += dy[i + j] * (x[i + j] - mean[j]) * inverse[j];
    }
  }
  for (let i = 0; i < x.length; i += columns) {
    for (let j = 0; j < columns; j++) {
      const normalized = (x[i + j] - mean[j]) * inverse[j];
      dx[i + j] = gamma[j] * inverse[j] * (dy[i + j] - (dBeta[j] + normalized * dGamma[j]) / rows);
    }
  }
}

/** The same by rows. */
export function layerNormalization(x: Float32Array, y: Float32Array, { gamma, beta, epsilon }: Affine): void {
  const columns = gamma.length;
  for (let i = 0; i < x.length; i += columns) {
    let mean = 0;
    for (let j = 0; j < columns; j++) mean += x[i + j];
    mean /= columns;
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += (x[i + j] - mean) * (x[i + j] - mean);
    const inverse = 1 / Math.sqrt(squares / columns + epsilon);
    for (let j = 0; j < columns; j++) y[i + j] = gamma[j] * (x[i + j] - mean) * inverse + beta[j];
  }
}

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** y = x scale where the element's word is at least the threshold: the same Threefry words as the kernel's. */
export function dropout(
  x: Float32Array,
  y: Float32Array,
  columns: number,
  { key0, key1, threshold, scale }: { key0: number; key1: number; threshold: number; scale: number },
): void {
  const keys = [key0, key1, key0 ^ key1 ^ 0x1bd11bda];
  const rows = x.length / columns;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j += 8) {
      for (let lane = 0; lane < 4 && j + lane < columns; lane++) {
        let a = (row + keys[0]) | 0;
        let b = (j / 2 + lane + keys[1]) | 0;
        for (let round = 0; round < 13; round++) {
          const by = ROTATIONS[round & 7];
          a = (a + b) | 0;
          b = ((b << by) | (b >>> (32 - by))) ^ a;
          if ((round & 3) < 3) continue;
          const turn = (round + 1) >> 2;
          a = (a + keys[turn % 3]) | 0;
          b = (b + keys[(turn + 1) % 3] + turn) | 0;
        }
        const i = row * columns + j + lane;
        y[i] = a >>> 0 >= threshold ? x[i] * scale : 0;
        if (j + lane + 4 < columns) y[i + 4] = b >>> 0 >= threshold ? x[i + 4] * scale : 0;
      }
    }
  }
}
