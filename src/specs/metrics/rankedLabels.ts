/**
 * Scores of labels put in order, where a row has several of them: how far down the true ones are. Knows labels and
 * scores: nothing about models.
 */
import { type Given, readOptions } from "../../base/options.js";
import { checkSampleWeight, checkValues, outputCount, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { checkBits, checkOutputRows } from "./labelScore.js";

/** Options of the scores of ranked labels. */
const rankedLabelsOptions = {
  /** Labels per row. */
  outputs: outputCount(),
  ...sampleWeightOption,
};

/** Options of the scores of ranked labels. */
export interface RankedLabelsOptions extends SampleWeightOption, Given<typeof rankedLabelsOptions> {}

/** A group of labels of one row that have the same score. */
interface Tie {
  /** True labels in the group. */
  readonly hits: number;
  /** True labels in it and above it. */
  readonly hitsSoFar: number;
  /** Labels in it and above it. */
  readonly reached: number;
}

/**
 * Mean depth in the ranking of a row's labels at which all true ones are found (scikit-learn `coverage_error`). The
 * best is the mean number of true labels; a row without any counts 0.
 * @param labels [n, outputs] of 0 and 1, row after row. @param scores [n, outputs], larger for what is rather true.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function coverageErrorScore(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankedLabelsOptions,
): number {
  return meanOfRows("coverageErrorScore", [labels, scores, options], arguments, (ties) => {
    const last = ties.findLast(({ hits }) => hits > 0);
    return last ? last.reached : 0;
  });
}

/**
 * For each true label, the share of true ones among the labels that score as much or more, on average (scikit-learn
 * `label_ranking_average_precision_score`). From 0 to 1, the best; a row without true labels, or without others, counts
 * 1.
 * @param labels [n, outputs] of 0 and 1, row after row. @param scores [n, outputs], larger for what is rather true.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function labelRankingAveragePrecisionScore(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankedLabelsOptions,
): number {
  return meanOfRows("labelRankingAveragePrecisionScore", [labels, scores, options], arguments, (ties, positives) => {
    if (positives === 0) return 1;
    return ties.reduce((sum, { hits, hitsSoFar, reached }) => sum + (hits * hitsSoFar) / reached, 0) / positives;
  });
}

/**
 * Share of pairs of a true and a false label of a row that are in the wrong order or tied, on average (scikit-learn
 * `label_ranking_loss`). From 0, the best, to 1; a row without true labels, or without others, counts 0.
 * @param labels [n, outputs] of 0 and 1, row after row. @param scores [n, outputs], larger for what is rather true.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function labelRankingLossScore(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RankedLabelsOptions,
): number {
  return meanOfRows("labelRankingLossScore", [labels, scores, options], arguments, (ties, positives, negatives) => {
    if (positives === 0 || negatives === 0) return 0;
    const wrong = ties.reduce((sum, { hits, hitsSoFar, reached }) => sum + hits * (reached - hitsSoFar), 0);
    return wrong / (positives * negatives);
  });
}

/** The weighted mean over rows of a number from their labels in order, the largest score first. */
function meanOfRows(
  where: string,
  [labels, scores, options]: [ArrayLike<number>, ArrayLike<number>, RankedLabelsOptions],
  args: ArrayLike<unknown>,
  ofRow: (ties: readonly Tie[], positives: number, negatives: number) => number,
): number {
  const { outputs, sampleWeight } = readOptions(where, rankedLabelsOptions, options, args);
  const rows = checkOutputRows(where, labels, scores, outputs, "scores");
  checkBits(`${where}: labels`, labels, outputs);
  checkValues(`${where}: scores`, scores, { columns: outputs });
  const weights = checkSampleWeight(where, sampleWeight, rows);
  let [sum, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    const ties = tiesOf(labels, scores, row * outputs, outputs);
    const positives = ties[ties.length - 1].hitsSoFar;
    sum += weight * ofRow(ties, positives, outputs - positives);
    all += weight;
  }
  return sum / all;
}

/** The labels from `at` on, in groups of equal score, the largest first. */
function tiesOf(labels: ArrayLike<number>, scores: ArrayLike<number>, at: number, outputs: number): Tie[] {
  const order = inOrder(scores, at, outputs);
  const ties: Tie[] = [];
  let [hits, hitsSoFar] = [0, 0];
  for (let i = 0; i < outputs; i++) {
    hits += labels[at + order[i]];
    hitsSoFar += labels[at + order[i]];
    if (i + 1 < outputs && scores[at + order[i + 1]] === scores[at + order[i]]) continue;
    ties.push({ hits, hitsSoFar, reached: i + 1 });
    hits = 0;
  }
  return ties;
}

/** Places of the scores from `at` on, the largest score first; of equal ones the later place. */
export function inOrder(scores: ArrayLike<number>, at: number, count: number): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, i) => count - 1 - i);
  return places.sort((a, b) => scores[at + b] - scores[at + a]);
}
