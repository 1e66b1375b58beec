/** Losses that are a mean or a sum over the outputs of a row, and their derivatives with respect to the prediction. */
import { exp, expm1, log, log1p, pow } from "../../base/math.js";
import { sigmoid, tanh } from "../../base/sigmoids.js";
import { LossKind } from "../../plan/op.js";
import { softplus } from "./activation.js";

/** Keras's epsilon: probabilities are kept this far from 0 and 1, and divisors from 0. */
export const CLIP = 1e-7;
/** The smallest normal float32; replaces a divisor of 0. */
const TINY = 1.1754943508222875e-38;

/** The numbers of a loss record. Their meaning depends on the loss: huber's delta, weights, the focal exponent. */
export interface LossOptions {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

export interface ElementLoss {
  readonly value: (p: number, t: number, options: LossOptions) => number;
  readonly slope: (p: number, t: number, options: LossOptions) => number;
}

/** Clips to [CLIP, 1 - CLIP]. */
export function clip(p: number): number {
  return Math.min(Math.max(p, CLIP), 1 - CLIP);
}

/** Clips to [CLIP, 1]. */
function clipBelow(p: number): number {
  return Math.min(Math.max(p, CLIP), 1);
}

/** gap^gamma for a gap of 0 or more. */
export function focalPower(gap: number, gamma: number): number {
  return pow(Math.max(gap, TINY), gamma);
}

/** ln cosh e */
function logCosh(e: number): number {
  const size = Math.abs(e);
  if (size >= 1) return size + log1p(exp(-2 * size)) - Math.LN2;
  const m = expm1(size);
  return log1p((m * m) / (2 * m + 2));
}

function logarithmicError(p: number, t: number): number {
  return log1p(Math.max(p, CLIP)) - log1p(Math.max(t, CLIP));
}

/** 1 - s p with s = 1 for targets above 0, else -1; at least 0 */
function hingeGap(p: number, t: number): number {
  return Math.max(t > 0 ? 1 - p : 1 + p, 0);
}

/** -(t ln q + (1 - t) ln(1 - q)), q = clip(p), positives weighted with `alpha` */
const binary: ElementLoss = {
  value: (p, t, { alpha }) => -(alpha * t * log(clip(p)) + (1 - t) * log(1 - clip(p))),
  slope: (p, t, { alpha }) => {
    const q = clip(p);
    return q === p ? (q - t - (alpha - 1) * t * (1 - q)) / (q * (1 - q)) : 0;
  },
};

const unweighted: LossOptions = { alpha: 1, beta: 1, gamma: 0 };

/** max(x, 0) - x t + ln(1 + e^-|x|): `binary` of sigmoid(x) */
function entropyOfLogit(x: number, t: number): number {
  return Math.max(x, 0) - x * t + log1p(exp(-Math.abs(x)));
}

/** w m^gamma, where m is the distance from prediction to target, and w the weight of the target */
function focalFactor(m: number, t: number, { alpha, beta, gamma }: LossOptions): number {
  return (alpha * t + beta * (1 - t)) * focalPower(m, gamma);
}

/** t (1 - p) + (1 - t) p */
function focalGap(p: number, rest: number, t: number): number {
  return Math.max(t * rest + (1 - t) * p, TINY);
}

export const elementLosses = {
  [LossKind.MeanSquaredError]: { value: (p, t) => (p - t) * (p - t), slope: (p, t) => 2 * (p - t) },
  [LossKind.MeanAbsoluteError]: { value: (p, t) => Math.abs(p - t), slope: (p, t) => Math.sign(p - t) },
  [LossKind.MeanAbsolutePercentageError]: {
    value: (p, t) => (100 * Math.abs(p - t)) / Math.max(Math.abs(t), CLIP),
    slope: (p, t) => (100 * Math.sign(p - t)) / Math.max(Math.abs(t), CLIP),
  },
  [LossKind.MeanSquaredLogarithmicError]: {
    value: (p, t) => logarithmicError(p, t) * logarithmicError(p, t),
    slope: (p, t) => (p < CLIP ? 0 : (2 * logarithmicError(p, t)) / (1 + p)),
  },
  [LossKind.Huber]: {
    value: (p, t, { alpha }) => {
      const inner = Math.min(Math.abs(p - t), alpha);
      return inner * (Math.abs(p - t) - inner / 2);
    },
    slope: (p, t, { alpha }) => Math.min(Math.max(p - t, -alpha), alpha),
  },
  [LossKind.LogCosh]: { value: (p, t) => logCosh(p - t), slope: (p, t) => tanh(p - t) },
  [LossKind.Pinball]: {
    value: (p, t, { alpha }) => Math.max(alpha * (t - p), (alpha - 1) * (t - p)),
    slope: (p, t, { alpha }) => (p === t ? 0 : p < t ? -alpha : 1 - alpha),
  },
  [LossKind.Poisson]: { value: (p, t) => p - t * log(p + CLIP), slope: (p, t) => 1 - t / (p + CLIP) },
  [LossKind.KlDivergence]: {
    value: (p, t) => clipBelow(t) * (log(clipBelow(t)) - log(clipBelow(p))),
    slope: (p, t) => (clipBelow(p) === p ? -clipBelow(t) / p : 0),
  },
  [LossKind.Hinge]: {
    value: hingeGap,
    slope: (p, t) => (hingeGap(p, t) > 0 ? (t > 0 ? -1 : 1) : 0),
  },
  [LossKind.SquaredHinge]: {
    value: (p, t) => hingeGap(p, t) * hingeGap(p, t),
    slope: (p, t) => (t > 0 ? -2 : 2) * hingeGap(p, t),
  },
  [LossKind.BinaryCrossentropy]: binary,
  [LossKind.BinaryCrossentropyLogits]: {
    value: (x, t, { alpha }) => entropyOfLogit(x, t) + (alpha - 1) * t * softplus(-x),
    slope: (x, t, { alpha }) => sigmoid(x) - t - (alpha - 1) * t * sigmoid(-x),
  },
  [LossKind.BinaryFocalCrossentropy]: {
    value: (p, t, options) => focalFactor(focalGap(p, 1 - p, t), t, options) * binary.value(p, t, unweighted),
    slope: (p, t, options) => {
      const m = focalGap(p, 1 - p, t);
      const turn = (options.gamma / m) * (1 - 2 * t) * binary.value(p, t, unweighted);
      return focalFactor(m, t, options) * (turn + binary.slope(p, t, unweighted));
    },
  },
  [LossKind.BinaryFocalCrossentropyLogits]: {
    value: (x, t, options) => focalFactor(focalGap(sigmoid(x), sigmoid(-x), t), t, options) * entropyOfLogit(x, t),
    slope: (x, t, options) => {
      const m = focalGap(sigmoid(x), sigmoid(-x), t);
      const turn = options.gamma * ((sigmoid(x) * sigmoid(-x)) / m) * (1 - 2 * t) * entropyOfLogit(x, t);
      return focalFactor(m, t, options) * (turn + sigmoid(x) - t);
    },
  },
} satisfies Partial<Record<LossKind, ElementLoss>>;
