/** Optimizer steps. An element whose new value would not be finite keeps its old one, and the status says so. */
import { Status } from "../../plan/op.js";
import type { Fields, Floats, Memory } from "./memory.js";

/** Keras's SGD: v = momentum v - lr g, p += v, or with Nesterov's look-ahead p += momentum v - lr g. */
export function sgd(memory: Memory, { params, grads, velocity, count, momentum, nesterov }: Fields): void {
  const { floats: f, learningRate: lr } = memory;
  for (let i = 0; i < count; i++) {
    const step = lr * f[grads + i];
    const v = (velocity ? momentum * f[velocity + i] : 0) - step;
    const updated = f[params + i] + (nesterov ? momentum * v - step : v);
    if (storable(f, updated)) {
      f[params + i] = updated;
      if (velocity) f[velocity + i] = v;
    } else memory.status = Status.UpdateNotFinite;
  }
}

/** Adam in Keras's form; `epsilonInside` gives PyTorch's. */
export function adam(memory: Memory, record: Fields): void {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, m, v, count, beta1, beta2, epsilon, epsilonInside } = record;
  const root = Math.sqrt(1 - power(beta2, step));
  const rate = (lr * root) / (1 - power(beta1, step));
  const small = epsilonInside ? epsilon * root : epsilon;
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const updated = f[params + i] - (rate * first) / (Math.sqrt(second) + small);
    if (storable(f, updated) && storable(f, second)) {
      f[params + i] = updated;
      f[m + i] = first;
      f[v + i] = second;
    } else memory.status = Status.UpdateNotFinite;
  }
}

/** Is the value still finite once it is stored? */
export function storable(f: Floats, value: number): boolean {
  return Number.isFinite(f instanceof Float32Array ? Math.fround(value) : value);
}

/** base^exponent by repeated squaring, the same in every engine. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}
