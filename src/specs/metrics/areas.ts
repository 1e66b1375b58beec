/**
 * Areas under ROC and precision-recall curves: of two classes, of more of them, and of several outputs that are each
 * yes or no. Knows labels and scores: nothing about models.
 */
import { DataError, OptionError } from "../../base/errors.js";
import { type Given, type Kept, number, type OptionTable, oneOf, optional, readOptions } from "../../base/options.js";
import { definedAverage } from "./averages.js";
import {
  checkLabelsAndScores,
  checkSampleWeight,
  checkValues,
  type SampleWeightOption,
  sampleWeightOption,
} from "./inputs.js";
import { checkBits, checkOutputRows, type OutputsOption, outputsOption } from "./labelScore.js";
import { averagePrecision, type Ranking, rank, rocArea } from "./ranking.js";
import { type Score, scoreNamed } from "./score.js";

/** Options of `averagePrecisionScore`. */
const areaOptions = {
  /**
   * Way to make one area of those of classes or outputs: `macro`, their mean; `weighted`, their mean weighted by rows;
   * `micro`, one area of all of them together; `none`, one per class. Of two classes there is one. @default "macro"
   */
  average: oneOf(["macro", "weighted", "micro", "none"], "macro"),
  ...outputsOption,
  ...sampleWeightOption,
};

/** Options of `averagePrecisionScore`. */
export interface AreaOptions extends SampleWeightOption, OutputsOption, Given<typeof areaOptions> {}

/** Options of `rocAucScore`. */
const rocAucOptions = {
  ...areaOptions,
  /**
   * For more than two classes: each against the rest, or the mean of all pairs of classes, each of the two once the
   * positive one. Pairs are averaged by `macro`, or `weighted` by their rows, and take no `sampleWeight`. @default
   * "ovr"
   */
  multiClass: oneOf(["ovr", "ovo"], "ovr"),
  /**
   * Above 0: the area up to this false positive rate, scaled so that guessing scores ½ and perfection 1 (McClish 1989).
   * For two classes, or outputs. @default 1, the whole area
   */
  maxFpr: optional(number({ above: 0, max: 1 })),
};

/** Options of `rocAucScore`. */
export interface RocAucOptions extends AreaOptions, Given<typeof rocAucOptions> {}

/** Labels and scores as rankings, one per class or output. */
interface Rankings {
  readonly rows: number;
  /** Names of the classes or outputs. */
  readonly classes: readonly number[];
  isPositive(row: number, place: number): boolean;
  score(row: number, place: number): number;
  readonly weights: ArrayLike<number> | null;
}

type AreaOf = (ranking: Ranking) => number;

/**
 * Area under the ROC curve (scikit-learn `roc_auc_score`): the chance that a random positive row scores higher than a
 * random negative one, ties counted half.
 * @param labels [n] 0 or 1, or integers from 0; with `outputs` [n, outputs] of 0 and 1.
 * @param scores [n] of class 1, or [n, classes]; with `outputs` [n, outputs].
 * @returns One number; with `average: "none"` one per class or output.
 * @throws ShapeError, DataError naming the row; DataError where a class has no rows or all of them; OptionError.
 */
export const rocAucScore: Score<RocAucOptions> = /* @__PURE__ */ areaScore(
  "rocAucScore",
  rocAucOptions,
  ({ maxFpr = 1 }) => (maxFpr === 1 ? rocArea : (ranking) => partialArea(ranking, maxFpr)),
  checkRocAuc,
);

/**
 * Area under the precision-recall curve as steps: Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ (scikit-learn
 * `average_precision_score`). Without positive rows it is 0, as there. Parameters and result as `rocAucScore`.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const averagePrecisionScore: Score<AreaOptions> = /* @__PURE__ */ areaScore(
  "averagePrecisionScore",
  areaOptions,
  () => (ranking) => (ranking.positives === 0 ? 0 : averagePrecision(ranking)),
);

