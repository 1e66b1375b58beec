/** Gradient descent, with momentum in the form of Keras or PyTorch. */

import { flush } from "../../../plan/flush.js";
import { commit } from "../../../plan/guard.js";
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import type { Memory } from "../memory.js";

/** Keras's SGD: v = momentum v - lr g, p += v, or with Nesterov's look-ahead p += momentum v - lr g. */
export function sgd(
  memory: Memory,
  { params, grads, velocity, count, momentum, nesterov }: Fields<typeof Op.Sgd>,
): void {
  const { floats: f, learningRate: lr } = memory;
  for (let i = 0; i < count; i++) {
    const step = lr * f[grads + i];
    const v = (velocity ? momentum * f[velocity + i] : 0) - step;
    commit(memory, params + i, f[params + i] + (nesterov ? momentum * v - step : v), velocity && velocity + i, v);
  }
  flush(memory, velocity, count);
}

/**
 * PyTorch's SGD with momentum: v = momentum v + (1 - dampening) g, after the first step v = g; p -= lr v, or with
 * Nesterov look-ahead p -= lr (g + momentum v).
 */
export function sgdTorch(
  memory: Memory,
  { params, grads, velocity, count, momentum, nesterov, dampening }: Fields<typeof Op.SgdTorch>,
): void {
  const { floats: f, learningRate: lr, step } = memory;
  const share = step === 1 ? 1 : 1 - dampening;
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const v = momentum * f[velocity + i] + share * g;
    commit(memory, params + i, f[params + i] - lr * (nesterov ? g + momentum * v : v), velocity + i, v);
  }
  flush(memory, velocity, count);
}
