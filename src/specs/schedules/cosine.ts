/** Cosine decay, once and with restarts: options, and the rate of any step. */
import { checkKeys, checkNumber, OptionError } from "../../base/errors.js";
import { expm1, log1p, pow } from "../../base/math.js";
import { checkDecay, checkSteps, cosineFall, type DecayOptions } from "./common.js";

/** Options of `cosineDecay`. */
export interface CosineDecayOptions extends DecayOptions {
  /** Rate at the end as a share of the rate it decays from, 0 to 1. @default 0 */
  alpha?: number;
  /** Rise to this rate in a straight line first, and decay from it. `null` for none. @default null */
  warmupTarget?: number | null;
  /** Steps of the rise, before `decaySteps` begin; needs a `warmupTarget`. @default 0 */
  warmupSteps?: number;
}

export type CosineDecaySpec = { readonly type: "cosineDecay" } & Readonly<Required<CosineDecayOptions>>;

/**
 * η = η₀ · ((1 − alpha) · ½(1 + cos(π t / decaySteps)) + alpha), and alpha · η₀ from then on (Loshchilov and Hutter
 * 2016): Keras's `CosineDecay`. With `warmupTarget`, η rises from η₀ to it in `warmupSteps`, and decays from there.
 * @throws OptionError for unknown options or values out of range.
 */
export function cosineDecay(options: CosineDecayOptions): CosineDecaySpec {
  const where = "cosineDecay";
  checkKeys(where, options, ["initialLearningRate", "decaySteps", "alpha", "warmupTarget", "warmupSteps"], arguments);
  const { alpha = 0, warmupTarget = null, warmupSteps = 0 } = options;
  if (warmupTarget !== null) checkNumber(`${where}: warmupTarget`, warmupTarget, { min: 0 });
  checkNumber(`${where}: warmupSteps`, warmupSteps, { min: 0, integer: true });
  if (warmupTarget === null && warmupSteps > 0) {
    throw new OptionError(`${where}: warmupSteps needs a warmupTarget, the rate to rise to, got none.`);
  }
  const alphaChecked = checkNumber(`${where}: alpha`, alpha, { min: 0, max: 1 });
  return { type: where, ...checkDecay(where, options), alpha: alphaChecked, warmupTarget, warmupSteps };
}

export function cosineAt(spec: CosineDecaySpec, step: number): number {
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = spec;
  if (warmupTarget !== null && step < warmupSteps) {
    return ((warmupTarget - initialLearningRate) * step) / warmupSteps + initialLearningRate;
  }
  const fall = cosineFall(Math.min(step - warmupSteps, decaySteps) / decaySteps);
  return (warmupTarget ?? initialLearningRate) * ((1 - alpha) * fall + alpha);
}

/** Options of `cosineDecayRestarts`. */
export interface CosineDecayRestartsOptions {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number;
  /** Steps until the first restart, an integer >= 1. */
  firstDecaySteps: number;
  /** Each period is so many times as long as the one before, >= 1. @default 2 */
  tMul?: number;
  /** Each period starts from so many times the rate of the one before, > 0. @default 1 */
  mMul?: number;
  /** Rate at the end of a period as a share of `initialLearningRate`, 0 to 1. @default 0 */
  alpha?: number;
}

export type CosineDecayRestartsSpec = {
  readonly type: "cosineDecayRestarts";
} & Readonly<Required<CosineDecayRestartsOptions>>;

/**
 * SGDR (Loshchilov and Hutter 2016): a cosine decay that starts again, as Keras's `CosineDecayRestarts`. In period i,
 * whose share p has passed, η = η₀ · ((1 − alpha) · mMulⁱ · ½(1 + cos πp) + alpha).
 * @throws OptionError for unknown options or values out of range.
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): CosineDecayRestartsSpec {
  const where = "cosineDecayRestarts";
  checkKeys(where, options, ["initialLearningRate", "firstDecaySteps", "tMul", "mMul", "alpha"], arguments);
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
  return {
    type: where,
    initialLearningRate: checkNumber(`${where}: initialLearningRate`, initialLearningRate, { min: 0 }),
    firstDecaySteps: checkSteps(`${where}: firstDecaySteps`, firstDecaySteps),
    tMul: checkNumber(`${where}: tMul`, tMul, { min: 1 }),
    mMul: checkNumber(`${where}: mMul`, mMul, { above: 0 }),
    alpha: checkNumber(`${where}: alpha`, alpha, { min: 0, max: 1 }),
  };
}

/** Periods that are counted one by one; more of them would take longer than a step of training. */
const MOST_COUNTED = 10_000;

export function restartsAt(spec: CosineDecayRestartsSpec, step: number): number {
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
