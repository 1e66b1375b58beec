/** Losses in plain JavaScript: the sum over all elements, and the gradient of each divided by `count`. */

export type PlainLoss = (p: Float32Array, t: Float32Array, d: Float32Array, count: number) => number;

export function huber(p: Float32Array, t: Float32Array, d: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const error = p[i] - t[i];
    const inner = Math.min(Math.max(error, -1), 1);
    sum += inner * (error - 0.5 * inner);
    d[i] = inner / count;
  }
  return sum;
}

export function logCosh(p: Float32Array, t: Float32Array, d: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const error = Math.abs(p[i] - t[i]);
    sum += error + Math.log1p(Math.exp(-2 * error)) - Math.LN2;
    d[i] = Math.tanh(p[i] - t[i]) / count;
  }
  return sum;
}

/** Loss from logits, with gamma 2. */
export function binaryFocal(x: Float32Array, t: Float32Array, d: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const [logit, target] = [x[i], t[i]];
    const p = 1 / (1 + Math.exp(-logit));
    const gap = target * (1 - p) + (1 - target) * p;
    const entropy = Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
    sum += gap * gap * entropy;
    d[i] = (gap * (2 * p * (1 - p) * (1 - 2 * target) * entropy + gap * (p - target))) / count;
  }
  return sum;
}
