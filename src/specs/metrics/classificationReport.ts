/**
 * Precision, recall and F1 of every class, and their averages.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */
import { checkArguments, OptionError, show } from "../../base/errors.js";
import { type Given, number, optional, readOptions, unchecked } from "../../base/options.js";
import { MAX_CLASSES } from "./accuracy.js";
import { definedAverage } from "./averages.js";
import { classNames, countPairs, showCount } from "./confusionMatrix.js";
import { type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { type ZeroDivisionOption, zeroDivisionOption } from "./labelScore.js";

/** Scores of one class, or averaged over classes; each from 0 to 1. */
export interface ClassScores {
  /** Right predictions of the class / all predictions of the class; `zeroDivision` when it was never predicted. */
  precision: number;
  /** Right predictions of the class / rows of the class; `zeroDivision` when it has no rows. */
  recall: number;
  /** 2 TP / (rows + predictions of the class); `zeroDivision` when it has neither. */
  f1: number;
  /** Rows of the class, or the sum of their weights. */
  support: number;
}

/** The result of `classificationReport`, as plain data. */
export interface ClassificationReport {
  /** One entry per class, in order; `label` is its name. */
  perClass: ({ label: string } & ClassScores)[];
  /** Every class counts the same. */
  macroAverage: ClassScores;
  /** Every class counts by its support. */
  weightedAverage: ClassScores;
  /** Share of right predictions. */
  accuracy: number;
}

/** Options of `classificationReport`. */
const classificationReportOptions = {
  /** Number of classes. @default that of `labels`, or one more than the largest label or prediction */
  classes: optional(number({ min: 1, max: MAX_CLASSES, integer: true })),
  /** One name per class. @default "0", "1", … */
  labels: optional(unchecked<readonly string[]>()),
  ...zeroDivisionOption,
  ...sampleWeightOption,
};

/** Options of `classificationReport`. */
export interface ClassificationReportOptions
  extends SampleWeightOption,
    ZeroDivisionOption,
    Given<typeof classificationReportOptions> {}

/**
 * Scores of predicted labels, as scikit-learn's `classification_report` with `labels=range(classes)`: a class that
 * never occurs scores `zeroDivision` and counts in the macro average, unless that is NaN. With `sampleWeight`, rows
 * count by their weights everywhere.
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 * @throws OptionError for bad options.
 */
export function classificationReport(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: ClassificationReportOptions = {},
): ClassificationReport {
  const where = "classificationReport";
  const kept = readOptions(where, classificationReportOptions, options, arguments);
  const { zeroDivision, sampleWeight } = kept;
  const ratio = (part: number, whole: number) => (whole === 0 ? zeroDivision : part / whole);
  const wanted = kept.classes ?? kept.labels?.length;
  const { classes, counts } = countPairs(where, labels, predictions, { classes: wanted, sampleWeight });
  const names = classNames(where, classes, kept.labels);
  let right = 0;
  const perClass = names.map((label, c) => {
    const hits = counts[c * classes + c];
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < classes; other++) {
      support += counts[c * classes + other];
      predicted += counts[other * classes + c];
    }
    right += hits;
    const f1 = ratio(2 * hits, support + predicted);
    return { label, precision: ratio(hits, predicted), recall: ratio(hits, support), f1, support };
  });
  const macroAverage = average(perClass, () => 1);
  return {
    perClass,
    macroAverage,
    weightedAverage: average(perClass, ({ support }) => support),
    accuracy: right / macroAverage.support,
  };
}

/** Weighted means of each score; the support is summed. */
function average(scores: readonly ClassScores[], weight: (score: ClassScores) => number): ClassScores {
  const weights = scores.map(weight);
  const mean = (key: keyof ClassScores) =>
    definedAverage(
      scores.map((score) => score[key]),
      weights,
    );
  const support = scores.reduce((sum, score) => sum + score.support, 0);
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1"), support };
}

/** The report as aligned text, laid out as scikit-learn prints it, with scores to two digits. */
export function formatClassificationReport(report: ClassificationReport): string {
  checkArguments("formatClassificationReport", arguments, 1);
  if (!Array.isArray(report?.perClass)) {
    const got = show(report);
    throw new OptionError(`formatClassificationReport: expected what classificationReport() returns, got ${got}.`);
  }
  const { perClass, macroAverage, weightedAverage, accuracy } = report;
  const width = perClass.reduce((widest, { label }) => Math.max(widest, label.length), "weighted avg".length);
  const line = (name: string, cells: readonly string[]) =>
    `${name.padStart(width)} ${cells.map((cell) => cell.padStart(10)).join("")}`;
  const scores = (name: string, { precision, recall, f1, support }: ClassScores) =>
    line(name, [precision.toFixed(2), recall.toFixed(2), f1.toFixed(2), showCount(support)]);
  return [
    line("", ["precision", "recall", "f1-score", "support"]),
    "",
    ...perClass.map((entry) => scores(entry.label, entry)),
    "",
    line("accuracy", ["", "", accuracy.toFixed(2), showCount(macroAverage.support)]),
    scores("macro avg", macroAverage),
    scores("weighted avg", weightedAverage),
  ].join("\n");
}
