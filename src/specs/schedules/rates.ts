/**
 * The rates of the schedules that every program has. Factories bring them; for a schedule as plain data they come with
 * the rare updates (`optimizers/updates.ts`).
 */
import { expm1, log1p, pow } from "../../base/math.js";
import type { CosineDecayRestartsSpec, CosineDecaySpec } from "./cosine.js";
import { cosineFall } from "./cosineFall.js";
import type {
  ExponentialDecaySpec,
  InverseTimeDecaySpec,
  PiecewiseConstantDecaySpec,
  PolynomialDecaySpec,
} from "./decay.js";

function rateDecayPeriods(
  { decaySteps, staircase }: ExponentialDecaySpec | InverseTimeDecaySpec,
  step: number,
): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
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

/** The rate of a step, by type. */
export const rates = {
  exponentialDecay: (spec: ExponentialDecaySpec, step: number) =>
    spec.initialLearningRate * pow(spec.decayRate, rateDecayPeriods(spec, step)),
  inverseTimeDecay: (spec: InverseTimeDecaySpec, step: number) =>
    spec.initialLearningRate / (1 + spec.decayRate * rateDecayPeriods(spec, step)),
  piecewiseConstantDecay({ boundaries, values }: PiecewiseConstantDecaySpec, step: number) {
    const index = boundaries.findIndex((boundary) => step <= boundary);
    return values[index < 0 ? boundaries.length : index];
  },
  polynomialDecay(spec: PolynomialDecaySpec, step: number) {
    const { initialLearningRate, endLearningRate, power, cycle } = spec;
    const decaySteps = cycle ? spec.decaySteps * Math.max(1, Math.ceil(step / spec.decaySteps)) : spec.decaySteps;
    const left = 1 - Math.min(step, decaySteps) / decaySteps;
    return (initialLearningRate - endLearningRate) * pow(left, power) + endLearningRate;
  },
  cosineDecay(spec: CosineDecaySpec, step: number) {
    const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = spec;
    if (warmupTarget !== null && step < warmupSteps) {
      return ((warmupTarget - initialLearningRate) * step) / warmupSteps + initialLearningRate;
    }
    const fall = cosineFall(Math.min(step - warmupSteps, decaySteps) / decaySteps);
    return (warmupTarget ?? initialLearningRate) * ((1 - alpha) * fall + alpha);
  },
  cosineDecayRestarts: restartsAt,
};
