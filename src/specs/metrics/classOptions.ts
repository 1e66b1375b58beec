/** Options of metrics that few programs need: those that import a factory which has them. */
import { type Given, listOf, number, oneOf, optional, via } from "../../base/options.js";

type OneOrMore = number | readonly number[];

const probability = /* @__PURE__ */ number({ above: 0, below: 1 });
const probabilities = /* @__PURE__ */ listOf("at least one threshold", probability, 1);

/** Options of metrics of classes. */
export const classOptions = {
  /**
   * An output above this probability is yes. A list stands for one metric per threshold, with keys such as
   * `precision_0.3`. Of several classes, each above it is predicted. @default 0.5, or the most probable class
   */
  threshold: optional(
    via<OneOrMore, OneOrMore>((where, value) =>
      (Array.isArray(value) ? probabilities : probability).check(where, value),
    ),
  ),
  /**
   * Way to make one score of those of classes; "none" stands for one metric per class, with keys such as `precision_0`.
   * @default "binary" for one output, else "macro"
   */
  average: optional(oneOf(["binary", "micro", "macro", "weighted", "none"])),
  /** The class that is scored alone, from 0. Of one output, 0 is no and 1 is yes. @default none */
  classId: optional(number({ min: 0, integer: true })),
  /**
   * The most probable k outputs of a row are yes, if they are above `threshold`, should that be given. @default none
   */
  topK: optional(number({ min: 1, integer: true })),
};

/** Options of metrics of classes. */
export interface ClassOptions extends Given<typeof classOptions> {}

const share = { min: 0, max: 1 };

/** Options of metrics at a level of another one. */
export const levelOptions = {
  /** The least precision, 0 to 1. */
  precision: number(share),
  /** The least recall, 0 to 1. */
  recall: number(share),
  /** The least sensitivity, which is recall, 0 to 1. */
  sensitivity: number(share),
  /** The least specificity, the recall of the negatives, 0 to 1. */
  specificity: number(share),
  /**
   * Tries that many thresholds at equal distances from 0 to 1, as Keras, whose default is 200; 1 tries ½ alone.
   * @default every threshold that makes a difference, which is exact
   */
  numThresholds: optional(number({ min: 1, max: 1e6, integer: true })),
};

/** Options of metrics at a level of another one. */
export interface LevelOptions extends Given<typeof levelOptions> {}
