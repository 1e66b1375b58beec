/** Formulas of losses of one row, for `eachRow`: each returns the loss and writes its gradient to `g`. */

import { exp, log, log1p, pow } from "../../base/math.js";
import { sigmoid } from "../../base/sigmoids.js";
import type { RowLoss } from "./host.js";

/** Keras's epsilon. */
const CLIP = 1e-7;

/** A mean over the outputs of a row, each with its weight if there are any. */
export function meanOf(
  value: (p: number, t: number) => number,
  slope: (p: number, t: number) => number,
  weights: readonly number[] | undefined,
): RowLoss {
  return (t, p, g) => {
    let sum = 0;
    for (let j = 0; j < p.length; j++) {
      const weight = weights?.[j] ?? 1;
      if (weight === 0) continue; // the gradient is 0, and the loss may be infinite
      sum += weight * value(p[j], t[j]);
      g[j] = (weight * slope(p[j], t[j])) / p.length;
    }
    return sum / p.length;
  };
}

/** e² / (2 beta) where |e| < beta, else |e| − beta / 2, with e = p − t */
export function smoothL1({ beta, outputWeights }: { beta: number; outputWeights?: readonly number[] }): RowLoss {
  return meanOf(
    (p, t) => {
      const size = Math.abs(p - t);
      const inner = Math.min(size, beta);
      return (inner / beta) * (size - inner / 2);
    },
    (p, t) => Math.min(Math.max(p - t, -beta), beta) / beta,
    outputWeights,
  );
}

/** ln(1 + e^(−s p)), with s = 1 for targets above 0, else −1 */
export function softMargin(): RowLoss {
  const softplus = (x: number) => Math.max(x, 0) + log1p(exp(-Math.abs(x)));
  return meanOf(
    (p, t) => softplus(t > 0 ? -p : p),
    (p, t) => (t > 0 ? -sigmoid(-p) : sigmoid(p)),
    undefined,
  );
}

/** e^p − t p for logarithms, or p − t ln(p + eps) for rates, plus Stirling's term with `full` */
export function poissonNll(options: {
  logInput: boolean;
  full: boolean;
  eps: number;
  outputWeights?: readonly number[];
}): RowLoss {
  const { logInput, full, eps, outputWeights } = options;
  const stirling = (t: number) => (full && t > 1 ? t * log(t) - t + log(2 * Math.PI * t) / 2 : 0);
  if (logInput)
    return meanOf(
      (p, t) => exp(p) - t * p + stirling(t),
      (p, t) => exp(p) - t,
      outputWeights,
    );
  return meanOf(
    (p, t) => p - t * log(p + eps) + stirling(t),
    (p, t) => 1 - t / (p + eps),
    outputWeights,
  );
}

/** Mean over n targets of (ln v + (m − t)² / v) / 2: m are the first n outputs, v the others, or e to their power. */
export function gaussianNll(options: { logVariance: boolean; full: boolean; eps: number }): RowLoss {
  const { logVariance, full, eps } = options;
  const constant = full ? log(2 * Math.PI) : 0;
  return (t, p, g) => {
    const n = t.length;
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const raw = logVariance ? exp(p[n + j]) : p[n + j];
      const variance = Math.max(raw, eps);
      const error = p[j] - t[j];
      const share = error / variance;
      sum += (log(variance) + error * share + constant) / 2;
      g[j] = share / n;
      g[n + j] = (((1 / variance - share * share) / 2) * (logVariance ? raw : 1)) / n;
    }
    return sum / n;
  };
}

/** 1 − i / (i + alpha Σ (1 − t) p + beta Σ t (1 − p) + epsilon), with i = Σ t p */
export function tversky({ alpha, beta, epsilon }: { alpha: number; beta: number; epsilon: number }): RowLoss {
  return (t, p, g) => {
    let [shared, beyond, missed] = [0, 0, 0];
    for (let j = 0; j < p.length; j++) {
      shared += t[j] * p[j];
      beyond += (1 - t[j]) * p[j];
      missed += t[j] * (1 - p[j]);
    }
    const whole = shared + alpha * beyond + beta * missed + epsilon;
    const ratio = shared / whole;
    for (let j = 0; j < p.length; j++) {
      const growth = t[j] + alpha * (1 - t[j]) - beta * t[j];
      g[j] = (ratio * growth - t[j]) / whole;
    }
    return 1 - ratio;
  };
}

/** (1 − s^q) / q, with s = max(p[label], CLIP) */
export function generalized({ q }: { q: number }): RowLoss {
  return ([label], p, g) => {
    const s = Math.max(p[label], CLIP);
    if (s === p[label]) g[label] = -pow(s, q) / s;
    return (1 - pow(s, q)) / q;
  };
}

/** Σ max(margin − p[label] + p[j], 0)^power / classes over j other than the label */
export function multiMargin({ margin, p: power }: { margin: number; p: number }): RowLoss {
  return ([label], p, g) => {
    let sum = 0;
    for (let j = 0; j < p.length; j++) {
      const gap = margin - p[label] + p[j];
      if (j === label || gap <= 0) continue;
      sum += power === 2 ? gap * gap : gap;
      const slope = (power === 2 ? 2 * gap : 1) / p.length;
      g[j] += slope;
      g[label] -= slope;
    }
    return sum / p.length;
  };
}

/** Σ Σ t[i] (1 − t[j]) max(1 − p[i] + p[j], 0) / outputs */
export const multiLabelMargin: RowLoss = (t, p, g) => {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (t[i] === 0) continue;
    for (let j = 0; j < p.length; j++) {
      const gap = 1 - p[i] + p[j];
      const weight = t[i] * (1 - t[j]);
      if (gap <= 0) continue;
      sum += weight * gap;
      g[j] += weight / p.length;
      g[i] -= weight / p.length;
    }
  }
  return sum / p.length;
};
