/** Scores of predictions, and what is learned from predictions for rows that were not trained on. */
import { exp, log } from "../base/math.js";
import { accuracyScore } from "../specs/metrics/accuracyScore.js";
import { rocAucScore } from "../specs/metrics/areas.js";
import { f1Score, precisionScore, recallScore } from "../specs/metrics/precisionRecall.js";
import { brierScore, logLossScore } from "../specs/metrics/probabilities.js";
import { meanAbsoluteErrorScore, r2Score, rootMeanSquaredErrorScore } from "../specs/metrics/regression.js";

/** Scores by name. */
export type TableScores = Readonly<Record<string, number>>;

const LEAST = 1e-7;

/** Class numbers: the likeliest, or of two the second from its threshold on. */
export function labelsOf(probabilities: Float64Array, classes: number, threshold: number | null): Float32Array {
  return Float32Array.from({ length: probabilities.length / classes }, (_, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    if (threshold !== null) return Number(own[1] >= threshold);
    return own.indexOf(own.reduce((most, p) => Math.max(most, p)));
  });
}

/** Scores of classes; areas only where every class occurs. */
export function classScores(
  y: ArrayLike<number>,
  probabilities: Float64Array,
  classes: number,
  threshold: number | null,
): TableScores {
  const labels = labelsOf(probabilities, classes, threshold);
  const known = new Set(Array.from(y)).size === classes;
  const accuracy = accuracyScore(y, labels);
  if (classes === 2) {
    const second = Float64Array.from({ length: y.length }, (_, row) => probabilities[2 * row + 1]);
    return {
      ...(known && { rocAuc: rocAucScore(y, second) }),
      accuracy,
      f1: f1Score(y, labels),
      precision: precisionScore(y, labels),
      recall: recallScore(y, labels),
      logLoss: logLossScore(y, second),
      brier: brierScore(y, second),
    };
  }
  return {
    accuracy,
    f1: f1Score(y, labels, { average: "macro" }),
    ...(known && {
      rocAuc: rocAucScore(y, probabilities, { average: "macro", multiClass: "ovr" }),
      logLoss: logLossScore(y, probabilities),
    }),
  };
}

export function numberScores(y: ArrayLike<number>, values: ArrayLike<number>): TableScores {
  return {
    ...(y.length > 1 && { r2: r2Score(y, values) }),
    mae: meanAbsoluteErrorScore(y, values),
    rmse: rootMeanSquaredErrorScore(y, values),
  };
}

/** The threshold of greatest F1 among those that give different labels; the middle between two probabilities. */
export function bestThreshold(y: ArrayLike<number>, second: Float64Array): number {
  const order = Array.from(second.keys()).sort((a, b) => second[b] - second[a] || a - b);
  const positives = Array.from(y).reduce((sum, label) => sum + label, 0);
  let [hits, best, threshold] = [0, -1, 0.5];
  order.forEach((row, i) => {
    hits += y[row];
    const next = i + 1 < order.length ? second[order[i + 1]] : 0;
    if (next === second[row]) return;
    const f1 = (2 * hits) / (positives + i + 1);
    if (f1 > best) [best, threshold] = [f1, (second[row] + next) / 2];
  });
  return Math.min(Math.max(threshold, LEAST), 1 - LEAST);
}

/** Probabilities as powers 1 / temperature of what they were, with sum 1: below 1 surer, above 1 less sure. */
export function calibrate(probabilities: Float64Array, classes: number, temperature: number): Float64Array {
  if (temperature === 1) return probabilities;
  const out = new Float64Array(probabilities.length);
  for (let begin = 0; begin < out.length; begin += classes) {
    let sum = 0;
    for (let c = begin; c < begin + classes; c++) {
      out[c] = exp(log(Math.max(probabilities[c], 1e-300)) / temperature);
      sum += out[c];
    }
    for (let c = begin; c < begin + classes; c++) out[c] /= sum;
  }
  return out;
}

/** The temperature of least log loss, between 1/5 and 5 (Guo et al. 2017), by golden section in its logarithm. */
export function bestTemperature(y: ArrayLike<number>, probabilities: Float64Array, classes: number): number {
  const loss = (temperature: number) => {
    const calibrated = calibrate(probabilities, classes, temperature);
    let sum = 0;
    for (let row = 0; row < y.length; row++) sum -= log(Math.max(calibrated[row * classes + y[row]], LEAST));
    return sum;
  };
  const share = (3 - Math.sqrt(5)) / 2;
  let [low, high] = [log(0.2), log(5)];
  for (let step = 0; step < 40; step++) {
    const [left, right] = [low + share * (high - low), high - share * (high - low)];
    if (loss(exp(left)) < loss(exp(right))) high = right;
    else low = left;
  }
  return exp((low + high) / 2);
}

/** The error that a share of the rows does not exceed. */
export function errorBound(y: ArrayLike<number>, values: ArrayLike<number>, share: number): number {
  const errors = Float64Array.from({ length: y.length }, (_, row) => Math.abs(y[row] - values[row])).sort();
  const place = Math.min(errors.length - 1, Math.ceil(share * (errors.length + 1)) - 1);
  return errors[place];
}
