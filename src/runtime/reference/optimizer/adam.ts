/** Adam and its relatives. */

import { flush } from "../../../plan/flush.js";
import { commit, power } from "../../../plan/guard.js";
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import type { Memory } from "../memory.js";

/** The learning rate with both corrections, and epsilon in Keras's place; `epsilonInside` gives PyTorch's form. */
function corrected(
  { learningRate, step }: Memory,
  { beta1, beta2, epsilon, epsilonInside }: Fields<typeof Op.Adam | typeof Op.AmsGrad>,
) {
  const root = Math.sqrt(1 - power(beta2, step));
  return { rate: (learningRate * root) / (1 - power(beta1, step)), small: epsilonInside ? epsilon * root : epsilon };
}

/** Adam in Keras's form; `epsilonInside` gives PyTorch's. */
export function adam(memory: Memory, record: Fields<typeof Op.Adam>): void {
  const { floats: f } = memory;
  const { params, grads, m, v, count, beta1, beta2 } = record;
  const { rate, small } = corrected(memory, record);
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const updated = f[params + i] - (rate * first) / (Math.sqrt(second) + small);
    commit(memory, params + i, updated, m + i, first, v + i, second);
  }
  flush(memory, m, count);
  flush(memory, v, count, m);
}

/** Adam that divides by the largest v so far. */
export function amsGrad(memory: Memory, record: Fields<typeof Op.AmsGrad>): void {
  const { floats: f } = memory;
  const { params, grads, m, v, vHat, count, beta1, beta2 } = record;
  const { rate, small } = corrected(memory, record);
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const largest = Math.max(f[vHat + i], second);
    const updated = f[params + i] - (rate * first) / (Math.sqrt(largest) + small);
    commit(memory, params + i, updated, m + i, first, v + i, second, vHat + i, largest);
  }
  flush(memory, m, count);
  flush(memory, v, count, m);
}

/** m as in Adam, u = max(beta2 u, |g|), p -= lr / (1 - beta1^t) m / (u + epsilon). */
export function adamax(memory: Memory, record: Fields<typeof Op.Adamax>): void {
  const { floats: f, learningRate, step } = memory;
  const { params, grads, m, u, count, beta1, beta2, epsilon, epsilonInside } = record;
  const rate = learningRate / (1 - power(beta1, step));
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const norm = Math.max(beta2 * f[u + i], Math.abs(g) + (epsilonInside ? epsilon : 0));
    const updated = f[params + i] - (rate * first) / (norm + (epsilonInside ? 0 : epsilon));
    commit(memory, params + i, updated, m + i, first, u + i, norm);
  }
  flush(memory, m, count);
  flush(memory, u, count, m);
}

/** Adam with Nesterov's momentum, which rises over time: u_t = beta1 (1 - decay^t / 2). */
export function nadam(memory: Memory, record: Fields<typeof Op.Nadam>): void {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, m, v, count, beta1, beta2, momentumDecay, epsilon } = record;
  const momentum = (t: number) => beta1 * (1 - 0.5 * power(momentumDecay, t));
  let product = 1;
  for (let t = 1; t <= step && product > 1e-17; t++) product *= momentum(t);
  const [now, next] = [momentum(step), momentum(step + 1)];
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const direction = (next * first) / (1 - product * next) + ((1 - now) * g) / (1 - product);
    const root = Math.sqrt(second / (1 - power(beta2, step)));
    commit(memory, params + i, f[params + i] - (lr * direction) / (root + epsilon), m + i, first, v + i, second);
  }
  flush(memory, m, count);
  flush(memory, v, count, m);
}

/** m and v as in Adam. The step is m alone until the variance is known, then Adam's step, rectified. */
export function radam(memory: Memory, record: Fields<typeof Op.Radam>): void {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, m, v, count, beta1, beta2, epsilon } = record;
  const rate = lr / (1 - power(beta1, step));
  const decayed = power(beta2, step);
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * step * decayed) / (1 - decayed);
  const square = ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length);
  const rectified = rate * Math.sqrt(square * (1 - decayed));
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const change = length > 5 ? (rectified * first) / (Math.sqrt(second) + epsilon) : rate * first;
    commit(memory, params + i, f[params + i] - change, m + i, first, v + i, second);
  }
  flush(memory, m, count);
  flush(memory, v, count, m);
}

/** p -= lr sign(beta1 m + (1 - beta1) g), then m += (1 - beta2) (g - m). */
export function lion(memory: Memory, { params, grads, m, count, beta1, beta2 }: Fields<typeof Op.Lion>): void {
  const { floats: f, learningRate: lr } = memory;
  for (let i = 0; i < count; i++) {
    const difference = f[grads + i] - f[m + i];
    const direction = f[m + i] + (1 - beta1) * difference;
    const updated = f[params + i] - lr * Math.sign(direction);
    commit(memory, params + i, updated, m + i, f[m + i] + (1 - beta2) * difference);
  }
  flush(memory, m, count);
}