// @__NO_SIDE_EFFECTS__
function areaScore<T extends OptionTable>(
  where: string,
  table: T,
  areaOf: (options: Kept<T>) => AreaOf,
  ofPairs?: (where: string, options: Kept<T>, columns: number) => boolean,
): Score<Given<T>> {
  return scoreNamed<Given<T>>(where, (labels, scores, given) => {
    const kept = readOptions(where, table, given as object);
    const { average, outputs, sampleWeight } = kept as Kept<typeof areaOptions>;
    const rankings =
      outputs === undefined
        ? rankingsOfClasses(where, labels, scores, sampleWeight)
        : rankingsOfOutputs(where, labels, scores, outputs, sampleWeight);
    const { classes } = rankings;
    const isMulticlass = outputs === undefined && classes.length > 1;
    if (ofPairs?.(where, kept, isMulticlass ? classes.length : 0)) {
      return areaOfPairs(where, labels, rankings, average === "weighted");
    }
    const missing = outputs === undefined ? missingClass : missingLabel;
    const area = checkedArea(where, areaOf(kept), missing);
    if (average === "micro" && classes.length > 1) return area(rankTogether(rankings), null);
    const each = classes.map((_, place) => rankOne(rankings, place));
    const areas = each.map((ranking, place) => area(ranking, classes[place]));
    if (average === "none") return areas;
    return definedAverage(
      areas,
      each.map(({ positives }) => (average === "weighted" && classes.length > 1 ? positives : 1)),
    );
  });
}

/** Refuses options that do not go together. True if pairs of classes are to be compared. @throws OptionError */
function checkRocAuc(
  where: string,
  { average, multiClass, maxFpr, sampleWeight, outputs }: Kept<typeof rocAucOptions>,
  classes: number,
): boolean {
  if (classes > 0 && maxFpr !== undefined && maxFpr < 1) {
    throw new OptionError(`${where}: maxFpr: expected none for ${classes} classes. Score one class at a time.`);
  }
  if (multiClass === "ovr") return false;
  if (outputs !== undefined) {
    throw new OptionError(`${where}: multiClass: "ovo" compares classes, got outputs. Leave one of the two out.`);
  }
  if (classes === 0) return false;
  if (average === "micro" || average === "none") {
    throw new OptionError(
      `${where}: average: expected "macro" or "weighted" with multiClass: "ovo", got "${average}".`,
    );
  }
  if (sampleWeight !== undefined) {
    throw new OptionError(`${where}: sampleWeight: expected none with multiClass: "ovo". Use "ovr".`);
  }
  return true;
}

function rankingsOfClasses(
  where: string,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  sampleWeight: ArrayLike<number> | undefined,
): Rankings {
  const { rows, columns } = checkLabelsAndScores(where, labels, scores);
  // Of two classes, the second is the positive one.
  const classes = columns <= 2 ? [1] : Array.from({ length: columns }, (_, c) => c);
  const first = columns === 2 ? 1 : 0;
  return {
    rows,
    classes,
    isPositive: (row, place) => labels[row] === classes[place],
    score: (row, place) => scores[row * columns + first + place],
    weights: checkSampleWeight(where, sampleWeight, rows),
  };
}

function rankingsOfOutputs(
  where: string,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  outputs: number,
  sampleWeight: ArrayLike<number> | undefined,
): Rankings {
  const rows = checkOutputRows(where, labels, scores, outputs, "scores");
  checkBits(`${where}: labels`, labels, outputs);
  checkValues(`${where}: scores`, scores, { columns: outputs });
  return {
    rows,
    classes: Array.from({ length: outputs }, (_, output) => output),
    isPositive: (row, output) => labels[row * outputs + output] === 1,
    score: (row, output) => scores[row * outputs + output],
    weights: checkSampleWeight(where, sampleWeight, rows),
  };
}

