/** The evidence in a yes, or a no, of a classifier. Knows labels of two classes only. */
import { checkKeys, OptionError, show } from "../../base/errors.js";
import { type Given, number, readOptions, via } from "../../base/options.js";
import { checkPairs } from "./accuracy.js";
import { checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";

/** The result of `classLikelihoodRatios`. */
export interface ClassLikelihoodRatios {
  /** LR+, from 1 on the more the better: how much more likely a yes is for a positive row than for a negative one. */
  positiveLikelihoodRatio: number;
  /**
   * LR−, from 1 down to 0 the less the better: how much more likely a no is for a positive row than for a negative one.
   */
  negativeLikelihoodRatio: number;
}

/** Options of `classLikelihoodRatios`. */
const classLikelihoodRatiosOptions = {
  /** The label that counts as positive, 0 or 1. @default 1 */
  positiveLabel: number({ min: 0, max: 1, integer: true }, 1),
  /**
   * The value of a ratio that would divide by 0, which LR+ does without a false yes, and LR− without a true no: NaN; 1,
   * which says nothing; or one for each, that of LR+ NaN or from 1 to Infinity, that of LR− NaN or from 0 to 1.
   * @default NaN
   */
  replaceUndefinedBy: via<number | Partial<ClassLikelihoodRatios>, ClassLikelihoodRatios>(checkReplacements, NaN),
  ...sampleWeightOption,
};

/** Options of `classLikelihoodRatios`. */
export interface ClassLikelihoodRatiosOptions extends SampleWeightOption, Given<typeof classLikelihoodRatiosOptions> {}

/**
 * Likelihood ratios of two classes (scikit-learn `class_likelihood_ratios`, `replace_undefined_by` as from 1.7 on):
 * LR+ = sensitivity / (1 − specificity) and LR− = (1 − sensitivity) / specificity. Both are NaN without positive rows.
 * @param labels [n] true classes, 0 or 1. @param predictions [n] predicted classes, 0 or 1.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 * @throws OptionError for bad options.
 */
export function classLikelihoodRatios(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: ClassLikelihoodRatiosOptions = {},
): ClassLikelihoodRatios {
  const where = "classLikelihoodRatios";
  const kept = readOptions(where, classLikelihoodRatiosOptions, options, arguments);
  const { positiveLabel: yes, replaceUndefinedBy, sampleWeight } = kept;
  checkPairs(where, labels, predictions, 2);
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  // Weights of rows by [true, predicted], 1 being a yes.
  const counts = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < labels.length; i++) {
    counts[Number(labels[i] === yes)][Number(predictions[i] === yes)] += weights?.[i] ?? 1;
  }
  const [[rejected, falseAlarms], [missed, found]] = counts;
  const [positives, negatives] = [found + missed, rejected + falseAlarms];
  if (positives === 0) return { positiveLikelihoodRatio: NaN, negativeLikelihoodRatio: NaN };
  const ratios = { ...replaceUndefinedBy };
  if (falseAlarms > 0) ratios.positiveLikelihoodRatio = (found * negatives) / (falseAlarms * positives);
  if (rejected > 0) ratios.negativeLikelihoodRatio = (missed * negatives) / (rejected * positives);
  return ratios;
}

/** The two ratios to give where they are not defined. */
function checkReplacements(where: string, value: unknown): ClassLikelihoodRatios {
  const both = (ratio: number) => ({ positiveLikelihoodRatio: ratio, negativeLikelihoodRatio: ratio });
  if (Number.isNaN(value)) return both(NaN);
  if (value === 1) return both(1);
  if (typeof value !== "object" || value === null) {
    const kinds = "NaN, 1, or { positiveLikelihoodRatio, negativeLikelihoodRatio }";
    throw new OptionError(`${where}: expected ${kinds}, got ${show(value)}.`);
  }
  checkKeys(where, value, ["positiveLikelihoodRatio", "negativeLikelihoodRatio"]);
  const instead = { ...both(NaN), ...value };
  checkReplacement(`${where}: positiveLikelihoodRatio`, instead.positiveLikelihoodRatio, 1, Infinity);
  checkReplacement(`${where}: negativeLikelihoodRatio`, instead.negativeLikelihoodRatio, 0, 1);
  return instead;
}

function checkReplacement(where: string, value: unknown, min: number, max: number): void {
  if (typeof value === "number" && (Number.isNaN(value) || (value >= min && value <= max))) return;
  throw new OptionError(`${where}: expected NaN or a number from ${min} to ${max}, got ${show(value)}.`);
}
