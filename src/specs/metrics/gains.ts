/** Discounted gains of documents put in order by score. Knows arrays only: nothing about models or queries. */
import { DataError, OptionError, show } from "../../base/errors.js";
import { log } from "../../base/math.js";
import { flag, type Given, type Kept, number, optional, readOptions, via } from "../../base/options.js";
import { checkSampleWeight, checkValues, outputCount, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { checkOutputRows } from "./labelScore.js";
import { inOrder } from "./rankedLabels.js";

/** Options of `ndcgScore`. */
const ndcgOptions = {
  /** Documents per row: those of one query. */
  outputs: outputCount(),
  /** Only the first k documents in order of score count. @default all */
  k: optional(number({ min: 1, integer: true })),
  /**
   * True to take documents of equal score as they come, the later first; else each gets the mean gain of its equals.
   * @default false
   */
  ignoreTies: flag(false),
  ...sampleWeightOption,
};

/** Options of `ndcgScore`. */
export interface NdcgOptions extends SampleWeightOption, Given<typeof ndcgOptions> {}

/** Options of `dcgScore`. */
const dcgOptions = {
  ...ndcgOptions,
  /** Base of the logarithm in the discount, above 0 and not 1: the smaller, the more the order counts. @default 2 */
  logBase: via<number, number>(checkBase, 2),
};

/** Options of `dcgScore`. */
export interface DcgOptions extends NdcgOptions, Given<typeof dcgOptions> {}

/**
 * Discounted cumulative gain: Σ relevance of the document in place i / log₂(i + 1), from place 1 on, averaged over rows
 * (scikit-learn `dcg_score`).
 * @param relevances [n, outputs] how good each document is, row after row.
 * @param scores [n, outputs], larger for what is to come first.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function dcgScore(relevances: ArrayLike<number>, scores: ArrayLike<number>, options: DcgOptions): number {
  const where = "dcgScore";
  const kept = readOptions(where, dcgOptions, options, arguments);
  const rows = checkGains(where, relevances, scores, kept.outputs);
  const discounts = discountsOf(kept);
  return meanOfRows(where, rows, kept.sampleWeight, (row) => gain(relevances, scores, row, discounts, kept));
}

/**
 * Normalized discounted cumulative gain: `dcgScore` of each row / the largest that an order could have, averaged over
 * rows (scikit-learn `ndcg_score`). From 0 to 1, the best; a row without relevant documents counts 0.
 * @param relevances [n, outputs] how good each document is, >= 0, row after row; at least 2 outputs.
 * @param scores [n, outputs], larger for what is to come first.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function ndcgScore(relevances: ArrayLike<number>, scores: ArrayLike<number>, options: NdcgOptions): number {
  const where = "ndcgScore";
  const kept = readOptions(where, ndcgOptions, options, arguments);
  if (kept.outputs === 1) {
    throw new OptionError(`${where}: outputs: expected at least 2, got 1: one document has no order. Use dcgScore.`);
  }
  const rows = checkGains(where, relevances, scores, kept.outputs);
  for (let i = 0; i < relevances.length; i++) {
    if (relevances[i] >= 0) continue;
    const place = `row ${Math.floor(i / kept.outputs)}, output ${i % kept.outputs}`;
    const got = `expected a number >= 0, got ${show(relevances[i])}`;
    throw new DataError(`${where}: relevances: ${place}: ${got}. Add what makes the least of them 0, or use dcgScore.`);
  }
  const discounts = discountsOf({ ...kept, logBase: 2 });
  return meanOfRows(where, rows, kept.sampleWeight, (row) => {
    const best = gain(relevances, relevances, row, discounts, { ...kept, ignoreTies: true });
    return best === 0 ? 0 : gain(relevances, scores, row, discounts, kept) / best;
  });
}

function checkBase(where: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value < Infinity && value !== 1) return value;
  throw new OptionError(`${where}: expected a finite number > 0 that is not 1, got ${show(value)}.`);
}

function checkGains(where: string, relevances: ArrayLike<number>, scores: ArrayLike<number>, outputs: number): number {
  const rows = checkOutputRows(where, relevances, scores, outputs, "scores", "relevances");
  checkValues(`${where}: relevances`, relevances, { columns: outputs });
  checkValues(`${where}: scores`, scores, { columns: outputs });
  return rows;
}

/** The weight of a gain in each place. */
function discountsOf({ outputs, k = outputs, logBase }: Kept<typeof dcgOptions>): Float64Array {
  return Float64Array.from({ length: outputs }, (_, i) => (i < k ? log(logBase) / log(i + 2) : 0));
}

/** The discounted gain of one row. */
function gain(
  relevances: ArrayLike<number>,
  scores: ArrayLike<number>,
  row: number,
  discounts: Float64Array,
  { outputs, ignoreTies }: { readonly outputs: number; readonly ignoreTies: boolean },
): number {
  const at = row * outputs;
  const order = inOrder(scores, at, outputs);
  let [sum, relevance, discount, size] = [0, 0, 0, 0];
  for (let i = 0; i < outputs; i++) {
    relevance += relevances[at + order[i]];
    discount += discounts[i];
    size++;
    const isTied = i + 1 < outputs && scores[at + order[i + 1]] === scores[at + order[i]];
    if (isTied && !ignoreTies) continue;
    sum += (relevance / size) * discount;
    [relevance, discount, size] = [0, 0, 0];
  }
  return sum;
}

function meanOfRows(
  where: string,
  rows: number,
  sampleWeight: ArrayLike<number> | undefined,
  ofRow: (row: number) => number,
): number {
  const weights = checkSampleWeight(where, sampleWeight, rows);
  let [sum, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * ofRow(row);
    all += weight;
  }
  return sum / all;
}
