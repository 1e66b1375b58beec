/**
 * Updates whose momentum changes from step to step. Kernels hold theirs as a constant, so these run in TypeScript, and
 * only programs with a schedule that asks for them carry them.
 */
import { OptionError } from "../../base/errors.js";
import { flush } from "../../plan/flush.js";
import { commit, power } from "../../plan/guard.js";
import * as Op from "../../plan/ops.js";
import type { ScriptMaker, TapeRecord } from "../../plan/record.js";
import { scriptOf, type Update } from "./script.js";

/** The momentum of a step, counted from 0. */
export type MomentumAt = (step: number) => number;

function sgdUpdate(momentumAt: MomentumAt): Update<typeof Op.Sgd> {
  return (memory, { params, grads, velocity, count, nesterov }) => {
    const { floats: f, learningRate: lr } = memory;
    const momentum = momentumAt(memory.step - 1);
    for (let i = 0; i < count; i++) {
      const step = lr * f[grads + i];
      const v = momentum * f[velocity + i] - step;
      commit(memory, params + i, f[params + i] + (nesterov ? momentum * v - step : v), velocity + i, v);
    }
    flush(memory, velocity, count);
  };
}

function sgdTorchUpdate(momentumAt: MomentumAt): Update<typeof Op.SgdTorch> {
  return (memory, { params, grads, velocity, count, nesterov, dampening }) => {
    const { floats: f, learningRate: lr, step } = memory;
    const momentum = momentumAt(step - 1);
    const share = step === 1 ? 1 : 1 - dampening;
    for (let i = 0; i < count; i++) {
      const g = f[grads + i];
      const v = momentum * f[velocity + i] + share * g;
      commit(memory, params + i, f[params + i] - lr * (nesterov ? g + momentum * v : v), velocity + i, v);
    }
    flush(memory, velocity, count);
  };
}

/** `vHat` is undefined without AMSGrad. */
function adamUpdate(momentumAt: MomentumAt): Update<typeof Op.Adam | typeof Op.AmsGrad> {
  return (memory, record) => {
    const { floats: f, learningRate: lr, step } = memory;
    const { params, grads, m, v, count, beta2, epsilon, epsilonInside } = record;
    const vHat = "vHat" in record ? record.vHat : 0;
    const beta1 = momentumAt(step - 1);
    const root = Math.sqrt(1 - power(beta2, step));
    const rate = (lr * root) / (1 - power(beta1, step));
    const small = epsilonInside ? epsilon * root : epsilon;
    for (let i = 0; i < count; i++) {
      const g = f[grads + i];
      const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
      const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
      const largest = vHat ? Math.max(f[vHat + i], second) : second;
      const updated = f[params + i] - (rate * first) / (Math.sqrt(largest) + small);
      commit(memory, params + i, updated, m + i, first, v + i, second, vHat && vHat + i, largest);
    }
    flush(memory, m, count);
    flush(memory, v, count, m);
  };
}

/**
 * The script that takes the place of the kernel of `record`. @throws OptionError if that update has no such momentum
 */
export function cycledMomentum(where: string, record: TapeRecord | null, momentumAt: MomentumAt): ScriptMaker {
  const op = record?.op;
  if (op === Op.Adam || op === Op.AmsGrad) return scriptOf(adamUpdate(momentumAt));
  if (op === Op.SgdTorch) return scriptOf(sgdTorchUpdate(momentumAt));
  if (op === Op.Sgd && record?.momentum !== 0) return scriptOf(sgdUpdate(momentumAt));
  throw new OptionError(
    `${where}: cycleMomentum needs adam, adamw, or sgd with a momentum above 0: use one of them, or cycleMomentum: false.`,
  );
}
