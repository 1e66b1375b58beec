/** Cosine decay, once and with restarts: options, and the rate of any step. */
import { OptionError } from "../../base/errors.js";
import { expm1, log1p, pow } from "../../base/math.js";
import { type Given, makeSpec, nullable, number, type Spec } from "../../base/options.js";
import {
  cosineFall,
  type DecayOptions,
  type DecaySpec,
  decayOptions,
  type ScheduleDefinition,
  stepsOption,
} from "./schedule.js";

/** Options of `cosineDecay`. */
const cosineDecayOptions = {
  ...decayOptions,
  /** Rate at the end as a share of the rate it decays from, 0 to 1. @default 0 */
  alpha: number({ min: 0, max: 1 }, 0),
  /** Rise to this rate in a straight line first, then decay from it. `null` for none. @default null */
  warmupTarget: nullable(number({ min: 0 })),
  /** Steps of the rise, before `decaySteps` begin; needs a `warmupTarget`. @default 0 */
  warmupSteps: number({ min: 0, integer: true }, 0),
};

/** Options of `cosineDecay`. */
export interface CosineDecayOptions extends DecayOptions, Given<typeof cosineDecayOptions> {}

/** A cosine decay with every option spelled out. */
export interface CosineDecaySpec extends DecaySpec, Spec<"cosineDecay", typeof cosineDecayOptions> {}

/**
 * η = η₀ · ((1 − alpha) · ½(1 + cos(π t / decaySteps)) + alpha), and alpha · η₀ from then on (Loshchilov and Hutter
 * 2016): Keras's `CosineDecay`. With `warmupTarget`, η rises from η₀ to it in `warmupSteps`, and decays from there.
 */
export function cosineDecay(options: CosineDecayOptions): CosineDecaySpec {
  const spec = makeSpec("cosineDecay", cosineDecayOptions, options, arguments);
  if (spec.warmupTarget === null && spec.warmupSteps > 0) {
    throw new OptionError("cosineDecay: warmupSteps needs a warmupTarget, the rate to rise to, got none.");
  }
  return spec;
}

export const cosineDecayDefinition: ScheduleDefinition<CosineDecaySpec, CosineDecayOptions> = {
  resolve: cosineDecay,
  rateAt(spec, step) {
    const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = spec;
    if (warmupTarget !== null && step < warmupSteps) {
      return ((warmupTarget - initialLearningRate) * step) / warmupSteps + initialLearningRate;
    }
    const fall = cosineFall(Math.min(step - warmupSteps, decaySteps) / decaySteps);
    return (warmupTarget ?? initialLearningRate) * ((1 - alpha) * fall + alpha);
  },
};

/** Options of `cosineDecayRestarts`. */
const cosineDecayRestartsOptions = {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number({ min: 0 }),
  /** Steps until the first restart, an integer >= 1. */
  firstDecaySteps: stepsOption,
  /** Factor of the length of each period after the first, >= 1. @default 2 */
  tMul: number({ min: 1 }, 2),
  /** Factor of the rate at which each period after the first starts, > 0. @default 1 */
  mMul: number({ above: 0 }, 1),
  /** Rate at the end of a period as a share of `initialLearningRate`, 0 to 1. @default 0 */
  alpha: number({ min: 0, max: 1 }, 0),
};

/** Options of `cosineDecayRestarts`. */
export interface CosineDecayRestartsOptions extends Given<typeof cosineDecayRestartsOptions> {}

/** A cosine decay with restarts, with every option spelled out. */
export interface CosineDecayRestartsSpec extends Spec<"cosineDecayRestarts", typeof cosineDecayRestartsOptions> {}

/**
 * SGDR (Loshchilov and Hutter 2016): a cosine decay that starts again, as Keras's `CosineDecayRestarts`. In period i,
 * after a share p of it, η = η₀ · ((1 − alpha) · mMulⁱ · ½(1 + cos πp) + alpha).
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): CosineDecayRestartsSpec {
  return makeSpec("cosineDecayRestarts", cosineDecayRestartsOptions, options, arguments);
}

/** Most periods counted one by one: more would take longer than a training step. */
const MOST_COUNTED = 10_000;

function restartsAt(spec: CosineDecayRestartsSpec, step: number): number {
  const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = spec;
  let [passed, length, factor] = [step, firstDecaySteps, 1];
  if (tMul === 1) {
    factor = pow(mMul, Math.floor(step / length));
    passed = step % length;
  } else if (step / length > MOST_COUNTED) {
    // The first i periods take length (tMul^i - 1) / (tMul - 1) steps. The loop below counts the last few.
    const growth = log1p(tMul - 1);
    const periods = Math.floor(log1p((step / length) * (tMul - 1)) / growth) - 1;
    if (periods > MOST_COUNTED) {
      const grown = expm1(periods * growth);
      passed -= (length * grown) / (tMul - 1);
      length *= 1 + grown;
      factor = pow(mMul, periods);
    }
  }
  for (; passed >= length; length *= tMul, factor *= mMul) passed -= length;
  return initialLearningRate * ((1 - alpha) * factor * cosineFall(passed / length) + alpha);
}

export const cosineDecayRestartsDefinition: ScheduleDefinition<CosineDecayRestartsSpec, CosineDecayRestartsOptions> = {
  resolve: cosineDecayRestarts,
  rateAt: restartsAt,
};
