/** Which rows are for tests, and which part each member of a model is not trained on. */
import { Dataset } from "../data/dataset.js";
import { chosenRows } from "../data/rowChoice.js";
import { type Fold, kFold, splitOnce, stratifiedKFold } from "../data/split.js";
import { TRAIN } from "./options.js";

/** Row numbers as a Dataset, so that a split of it is one of the rows. */
function rowsOf(count: number, labels: ArrayLike<number> | null): Dataset {
  const x = Float32Array.from({ length: count }, (_, row) => row);
  const y = labels ? Float32Array.from(labels) : new Float32Array(count);
  return Dataset.from({ x, y }, { inputShape: [1], targetShape: [] });
}

/** True if every class has at least that many rows. */
function hasEach(labels: ArrayLike<number>, least: number): boolean {
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].every((count) => count >= least);
}

const PLACES = { testSize: `${TRAIN}: testSize`, stratify: `${TRAIN}: testSize` };

/** Rows to learn from and rows for the scores; as many of each class in both as there are in all. */
export function holdOut(
  count: number,
  labels: ArrayLike<number> | null,
  testSize: number,
  seed: number,
): { train: Uint32Array; test: Uint32Array } {
  if (testSize === 0) return { train: Uint32Array.from({ length: count }, (_, row) => row), test: new Uint32Array() };
  const stratify = labels !== null && hasEach(labels, 2);
  const { train, test } = splitOnce(PLACES, rowsOf(count, labels), { testSize, seed, stratify });
  return { train: Uint32Array.from(train.x).sort(), test: Uint32Array.from(test.x).sort() };
}

/** Rows that settings are chosen with: more make a choice no better, but longer. */
const CHOICE_ROWS = { train: 80_000, test: 20_000 };

function fewer({ train, test }: Fold, seed: number): Fold {
  const some = (rows: Uint32Array, most: number) => {
    const chosen = chosenRows(rows.length, most, seed);
    return chosen ? chosen.map((place) => rows[place]) : rows;
  };
  return { train: some(train, CHOICE_ROWS.train), test: some(test, CHOICE_ROWS.test) };
}

/** Rows to train on, and `test` to check with: those of the choice of settings, then those of each member. */
export function networkFolds(count: number, labels: ArrayLike<number> | null, members: number, seed: number): Fold[] {
  const folds = Math.max(members, 5);
  const isStratified = labels !== null && hasEach(labels, folds);
  const options = { folds: Math.min(folds, count), shuffle: true, seed };
  const parts = isStratified ? stratifiedKFold(labels, options) : kFold(count, options);
  return [fewer(parts[0], seed), ...parts.slice(0, members)];
}
