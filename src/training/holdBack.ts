/** The rows that `fit` holds back for validation. Loaded with the first fit that does. */

import { located } from "../base/errors.js";
import { classesOf, isSorted } from "../data/classes.js";
import type { Dataset } from "../data/dataset.js";
import { trainTestSplit } from "../data/split.js";
import { hasClasses } from "../specs/losses/classes.js";
import type { Expectation } from "./feed.js";
import type { CheckedFit } from "./options.js";

/** Splits off the rows held back for validation. @throws OptionError, DataError */
export function holdBackRows(
  all: Dataset,
  { validationSplit, onWarning }: Pick<CheckedFit, "validationSplit" | "onWarning">,
  { loss }: Expectation,
  seed: number,
): [dataset: Dataset, held: Dataset | null] {
  if (validationSplit === 0) return [all, null];
  if (typeof validationSplit !== "number") {
    const { fraction, ...rest } = validationSplit;
    const testSize = all.length - Math.floor(all.length * (1 - fraction));
    const { train, test } = located("fit: validationSplit", () => trainTestSplit(all, { testSize, seed, ...rest }));
    return [train, test];
  }
  if (hasClasses(loss) && isSorted(classesOf(all))) {
    onWarning(
      "fit: validationSplit takes the last rows, and these labels are sorted: whole classes are only seen in " +
        "validation. Shuffle the data first, or give validationSplit: { fraction, stratify: true }.",
    );
  }
  return located("fit: validationSplit", () => all.split({ fraction: validationSplit }));
}
