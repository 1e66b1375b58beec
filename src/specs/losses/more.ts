/** The losses that only programs with their factories carry: one entry each. */

import { OptionError } from "../../base/errors.js";
import { number } from "../../base/options.js";
import { LossKind } from "../../plan/op.js";
import { eachRow, lossScript, type RowLoss } from "./host.js";
import { moreOptions } from "./moreOptions.js";
import type { LossEntry, LossOptions } from "./options.js";
import { checkOutputWeights, outputWeights } from "./outputWeightsOption.js";
import { checkCircleMetric, circle } from "./pairs.js";
import {
  gaussianNll,
  generalized,
  multiLabelMargin,
  multiMargin,
  poissonNll,
  smoothL1,
  softMargin,
  tversky,
} from "./rows.js";

const { beta, q, margin, p, full, logInput, logVariance, eps, removeDiagonal } = moreOptions;

/** @throws OptionError unless every mean has a variance */
function checkPairs(outputs: number): void {
  if (outputs % 2 === 0) return;
  throw new OptionError(
    `compile: gaussianNll needs a mean and a variance for each target, an even number of outputs, got ${outputs}. ` +
      `Give the last layer ${outputs + 1} or ${2 * outputs} units.`,
  );
}

const weight = /* @__PURE__ */ number({ min: 0 }, 0.5);

type Options = Readonly<Required<LossOptions>>;

/** The fields of a loss whose rows are computed on the host. */
// @__NO_SIDE_EFFECTS__
function rowsOf(rowLoss: (options: Options) => RowLoss) {
  const compute = (spec: Options) => eachRow(rowLoss(spec));
  return {
    kind: LossKind.Host,
    script: (spec: Options) => lossScript(compute(spec)),
    compute,
  };
}

/** The losses that their factories add to the table. They have no kernels. */
export const moreLosses = {
  smoothL1: {
    targets: "numbers",
    options: { beta, outputWeights },
    checkOutputs: checkOutputWeights,
    ...rowsOf(smoothL1),
  },
  poissonNll: {
    targets: "nonNegative",
    options: { logInput, full, eps, outputWeights },
    checkOutputs: checkOutputWeights,
    ...rowsOf(poissonNll),
  },
  gaussianNll: {
    targets: "numbers",
    outputsPerTarget: 2,
    checkOutputs: checkPairs,
    options: { logVariance, full, eps: /* @__PURE__ */ number({ above: 0 }, 1e-6) },
    ...rowsOf(gaussianNll),
    compute: undefined, // predictions are means and variances
  },
  dice: {
    targets: "probabilities",
    outputs: "each",
    options: {},
    ...rowsOf(() => tversky({ alpha: 0.5, beta: 0.5, epsilon: 0.5e-7 })),
  },
  tversky: {
    targets: "probabilities",
    outputs: "each",
    options: { alpha: weight, beta: weight },
    ...rowsOf(({ alpha, beta }) => tversky({ alpha: alpha as number, beta, epsilon: 1e-7 })),
  },
  categoricalGeneralizedCrossEntropy: {
    targets: "labels",
    outputs: "classes",
    options: { q },
    ...rowsOf(generalized),
  },
  softMargin: { targets: "signs", outputs: "each", options: {}, ...rowsOf(softMargin) },
  multiMargin: { targets: "labels", outputs: "classes", options: { margin, p }, ...rowsOf(multiMargin) },
  multiLabelMargin: {
    targets: "probabilities",
    outputs: "each",
    options: {},
    ...rowsOf(() => multiLabelMargin),
  },
  circle: {
    kind: LossKind.Host,
    targets: "labels",
    outputs: "several",
    mostLabels: 2 ** 24,
    checkMetric: checkCircleMetric,
    options: {
      gamma: /* @__PURE__ */ number({ above: 0 }, 80),
      margin: /* @__PURE__ */ number({ min: 0, max: 1 }, 0.4),
      removeDiagonal,
    },
    script: (spec: Options) => lossScript(circle(spec)),
  },
} as const satisfies Record<string, LossEntry>;

/** The type of `moreLosses`. */
export type MoreLosses = typeof moreLosses;
