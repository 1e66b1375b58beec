/** The rivals' sums and optimizer updates in plain JavaScript: one pass over Float32Arrays, nothing allocated. */

/** out[cols] = column sums of x[rows,cols] */
export function columnSums(x: Float32Array, out: Float32Array, rows: number, cols: number): void {
  out.fill(0, 0, cols);
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    for (let j = 0; j < cols; j++) out[j] += x[start + j];
  }
}

export interface AdamOptions {
  /** @default 1e-3 */
  learningRate?: number;
  /** @default 0.9 */
  beta1?: number;
  /** @default 0.999 */
  beta2?: number;
  /** Added to √v, outside the bias correction, as Keras does. @default 1e-7 */
  epsilon?: number;
}

/** One Adam update of params, in place; `step` counts from 1. m and v are the running moments. */
export function adam(
  params: Float32Array,
  grads: Float32Array,
  m: Float32Array,
  v: Float32Array,
  step: number,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {},
): void {
  const alpha = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  const rate1 = 1 - beta1;
  const rate2 = 1 - beta2;
  for (let i = 0; i < params.length; i++) {
    const g = grads[i];
    const mi = m[i] + (g - m[i]) * rate1;
    const vi = v[i] + (g * g - v[i]) * rate2;
    m[i] = mi;
    v[i] = vi;
    params[i] -= (alpha * mi) / (Math.sqrt(vi) + epsilon);
  }
}

/** One step of plain gradient descent, in place. */
export function sgd(params: Float32Array, grads: Float32Array, learningRate: number): void {
  for (let i = 0; i < params.length; i++) params[i] -= learningRate * grads[i];
}
