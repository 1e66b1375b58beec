/** The rows that `fit` holds back for validation. Loaded with the first fit that does. */

import { located } from "../base/errors.js";
import { classesOf, isSorted } from "../data/classes.js";
import { type Dataset, datasetOf } from "../data/dataset.js";
import type { DataRows } from "../data/rows.js";
import { splitOnce } from "../data/split.js";
import { hasClasses } from "../specs/losses/classes.js";
import type { Expectation } from "./feed.js";
import type { CheckedFit } from "./options.js";

/**
 * Splits off the rows held back for validation, and warns if the last rows are taken of labels that are sorted.
 * @throws as `holdBackRows`
 */
export async function holdBack(
  all: DataRows,
  options: Pick<CheckedFit, "validationSplit" | "onWarning">,
  { loss }: Expectation,
  seed: number,
): Promise<[dataset: Dataset, held: Dataset | null]> {
  const { validationSplit, onWarning } = options;
  if (typeof validationSplit === "number" && hasClasses(loss) && isSorted(classesOf(datasetOf(all)))) {
    await onWarning(
      "fit: validationSplit takes the last rows, and these labels are sorted: whole classes are only seen in " +
        "validation. Shuffle the data first, or give validationSplit: { fraction, stratify: true }.",
    );
  }
  return holdBackRows(all, options, seed);
}

const PLACES = { testSize: "fit: validationSplit: fraction", stratify: "fit: validationSplit: stratify" };

/** Splits off the rows held back for validation. @throws OptionError, DataError */
export function holdBackRows(
  all: DataRows,
  { validationSplit }: Pick<CheckedFit, "validationSplit">,
  seed: number,
): [dataset: Dataset, held: Dataset | null] {
  const dataset = datasetOf(all);
  if (validationSplit === 0) return [dataset, null];
  if (typeof validationSplit !== "number") {
    const { fraction, ...rest } = validationSplit;
    const testSize = dataset.length - Math.floor(dataset.length * (1 - fraction));
    const { train, test } = splitOnce(PLACES, dataset, { testSize, seed, ...rest });
    return [train, test];
  }
  return located("fit: validationSplit", () => dataset.split({ fraction: validationSplit }));
}