function rankOne({ rows, isPositive, score, weights }: Rankings, place: number): Ranking {
  return rank({ rows, isPositive: (row) => isPositive(row, place), score: (row) => score(row, place), weights });
}

/** All classes in one ranking, in which a row is as many rows as there are classes. */
function rankTogether({ rows, classes, isPositive, score, weights }: Rankings): Ranking {
  const count = classes.length;
  const rowOf = (i: number) => Math.floor(i / count);
  return rank({
    rows: rows * count,
    isPositive: (i) => isPositive(rowOf(i), i % count),
    score: (i) => score(rowOf(i), i % count),
    weights: weights && Float64Array.from({ length: rows * count }, (_, i) => weights[rowOf(i)]),
  });
}

/** The mean area of all pairs of classes, or that weighted by their rows (Hand and Till 2001). */
function areaOfPairs(
  where: string,
  labels: ArrayLike<number>,
  { rows, classes, score }: Rankings,
  isWeighted: boolean,
): number {
  const rowsOf = classes.map((): number[] => []);
  for (let row = 0; row < rows; row++) rowsOf[labels[row]].push(row);
  const empty = rowsOf.findIndex(({ length }) => length === 0);
  if (empty >= 0) throw missingClass(where, { positives: 0 }, empty);
  const areas: number[] = [];
  const weights: number[] = [];
  for (let a = 0; a < classes.length; a++) {
    for (let b = a + 1; b < classes.length; b++) {
      const both = [...rowsOf[a], ...rowsOf[b]];
      const of = (c: number) => {
        const isPositive = (i: number) => labels[both[i]] === c;
        return rocArea(rank({ rows: both.length, isPositive, score: (i) => score(both[i], c), weights: null }));
      };
      areas.push((of(a) + of(b)) / 2);
      weights.push(isWeighted ? both.length : 1);
    }
  }
  return definedAverage(areas, weights);
}

/** The area of a ranking. @throws DataError where there is none */
function checkedArea(
  where: string,
  areaOf: AreaOf,
  missing: (where: string, ranking: Ranking, c: number | null) => DataError,
): (ranking: Ranking, c: number | null) => number {
  return (ranking, c) => {
    const value = areaOf(ranking);
    if (Number.isNaN(value)) throw missing(where, ranking, c);
    return value;
  };
}

/** An error that says of which class there are no rows, or no others. */
export function missingClass(where: string, { positives }: Pick<Ranking, "positives">, c: number | null): DataError {
  const got = positives === 0 ? `no row of class ${c}` : `no row that is not of class ${c}`;
  return new DataError(`${where}: expected rows of class ${c} and others, got ${got}. Give rows of every class.`);
}

/** An error that says which output has labels of one kind alone; `null` stands for all of them. */
function missingLabel(where: string, { positives }: Ranking, output: number | null): DataError {
  const place = output === null ? "labels" : `labels of output ${output}`;
  const got = positives === 0 ? "no 1" : "no 0";
  return new DataError(`${where}: ${place}: expected both 0 and 1, got ${got}. Leave it out, or give rows of both.`);
}

/** The area under the ROC curve up to a false positive rate, scaled: ½ for guessing, 1 for perfection. */
function partialArea({ falsePositives, truePositives, negatives, positives }: Ranking, maxFpr: number): number {
  if (negatives === 0 || positives === 0) return NaN;
  let area = 0;
  let [x, y] = [0, 0];
  for (let i = 0; x < maxFpr; i++) {
    const [nextX, nextY] = [falsePositives[i] / negatives, truePositives[i] / positives];
    const isLast = nextX > maxFpr;
    const endY = isLast ? y + ((nextY - y) * (maxFpr - x)) / (nextX - x) : nextY;
    const endX = isLast ? maxFpr : nextX;
    area += ((endX - x) * (y + endY)) / 2;
    [x, y] = [endX, endY];
  }
  const least = (maxFpr * maxFpr) / 2;
  return (1 + (area - least) / (maxFpr - least)) / 2;
}
