/** One split of a data set, or several for cross-validation, with scikit-learn's sizes. Knows rows, not models. */
import { counted } from "../base/counted.js";
import { checkArguments, checkNumber, DataError, located, OptionError } from "../base/errors.js";
import { flag, type Given, number, readOptions, unchecked } from "../base/options.js";
import { Random } from "../base/random.js";
import type { Data } from "./dataset.js";
import { Dataset } from "./dataset.js";
import { groupByClass, type Labels } from "./labels.js";
import { labelEncoder } from "./preprocess/labelEncoder.js";
import type { DataArrays } from "./rows.js";

/** Options of `trainTestSplit`. */
const trainTestSplitOptions = {
  /** Share of the rows for the test part, between 0 and 1 and rounded up; or a number of rows. @default 0.25 */
  testSize: number({ above: 0 }, 0.25),
  /** Shuffles before splitting; otherwise the last rows are the test part. @default true */
  shuffle: flag(true),
  /** Keeps the share of each class: by the labels in y, or by labels given here, one per row. @default false */
  stratify: unchecked<boolean | Exclude<Labels, Dataset>>(false),
  /** The same seed gives the same split. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `trainTestSplit`. */
export interface TrainTestSplitOptions extends Given<typeof trainTestSplitOptions> {}

/** Two parts of a data set. */
export interface TrainTestSplit {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Options of `kFold` and `stratifiedKFold`. */
export const foldOptions = {
  /** Number of parts; each is the test part once. @default 5 */
  folds: number({ min: 2, integer: true }, 5),
  /** Shuffle before sharing out. @default false */
  shuffle: flag(false),
  /** The same seed gives the same folds. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `kFold` and `stratifiedKFold`. */
export interface FoldOptions extends Given<typeof foldOptions> {}

/** Row numbers of one round of cross-validation, in rising order: `data.select(fold.train)`. */
export interface Fold {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** 1 GiB of them. */
const MAX_ROW_NUMBERS = 2 ** 28;

/** Numbered streams of a seed, so that splits and folds with the same seed are independent. */
const STREAM = { split: 2, folds: 3 };

/** Data whose y may be class names. */
export type NamedData = Data | (Omit<DataArrays, "y"> & { readonly y: readonly string[] });

/** The caller's data as a Dataset. Text labels become class numbers, and the Dataset's class names. */
export function toDataset(where: string, data: NamedData): Dataset {
  const dataset = data instanceof Dataset ? data : fromArrays(data);
  if (dataset.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  return dataset;
}

function fromArrays(data: NamedData): Dataset {
  const { y } = (data ?? {}) as { y?: unknown };
  if (!Array.isArray(y) || typeof y[0] !== "string") return Dataset.from(data as DataArrays);
  const encoder = located("y", () => labelEncoder().fit(y));
  const coded = { ...data, y: encoder.transform(y) } as DataArrays;
  return Dataset.from(coded, { classNames: encoder.classes.map(String) });
}

/**
 * Two parts without a row in common. The test part gets ceil(n · testSize) rows, or `testSize` itself; with
 * `stratify`, the share of each class is as near as possible to that of the whole. scikit-learn's `train_test_split`,
 * with other random numbers. Labels in y may be text: they become class numbers, sorted, and the Datasets'
 * `classNames`.
 * @throws OptionError for a size that leaves a part empty, or too few rows to have each class in both parts.
 */
export function trainTestSplit(data: NamedData, options: TrainTestSplitOptions = {}): TrainTestSplit {
  const where = "trainTestSplit";
  const checked = readOptions(where, trainTestSplitOptions, options, arguments);
  const places = { testSize: `${where}: testSize`, stratify: `${where}: stratify` };
  return splitOnce(places, toDataset(where, data), checked);
}

/**
 * `trainTestSplit` for other functions.
 * @param places Their options, for errors.
 */
export function splitOnce(
  places: { readonly testSize: string; readonly stratify: string },
  dataset: Dataset,
  { testSize, shuffle = true, stratify = false, seed = 0 }: TrainTestSplitOptions & { readonly testSize: number },
): TrainTestSplit {
  const testRows = testRowsOf(places.testSize, testSize, dataset.length);
  const random = Random.fromSeed(seed, STREAM.split);
  const labels = stratify === true ? dataset : stratify;
  const sizes = { rows: dataset.length, testRows };
  const rows =
    labels === false
      ? plainRows(sizes, shuffle ? random : null)
      : stratifiedRows(places.stratify, labels, sizes, shuffle ? random : null);
  return { train: dataset.select(rows.train), test: dataset.select(rows.test) };
}

/** Number of test rows, at least one and not all. */
function testRowsOf(where: string, testSize: number, rows: number): number {
  const isCount = testSize >= 1;
  if (isCount) checkNumber(where, testSize, { integer: true });
  const testRows = isCount ? testSize : Math.ceil(testSize * rows);
  if (testRows < rows) return testRows;
  throw new OptionError(
    `${where}: ${testSize} of ${counted(rows, "row")} leaves none to train on. Give a smaller size.`,
  );
}

/** Number of rows, and number of those in the test part. */
interface Sizes {
  readonly rows: number;
  readonly testRows: number;
}

function plainRows({ rows, testRows }: Sizes, random: Random | null): Fold {
  const cut = rows - testRows;
  if (random === null) {
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    return { train: order.subarray(0, cut), test: order.subarray(cut) };
  }
  const order = random.permutation(rows);
  return { train: order.subarray(testRows), test: order.subarray(0, testRows) };
}

/** Random rows, as many of each class for each part as `apportion` says; both parts in random order. */
function stratifiedRows(where: string, labels: Labels, sizes: Sizes, random: Random | null): Fold {
  if (random === null) throw new OptionError(`${where}: expected shuffle: true with it, got shuffle: false.`);
  const { codes, rows } = groupByClass(where, labels);
  if (codes.length !== sizes.rows) {
    throw new DataError(`${where}: expected ${counted(sizes.rows, "label")}, one per row, got ${codes.length}.`);
  }
  const { testRows } = sizes;
  const trainRows = sizes.rows - testRows;
  const lonely = rows.find((own) => own.length < 2);
  if (lonely) throw new DataError(`${where}: the class of row ${lonely[0]} has no other row. Add some.`);
  if (trainRows < rows.length || testRows < rows.length) {
    const parts = `${trainRows} and ${testRows} rows`;
    const most = sizes.rows - rows.length;
    const remedy =
      most < rows.length
        ? "Add rows"
        : `Put ${most > rows.length ? `${rows.length} to ${most}` : most} into the second`;
    throw new OptionError(
      `${where}: expected a row of each of ${rows.length} classes in both parts of ${parts}. ${remedy}.`,
    );
  }
  const quota = apportion(
    rows.map((own) => own.length),
    trainRows,
    random,
  );
  const [train, test]: [number[], number[]] = [[], []];
  rows.forEach((own, place) => {
    const order = random.permutation(own.length);
    order.forEach((k, i) => {
      (i < quota[place] ? train : test).push(own[k]);
    });
  });
  const mixed = (part: number[]) => {
    const order = Uint32Array.from(part);
    random.shuffle(order);
    return order;
  };
  return { train: mixed(train), test: mixed(test) };
}

/**
 * `draws` shared out in proportion to `counts`: rounded down, then one more for the largest remainders; among
 * equal ones chance decides.
 */
function apportion(counts: readonly number[], draws: number, random: Random): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count / total) * draws);
  const quota = exact.map(Math.floor);
  const missing = draws - quota.reduce((sum, share) => sum + share, 0);
  const order = random.permutation(counts.length);
  const byRemainder = Array.from(order).sort((a, b) => exact[b] - quota[b] - (exact[a] - quota[a]));
  for (const place of byRemainder.slice(0, missing)) quota[place]++;
  return quota;
}

function checkFolds(where: string, options: FoldOptions, rows: number): { folds: number; random: Random | null } {
  const { folds, shuffle, seed } = readOptions(where, foldOptions, options);
  checkNumber(`${where}: folds`, folds, { min: 2, max: Math.max(2, rows), integer: true });
  if (rows < 2) throw new DataError(`${where}: expected at least 2 rows, got ${rows}.`);
  if (rows * folds > MAX_ROW_NUMBERS) {
    const limit = `expected at most ${MAX_ROW_NUMBERS} row numbers in all folds together`;
    throw new OptionError(
      `${where}: ${limit}, got ${counted(rows, "row")} in each of ${counted(folds, "fold")}. Split a part of the rows.`,
    );
  }
  return { folds, random: shuffle ? Random.fromSeed(seed, STREAM.folds) : null };
}

/** The folds, given the fold in which each row is tested. */
function foldsOf(testFold: Uint32Array, folds: number): Fold[] {
  const rows = Uint32Array.from(testFold.keys());
  return Array.from({ length: folds }, (_, fold) => ({
    train: rows.filter((row) => testFold[row] !== fold),
    test: rows.filter((row) => testFold[row] === fold),
  }));
}

/**
 * Row numbers for cross-validation: each row is tested once. The first n mod folds tests have one row more; without
 * `shuffle` they are consecutive rows. scikit-learn's `KFold`.
 * @param data The data, or its number of rows.
 * @throws OptionError for fewer than 2 folds, or more folds than rows.
 */
export function kFold(data: NamedData | number, options: FoldOptions = {}): Fold[] {
  checkArguments("kFold", arguments, 2);
  const isCount = typeof data === "number";
  const rows = isCount
    ? checkNumber("kFold: rows", data, { min: 1, max: 2 ** 32 - 1, integer: true })
    : toDataset("kFold", data).length;
  const { folds, random } = checkFolds("kFold", options, rows);
  const order = random ? random.permutation(rows) : Uint32Array.from({ length: rows }, (_, row) => row);
  const testFold = new Uint32Array(rows);
  let begin = 0;
  for (let fold = 0; fold < folds; fold++) {
    const end = begin + Math.floor(rows / folds) + (fold < rows % folds ? 1 : 0);
    for (const row of order.subarray(begin, end)) testFold[row] = fold;
    begin = end;
  }
  return foldsOf(testFold, folds);
}

/**
 * As `kFold`, but the share of each class in every test is as near as possible to that of the whole. Rows sorted by
 * class, in order of the classes' first rows, are dealt to the folds in turn: that says how many of each class a fold
 * gets; the first rows of a class then go to the first fold, and so on. scikit-learn's `StratifiedKFold`.
 * @param labels A Dataset whose y are labels or one-hot rows, or the label of each row, numbers or strings.
 * @throws OptionError for more folds than any class has rows; DataError for an invalid label.
 */
export function stratifiedKFold(labels: Labels, options: FoldOptions = {}): Fold[] {
  checkArguments("stratifiedKFold", arguments, 2);
  const where = "stratifiedKFold";
  const { codes, rows } = groupByClass(where, labels);
  const { folds, random } = checkFolds(where, options, codes.length);
  const most = rows.reduce((largest, own) => Math.max(largest, own.length), 0);
  if (folds > most) {
    throw new OptionError(`${where}: folds: expected at most ${most}, the rows of the largest class, got ${folds}.`);
  }
  const testFold = new Uint32Array(codes.length);
  let begin = 0; // first row of the class among the sorted rows
  for (const own of rows) {
    const dealt = Uint32Array.from(own, (_, i) => (begin + i) % folds).sort();
    random?.shuffle(dealt);
    own.forEach((row, i) => {
      testFold[row] = dealt[i];
    });
    begin += own.length;
  }
  return foldsOf(testFold, folds);
}
