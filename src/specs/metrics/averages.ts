/** Averages of the scores of classes, from counts per class. Knows counts only. */
import type { Tally } from "./tally.js";

export const averageNames = ["binary", "micro", "macro", "weighted", "samples", "none"] as const;

/**
 * Ways to make one score of those of classes: `binary`, that of `positiveLabel` alone; `micro`, from the counts of all
 * classes together; `macro`, their mean; `weighted`, their mean weighted by rows of the class; `samples`, the mean of
 * scores of rows, where these have several outputs; `none`, one per class.
 */
export type Average = (typeof averageNames)[number];

/**
 * A score of a class from three of its counts: rows that are rightly of it, that are of it, and that are said to be.
 */
export type OfCounts = (hits: number, support: number, predicted: number) => number;

/** Options of `averageOfCounts`. */
export interface Averaging {
  readonly average: Exclude<Average, "none">;
  readonly positiveLabel?: number;
  /** Also count classes that do not occur. */
  readonly all?: boolean;
  /** The weights of rows for `samples`, of which each is a class of the tally. */
  readonly rowWeights?: ArrayLike<number> | null;
}

/** One number from the counts of all classes. Scores that are NaN are left out. */
export function averageOfCounts(tally: Tally, averaging: Averaging, score: OfCounts): number {
  const { average, positiveLabel = 1, all = false, rowWeights } = averaging;
  const { classes, hits, support, predicted, occurs } = tally;
  if (average === "binary") return scoreOfClass(tally, positiveLabel, score);
  if (average === "micro") return score(sumOf(hits), sumOf(support), sumOf(predicted));
  const values: number[] = [];
  const weights: number[] = [];
  for (let c = 0; c < classes; c++) {
    if (!all && !occurs[c]) continue;
    values.push(scoreOfClass(tally, c, score));
    weights.push(average === "weighted" ? support[c] : (rowWeights?.[c] ?? 1));
  }
  return definedAverage(values, weights);
}

export function scoreOfClass({ hits, support, predicted }: Tally, c: number, score: OfCounts): number {
  return score(hits[c], support[c], predicted[c]);
}

/** Σ weight · value / Σ weight of the values that are not NaN; their plain mean where none of them has weight. */
export function definedAverage(values: readonly number[], weights: readonly number[]): number {
  let [sum, all, plain, count] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += weights[i] * values[i];
    all += weights[i];
    plain += values[i];
    count++;
  }
  return all === 0 ? plain / count : sum / all;
}

/**
 * The F-score (1 + β²) hits / (predicted + β² support): precision for β = 0, recall for β → ∞, and `zeroDivision` for
 * 0 / 0.
 */
export function fbeta(beta: number, zeroDivision = 0): OfCounts {
  const square = beta * beta;
  return (hits, support, predicted) => {
    const [part, whole] = beta === Infinity ? [hits, support] : [(1 + square) * hits, predicted + square * support];
    return whole === 0 ? zeroDivision : part / whole;
  };
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
