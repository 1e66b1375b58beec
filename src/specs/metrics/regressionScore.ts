/**
 * The door of every score of predicted numbers: its checks, and how the scores of several outputs become one. Knows no
 * formulas.
 */
import { counted } from "../../base/counted.js";
import { checkName, DataError, OptionError, show } from "../../base/errors.js";
import {
  type Given,
  type Kept,
  type OptionTable,
  oneOf,
  optional,
  readOptions,
  unchecked,
  via,
} from "../../base/options.js";
import { meanOf, type RegressionRows } from "./columns.js";
import { checkSampleWeight, checkTargets, outputCount, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { type Score, scoreNamed } from "./score.js";

/** Options of scores of several outputs. */
export const multioutputOptions = {
  /** Numbers per row. @default 1 */
  outputs: via<number, number>(outputCount().check, 1),
  /**
   * `"uniformAverage"`, the mean of all outputs; `"rawValues"`, one number per output; or a list of weights, one per
   * output, >= 0, for a weighted mean. @default "uniformAverage"
   */
  multioutput: optional(unchecked<"uniformAverage" | "rawValues" | ArrayLike<number>>()),
  /**
   * `"uniform"` is `multioutput: "uniformAverage"`, and `"none"` is `multioutput: "rawValues"`. Give one of the two.
   */
  average: optional(oneOf(["uniform", "none"])),
};

/** Options of scores of several outputs. */
export interface MultioutputOptions extends Given<typeof multioutputOptions> {}

/** Options of the errors of regression. */
export const regressionOptions = { ...multioutputOptions, ...sampleWeightOption };

/** Options of the errors of regression. */
export interface RegressionOptions extends MultioutputOptions, SampleWeightOption {}

/** Names of averages of outputs. */
type Multioutput = "uniformAverage" | "rawValues" | "varianceWeighted";

/** Makes a score of regression from its options and rows. */
interface Recipe<Kept> {
  /** Least number of rows, and why. */
  readonly needs?: readonly [rows: number, reason: string];
  /** Refuses targets or predictions that it cannot take. */
  check?(where: string, input: RegressionRows, options: Kept): void;
  perOutput(input: RegressionRows, options: Kept): number[];
  /** Variance of each output's targets, where `"varianceWeighted"` is an option. */
  variances?(input: RegressionRows): number[];
}

/** The public function of that name, with the options of that table. */
// @__NO_SIDE_EFFECTS__
export function regressionScore<T extends OptionTable>(
  where: string,
  table: T,
  recipe: Recipe<Kept<T>>,
): Score<Given<T>> {
  return scoreNamed<Given<T>>(where, (targets, predictions, options) => {
    const kept = readOptions(where, table, options as object);
    const { outputs, average, multioutput, sampleWeight } = kept as Kept<typeof regressionOptions>;
    const how = checkMultioutput(where, { average, multioutput }, outputs, recipe.variances !== undefined);
    const rows = checkTargets(where, targets, predictions, outputs);
    const [least, reason] = recipe.needs ?? [1, ""];
    if (rows < least)
      throw new DataError(`${where}: expected at least ${counted(least, "row")}, got ${rows}: ${reason}.`);
    const weights = checkSampleWeight(where, sampleWeight, rows);
    const input = { targets, predictions, rows, outputs, weights };
    recipe.check?.(where, input, kept);
    const scores = recipe.perOutput(input, kept);
    if (how === "rawValues") return scores;
    if (how === "uniformAverage") return meanOf(scores);
    return weightedMean(scores, how === "varianceWeighted" ? (recipe.variances?.(input) ?? []) : how);
  });
}

function checkMultioutput(
  where: string,
  { average, multioutput }: { average?: "uniform" | "none" | undefined; multioutput?: unknown },
  outputs: number,
  hasVariances: boolean,
): Multioutput | ArrayLike<number> {
  if (average !== undefined) {
    if (multioutput !== undefined) {
      throw new OptionError(`${where}: average and multioutput: expected one of the two, got both. Leave average out.`);
    }
    return average === "none" ? "rawValues" : "uniformAverage";
  }
  if (multioutput === undefined) return "uniformAverage";
  const names: Multioutput[] = ["rawValues", "uniformAverage"];
  if (hasVariances) names.push("varianceWeighted");
  if (typeof multioutput === "string") return checkName<Multioutput>(`${where}: multioutput`, multioutput, names);
  return checkOutputWeights(`${where}: multioutput`, multioutput, outputs);
}

function checkOutputWeights(where: string, weights: unknown, outputs: number): ArrayLike<number> {
  if (!isList(weights)) {
    throw new OptionError(`${where}: expected a name or a list of weights, one per output, got ${show(weights)}.`);
  }
  if (outputs === 1) {
    throw new OptionError(`${where}: weights need several outputs, got one per row. Leave it out, or give outputs.`);
  }
  if (weights.length !== outputs) {
    throw new OptionError(`${where}: expected ${counted(outputs, "weight")}, one per output, got ${weights.length}.`);
  }
  let sum = 0;
  for (let j = 0; j < outputs; j++) {
    const weight: unknown = weights[j];
    if (!(typeof weight === "number" && weight >= 0 && weight < Infinity)) {
      throw new OptionError(`${where}: output ${j}: expected a number >= 0, got ${show(weight)}.`);
    }
    sum += weight;
  }
  if (sum === 0) throw new OptionError(`${where}: expected at least one weight above 0, got zeros. Leave it out.`);
  return weights as ArrayLike<number>;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "object" && Number.isSafeInteger((value as { length?: unknown } | null)?.length);
}

/** Σ weight · score / Σ weight; the plain mean where all weights are 0. */
function weightedMean(scores: readonly number[], weights: ArrayLike<number>): number {
  let sum = 0;
  let all = 0;
  for (let j = 0; j < scores.length; j++) {
    sum += weights[j] * scores[j];
    all += weights[j];
  }
  return all === 0 ? meanOf(scores) : sum / all;
}

/** A range of targets or of predictions. */
interface Range {
  readonly min?: number;
  readonly above?: number;
}

/** Refuses a target or a prediction outside its range. @throws DataError naming the row, with the hint. */
export function checkRanges(
  where: string,
  { targets, predictions, outputs }: RegressionRows,
  ranges: { readonly targets?: Range; readonly predictions?: Range },
  hint: string,
): void {
  for (const [what, values] of [["targets", targets] as const, ["predictions", predictions] as const]) {
    const { min = -Infinity, above = -Infinity } = ranges[what] ?? {};
    for (let i = 0; i < values.length; i++) {
      if (values[i] >= min && values[i] > above) continue;
      const place = outputs === 1 ? `row ${i}` : `row ${Math.floor(i / outputs)}, column ${i % outputs}`;
      const range = above > -Infinity ? `> ${above}` : `>= ${min}`;
      throw new DataError(`${where}: ${what}: ${place}: expected a number ${range}, got ${show(values[i])}. ${hint}`);
    }
  }
}
