/** The problem of a search: data, folds and scoring, checked. Knows no training. */
import { crc32 } from "../base/crc32.js";
import { checkName, DataError, located, OptionError, ShapeError } from "../base/errors.js";
import type { Data } from "../data/dataset.js";
import { Dataset } from "../data/dataset.js";
import type { Split } from "../data/executor.js";
import type { DataArrays } from "../data/rows.js";
import { type Fold, kFold, splitOnce, stratifiedKFold } from "../data/split.js";
import type { TableData } from "../data/tableRows.js";
import type { Builder } from "./build.js";
import { type EstimatorName, type ScoringName, scorings } from "./scoring.js";
import type { CheckedSearch } from "./searched.js";
import type { Problem } from "./trial.js";

/** Class numbers are below this. */
const MOST_CLASSES = 2 ** 24;
/** Parts for cross-validation, unless others are wanted. */
const FOLDS = 5;

/** Data, folds and scoring, checked. */
export function pose(where: string, data: Data | TableData, options: CheckedSearch): Problem {
  const { estimator, options: shared, wrapped, builder } = options.searched;
  const names = Object.keys(scorings[estimator]) as ScoringName[];
  const scoring = checkName(`${where}: scoring`, options.scoring ?? names[0], names);
  const wasm = shared.wasm && { wasm: Array.isArray(shared.wasm) ? shared.wasm : [shared.wasm] };
  const dataset = located(where, () => {
    if (wrapped) return wrapped.open(where, data);
    return data instanceof Dataset ? data : Dataset.from(data as DataArrays);
  });
  if (estimator === "classifier") checkClasses(where, dataset);
  const { x, y, sampleWeight, inputShape, targetShape } = dataset;
  const split = splitOf(where, options);
  const folds = foldsOf(where, dataset, estimator, split);
  const around = wrapped && { around: wrapped.fingerprint };
  const built = builder && { builder, around: fingerprintOf(builder) };
  return {
    estimator,
    scoring,
    x,
    y,
    sampleWeight,
    inputShape,
    targetShape,
    split,
    folds,
    ...wasm,
    ...around,
    ...built,
  };
}

/** Names how candidates are built: the text of the function, or its address. */
function fingerprintOf({ build, fit }: Builder): string {
  const text = JSON.stringify([String(build), fit ?? null]);
  return crc32(new TextEncoder().encode(text)).toString(16);
}

/** @throws ShapeError, DataError for targets that are not one class number per row. */
function checkClasses(where: string, { y, targetShape }: Dataset): void {
  if (targetShape.length > 0) {
    const remedy = "argMax(y, classes) turns one-hot rows into them";
    throw new ShapeError(`${where}: y: expected one class number per row, got rows of [${targetShape}]. ${remedy}.`);
  }
  const row = y.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < MOST_CLASSES));
  if (row < 0) return;
  const remedy = "labelEncoder() numbers labels from 0";
  throw new DataError(`${where}: y: row ${row}: expected a class number from 0, got ${y[row]}. ${remedy}.`);
}

function splitOf(where: string, { folds, holdOut, seed }: CheckedSearch): Split {
  if (holdOut === undefined) return { folds: folds ?? FOLDS, seed };
  if (folds === undefined) return { holdOut, seed };
  throw new OptionError(`${where}: give either folds or holdOut, not both.`);
}

/** Row numbers of each fold, or of the one held-out share; each has its share of every class. */
export function foldsOf(where: string, dataset: Dataset, estimator: EstimatorName, split: Split): readonly Fold[] {
  const { folds = FOLDS, holdOut, seed, shuffle = true, stratify = estimator === "classifier" } = split;
  if (holdOut === undefined) {
    const make = stratify ? stratifiedKFold : kFold;
    return located(where, () => make(dataset, { folds, shuffle, seed }));
  }
  const places = { testSize: `${where}: holdOut`, stratify: `${where}: holdOut` };
  const numbered = { x: Float32Array.from({ length: dataset.length }, (_, row) => row), y: dataset.y };
  const rows = Dataset.from(numbered, { inputShape: [1], targetShape: dataset.targetShape });
  const { train, test } = splitOnce(places, rows, { testSize: holdOut, stratify, seed });
  return [{ train: Uint32Array.from(train.x), test: Uint32Array.from(test.x) }];
}
