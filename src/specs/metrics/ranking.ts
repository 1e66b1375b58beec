/**
 * Scores put in order: the walk that ROC, precision-recall and their areas share. Exact: every distinct score is a
 * threshold, and rows of equal score pass it together. Knows checked arrays only.
 */

/** Marks of positive rows, and the scores of all rows: one column of [rows, columns]. */
export interface BinaryRows {
  readonly rows: number;
  isPositive(row: number): boolean;
  score(row: number): number;
  readonly weights: ArrayLike<number> | null;
}

/** Counts at or above each distinct score, scores falling; all arrays have one entry per distinct score. */
export interface Ranking {
  readonly thresholds: Float64Array;
  /** Weight of the negatives at or above the threshold. */
  readonly falsePositives: Float64Array;
  /** Weight of the positives at or above the threshold. */
  readonly truePositives: Float64Array;
  /** Weight of all negatives. */
  readonly negatives: number;
  /** Weight of all positives. */
  readonly positives: number;
}

/** Sorts rows by score, the largest first, and counts what each distinct score lets pass. Rows of weight 0 are out. */
export function rank({ rows, isPositive, score, weights }: BinaryRows): Ranking {
  const scores = Float64Array.from({ length: rows }, (_, row) => score(row));
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
    .filter((row) => weights?.[row] !== 0)
    .sort((a, b) => scores[b] - scores[a]);
  const thresholds = new Float64Array(order.length);
  const falsePositives = new Float64Array(order.length);
  const truePositives = new Float64Array(order.length);
  let distinct = 0;
  let negatives = 0;
  let positives = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    const weight = weights?.[row] ?? 1;
    if (isPositive(row)) positives += weight;
    else negatives += weight;
    if (i + 1 < order.length && scores[order[i + 1]] === scores[row]) continue;
    thresholds[distinct] = scores[row];
    falsePositives[distinct] = negatives;
    truePositives[distinct] = positives;
    distinct++;
  }
  return {
    thresholds: thresholds.slice(0, distinct),
    falsePositives: falsePositives.slice(0, distinct),
    truePositives: truePositives.slice(0, distinct),
    negatives,
    positives,
  };
}

/**
 * Area under the ROC curve by trapezoids: the chance that a random positive scores higher than a random negative,
 * ties counted half. NaN without positives or without negatives.
 */
export function rocArea({ falsePositives, truePositives, negatives, positives }: Ranking): number {
  let area = 0;
  let [x, y] = [0, 0];
  for (let i = 0; i < falsePositives.length; i++) {
    area += ((falsePositives[i] - x) * (truePositives[i] + y)) / 2;
    [x, y] = [falsePositives[i], truePositives[i]];
  }
  return area / (negatives * positives);
}

/** Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ over falling thresholds. NaN without positives. */
export function averagePrecision({ falsePositives, truePositives, positives }: Ranking): number {
  let sum = 0;
  let before = 0;
  for (let i = 0; i < truePositives.length; i++) {
    const all = truePositives[i] + falsePositives[i];
    if (all > 0) sum += (truePositives[i] - before) * (truePositives[i] / all);
    before = truePositives[i];
  }
  return sum / positives;
}

/** One ranking of all rows for each class. */
export interface AreaInput {
  readonly rows: number;
  readonly classes: number;
  isPositive(row: number, c: number): boolean;
  score(row: number, c: number): number;
  readonly weights: ArrayLike<number> | null;
  readonly average: "macro" | "weighted";
}

/** The area of a single class, or the average of several; those whose area is NaN are left out. */
export function averageArea(
  { rows, classes, isPositive, score, weights, average }: AreaInput,
  ofRanking: (ranking: Ranking, c: number) => number,
): number {
  let sum = 0;
  let total = 0;
  for (let c = 0; c < classes; c++) {
    const ranking = rank({
      rows,
      isPositive: (row) => isPositive(row, c),
      score: (row) => score(row, c),
      weights,
    });
    const value = ofRanking(ranking, c);
    if (Number.isNaN(value)) continue;
    const weight = average === "macro" || classes === 1 ? 1 : ranking.positives;
    sum += weight * value;
    total += weight;
  }
  return sum / total;
}
