/** Checks data before training: everything wrong or doubtful, with a remedy. Pure; loaded when first used. */

import { SimdgradError } from "../base/errors.js";
import { type Given, optional, readOptions, unchecked } from "../base/options.js";
import { withoutClass } from "../data/classes.js";
import type { Data } from "../data/dataset.js";
import { Dataset, datasetOf } from "../data/dataset.js";
import { hasClasses } from "../specs/losses/classes.js";
import { outputReading } from "../specs/losses/facts.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";
import type { Expectation } from "../training/feed.js";
import { fitData } from "../training/fitData.js";
import { holdBackRows } from "../training/holdBack.js";
import { checkFit, type ValidationSplit } from "../training/options.js";
import { checkColumns, checkCounts, checkLastLayer, checkMerged, checkTargets } from "./columns.js";
import { bySeverity, type Finding } from "./findings.js";
import { checkRaw } from "./raw.js";
import { checkClassesOf, checkDuplicates, checkLeak, checkOrder } from "./rows.js";

/** Options of `model.check`: the validation to be made, as for `fit`. */
const checkOptions = {
  /**
   * Rows to hold back for validation: the share of the last rows, cut off before shuffling, as in Keras; or rules
   * for drawing them. @default 0
   */
  validationSplit: optional(unchecked<number | ValidationSplit>()),
  /** Data for validation. @default none */
  validationData: optional(unchecked<Data>()),
};

/** Options of `model.check`: the validation to be made, as for `fit`. */
export interface CheckOptions extends Given<typeof checkOptions> {}

/** The data to check, and the model that they are for. */
export interface CheckSubject {
  readonly data: unknown;
  readonly options: CheckOptions;
  readonly expectation: Expectation;
  readonly optimizer: OptimizerSpec;
  /** Seed of a shuffled split. */
  readonly seed: number;
}

/** The findings, the worst first. @throws OptionError for unknown options. */
export function checkData({ data, options, expectation, optimizer, seed }: CheckSubject): Finding[] {
  const checked = readOptions("check", checkOptions, options);
  const fit = checkFit(checked);
  const faults = data instanceof Dataset ? [] : checkRaw(data, expectation.inputShape);
  const fitted = faults.length > 0 ? null : tryFit("check", data, expectation);
  if (!(fitted instanceof Dataset)) return fitted ? [fitted] : faults;
  const { validationData, validationSplit } = checked;
  const [training, held] = holdBackRows(fitted, fit, seed);
  const validation = validationData === undefined ? held : tryFit("check: validationData", validationData, expectation);
  const hasLabels = hasClasses(expectation.loss);
  const isClassified = hasLabels && outputReading(expectation.loss) !== "several";
  const counted = (rows: Dataset) => withoutClass(rows, expectation.loss.ignoreClass ?? null);
  const classes = isClassified ? Math.max(expectation.outputs, 2) : null;
  const findings = [
    ...checkCounts(counted(fitted), classes),
    ...checkColumns(fitted, expectation),
    ...checkMerged(fitted),
    ...(hasLabels
      ? checkOrder(counted(fitted), typeof validationSplit === "number" && validationSplit > 0)
      : checkTargets(fitted, expectation, optimizer)),
    ...checkLastLayer(expectation),
    ...checkDuplicates(fitted),
  ];
  if (validation instanceof Dataset) {
    findings.push(...checkLeak(training, validation));
    if (isClassified) findings.push(...checkClassesOf(counted(training), counted(validation)));
  } else if (validation) {
    findings.push(validation);
  }
  return bySeverity(findings);
}

/** The data in the form that the model takes, or a finding with the error that `fit` would throw. */
function tryFit(where: string, data: unknown, expectation: Expectation): Dataset | Finding {
  try {
    return datasetOf(fitData(where, data as Data, expectation));
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    const [message, ...rest] = error.message.split(/(?<=\.) (?=[A-Z])/);
    const remedy = rest.join(" ") || "Give data in the form that the model's inputShape and loss expect.";
    return { code: "doesNotFit", severity: "error", message, remedy };
  }
}
