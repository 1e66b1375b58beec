/** Answers of table models, and the options of asking. */
import { flag, type Given, number, optional } from "../base/options.js";
import type { Category } from "../data/preprocess/table.js";

/** The class of a row. */
export interface ClassPrediction {
  readonly label: Category;
  /** Probability of the label. */
  readonly probability: number;
  /** Probability of each class by its name. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Values that were missing, unknown or unreadable, and what is used instead. */
  readonly warnings: readonly string[];
}

/** The number of a row. */
export interface NumberPrediction {
  readonly value: number;
  /** Nine of ten rows that were held back lay within. */
  readonly interval: readonly [low: number, high: number];
  readonly warnings: readonly string[];
}

export type TablePrediction = ClassPrediction | NumberPrediction;

export const predictOptions = {
  /** Refuse rows with values that are missing, unknown or unreadable, instead of a warning. @default false */
  strict: flag(false),
  /** For two classes: the probability of the second from which it is predicted. @default that of the model */
  threshold: optional(number({ above: 0, below: 1 })),
};

/** Options of `predict`. */
export interface PredictTableOptions extends Given<typeof predictOptions> {}

export const evaluateOptions = {
  /**
   * Counts and curves as well as scores. Rows without a target are left out and counted; without details they are an
   * error. @default false
   */
  details: flag(false),
};

/** Options of `evaluate`. */
export interface EvaluateTableOptions extends Given<typeof evaluateOptions> {}

const seedOptions = {
  /** Decides the orders in which columns are tried. @default 0 */
  seed: number({ min: 0, max: 2 ** 32 - 1, integer: true }, 0),
};

export const explainOptions = { strict: predictOptions.strict, ...seedOptions };

/** Options of `explainPrediction`. */
export interface ExplainTableOptions extends Pick<PredictTableOptions, "strict">, Given<typeof seedOptions> {}

/** The causes of a prediction. */
export interface PredictionExplanation {
  readonly prediction: TablePrediction;
  /** The probability of the label, or the number, for a row of mean values. */
  readonly typical: number;
  /** By column, largest first: what its value adds. With `typical` they add up to the probability, or the number. */
  readonly contributions: Readonly<Record<string, number>>;
}
