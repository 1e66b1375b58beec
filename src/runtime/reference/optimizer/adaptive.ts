/** Optimizers that divide by a running magnitude of the gradients. `torch` puts epsilon outside the root. */

import { flush } from "../../../plan/flush.js";
import { commit } from "../../../plan/guard.js";
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import type { Memory } from "../memory.js";

function root(x: number, epsilon: number, torch: number): number {
  return torch ? Math.sqrt(x) + epsilon : Math.sqrt(x + epsilon);
}

/** RMSprop, centred if there is a mean gradient. Only Keras's velocity contains the learning rate. */
export function rmsProp(memory: Memory, record: Fields<typeof Op.RmsProp>): void {
  const { floats: f, learningRate: lr } = memory;
  const { params, grads, meanSquare, meanGradient, velocity, count, rho, momentum, epsilon, torch } = record;
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const square = f[meanSquare + i] + (1 - rho) * (g * g - f[meanSquare + i]);
    const mean = meanGradient ? f[meanGradient + i] + (1 - rho) * (g - f[meanGradient + i]) : 0;
    const size = meanGradient ? Math.max(square - mean * mean, 0) : square;
    const change = ((torch ? 1 : lr) * g) / root(size, epsilon, torch);
    const v = velocity ? momentum * f[velocity + i] + change : change;
    const updated = f[params + i] - (torch ? lr : 1) * v;
    const [meanAt, vAt] = [meanGradient && meanGradient + i, velocity && velocity + i];
    commit(memory, params + i, updated, meanSquare + i, square, meanAt, mean, vAt, v);
  }
  flush(memory, meanGradient, count);
  flush(memory, meanSquare, count, meanGradient);
  flush(memory, velocity, count);
}

export function adagrad(memory: Memory, record: Fields<typeof Op.Adagrad>): void {
  const { floats: f, learningRate, step } = memory;
  const { params, grads, accumulator, count, epsilon, torch, lrDecay } = record;
  const lr = learningRate / (1 + lrDecay * (step - 1));
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const sum = f[accumulator + i] + g * g;
    commit(memory, params + i, f[params + i] - (lr * g) / root(sum, epsilon, torch), accumulator + i, sum);
  }
}

export function adadelta(memory: Memory, record: Fields<typeof Op.Adadelta>): void {
  const { floats: f, learningRate: lr } = memory;
  const { params, grads, meanSquare, meanChange, count, rho, epsilon } = record;
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const square = f[meanSquare + i] + (1 - rho) * (g * g - f[meanSquare + i]);
    const d = (g * Math.sqrt(f[meanChange + i] + epsilon)) / Math.sqrt(square + epsilon);
    const change = f[meanChange + i] + (1 - rho) * (d * d - f[meanChange + i]);
    commit(memory, params + i, f[params + i] - lr * d, meanSquare + i, square, meanChange + i, change);
  }
  flush(memory, meanSquare, count);
  flush(memory, meanChange, count);
}
