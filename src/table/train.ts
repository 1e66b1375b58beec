/** From a table to a trained model: what is left out, split, learned, chosen and measured, in this order. */
import { DataError, OptionError } from "../base/errors.js";
import { columnMeans, columnVariances } from "../data/columnStats.js";
import { type LearnedColumn, outputsOf } from "../data/columns/column.js";
import { Dataset } from "../data/dataset.js";
import { type Category, isMissing } from "../data/preprocess/table.js";
import { checkColumn, readNamed, type Source } from "../data/preprocess/tableSource.js";
import { chosenRows } from "../data/rowChoice.js";
import { runtimeOf } from "../estimators/options.js";
import type { Sequential } from "../sequential.js";
import { chooseSetting, linearOf, type Parts, trainMember } from "./autoFit.js";
import { encoderOf, featuresOf, learnColumns } from "./columns.js";
import { evaluateClasses, evaluateNumbers } from "./evaluation.js";
import type { TableFacts } from "./file.js";
import type { ColumnFinding } from "./findings.js";
import { checkedParts, holdOut } from "./folds.js";
import { importanceOf } from "./importance.js";
import { type Losses, type Problem, probabilitiesOf } from "./network.js";
import { type CheckedTrain, TRAIN } from "./options.js";
import { combined } from "./predictor.js";
import { scaledRows, standardize } from "./scaling.js";
import {
  bestTemperature,
  bestThreshold,
  calibrate,
  classScores,
  errorBound,
  labelsOf,
  numberScores,
  type TableScores,
} from "./scores.js";
import type { Setting, Trial } from "./setting.js";
import type { ReadTable } from "./source.js";
import { classesOf, codesOf, numberTargets, taskOf, weightsOf } from "./target.js";
import { historyOf, optionsAsJson, VERSION } from "./training.js";

const LEAST_ROWS = 10;
const DEFAULT_SECONDS = 60;
/** More classes would make a file of zeros: 1000 of them, a million. */
const COUNTED_CLASSES = 100;
const COVERED = 0.9;

/** Rows that settings are chosen with: more make a choice no better, but longer. */
const CHOICE_ROWS = { train: 80_000, check: 20_000 };

/** What training ends with. */
export interface TrainedTable {
  readonly facts: TableFacts;
  readonly members: readonly Sequential[];
}

/** The deviations, with 1 for a column that never changes. */
function deviationsOf(values: ArrayLike<number>, means: Float64Array): number[] {
  return Array.from(columnVariances(values, means), (variance) => Math.sqrt(variance) || 1);
}

type Warn = (message: string) => void;

/** Rows that have a target, and what the target says. */
interface Targets {
  /** Places of the rows in the table. */
  readonly rows: Uint32Array;
  readonly classes: readonly Category[] | null;
  /** Class numbers, or numbers. */
  readonly y: Float64Array;
}

const everyRow = (rows: number) => new Uint32Array(rows).map((_, row) => row);

function readTargets(source: Source, options: CheckedTrain, warn: Warn): Targets {
  const { target } = options;
  checkColumn(`${TRAIN}: target`, target, source.names);
  const cells = source.column(target);
  const all = chosenRows(source.rows, options.maxRows ?? source.rows, options.seed) ?? everyRow(source.rows);
  const rows = all.filter((row) => !isMissing(cells[row]) && cells[row] !== "");
  if (rows.length < LEAST_ROWS) {
    throw new DataError(`${TRAIN}: expected at least ${LEAST_ROWS} rows with a target, got ${rows.length}. Add rows.`);
  }
  const without = all.length - rows.length;
  if (without > 0) warn(`${without} of ${all.length} rows have no ${target} and are left out.`);
  const targets = Array.from(rows, (row) => cells[row]);
  const classes = taskOf(targets, options.task) === "classification" ? classesOf(targets, options) : null;
  return { rows, classes, y: classes ? codesOf(targets, classes) : numberTargets(targets, options) };
}

/** Rows as a network takes them, with their targets. */
interface Rows {
  /** Places in the table. */
  readonly places: Uint32Array;
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float64Array;
}

/** A table that was split, and whose columns were learned from the rows for training alone. */
interface Prepared {
  readonly names: readonly string[];
  readonly excluded: readonly ColumnFinding[];
  readonly features: readonly LearnedColumn[];
  readonly target: LearnedColumn;
  readonly center: readonly number[];
  readonly scale: readonly number[];
  readonly train: Rows;
  /** Rows that nothing is learned from; there may be none. */
  readonly test: Rows;
}

function prepare(source: Source, { rows, classes, y }: Targets, options: CheckedTrain, warn: Warn): Prepared {
  const { testSize, seed } = options;
  const { names, excluded } = featuresOf(source, options, rows);
  if (testSize >= rows.length - 4) {
    throw new OptionError(
      `${TRAIN}: testSize: ${testSize} of ${rows.length} rows leaves none to train on. Give a smaller size.`,
    );
  }
  const split = holdOut(rows.length, classes ? y : null, testSize, seed);
  const [own, held] = [split.train, split.test].map((part) => part.map((place) => rows[place]));
  const { target: learned, features } = learnColumns(source, names, own, options, warn);
  const encode = encoderOf(source, features, warn);
  const width = features.reduce((sum, column) => sum + outputsOf(column).length, 0);
  const { center, scale, x } = standardize(encode, own, width);
  const targets = (part: Uint32Array) => Float64Array.from(part, (place) => y[place]);
  const train = { places: own, x, y: targets(split.train) };
  const test = { places: held, x: scaledRows(encode, held, center, scale), y: targets(split.test) };
  return { names, excluded, features, target: learned, center, scale, train, test };
}

/** Some of the rows, for the choice of settings. */
function fewer({ train, check }: Parts, seed: number): Parts {
  const some = (data: Dataset, most: number) => {
    const chosen = chosenRows(data.length, most, seed);
    return chosen ? data.select(chosen) : data;
  };
  return { train: some(train, CHOICE_ROWS.train), check: some(check, CHOICE_ROWS.check) };
}

/** The networks, and what the rows that each was checked with say of all of them. */
interface Learned {
  readonly members: readonly Sequential[];
  readonly losses: readonly Losses[];
  readonly trials: readonly Trial[];
  readonly linear: Sequential | null;
  readonly targetCenter: number;
  readonly targetScale: number;
  readonly temperature: number;
  readonly threshold: number | null;
  readonly errorBound: number | null;
}

/** Everything after the data are numbers: settings, members, calibration. */
async function learn({ train, test }: Prepared, classes: Targets["classes"], options: CheckedTrain): Promise<Learned> {
  const { seed, signal, onProgress, seconds, trials: most = null } = options;
  const width = train.x.length / train.y.length;
  const targetCenter = classes ? 0 : columnMeans(train.y, 1)[0];
  const targetScale = classes ? 1 : deviationsOf(train.y, Float64Array.of(targetCenter))[0];
  const outputs = classes === null || classes.length === 2 ? 1 : classes.length;
  const task = classes ? "classification" : "regression";
  const problem: Problem = { task, outputs, classWeight: weightsOf(classes, options), runtime: runtimeOf(options) };
  const dataset = Dataset.from(
    { x: train.x, y: Float32Array.from(train.y, (value) => (value - targetCenter) / targetScale) },
    { inputShape: [width], targetShape: outputs === 1 ? [1] : [] },
  );
  const checked = checkedParts(train.y.length, classes ? train.y : null, options.members, seed);
  // A part is a copy of the rows, so there is one at a time.
  const partOf = (places: Uint32Array): Parts => {
    const isChecked = new Uint8Array(train.y.length);
    for (const place of places) isChecked[place] = 1;
    const rest = everyRow(train.y.length).filter((place) => isChecked[place] === 0);
    return { train: dataset.select(rest), check: dataset.select(places) };
  };
  const time = most === null || seconds !== undefined ? 1000 * (seconds ?? DEFAULT_SECONDS) : null;
  const budget = { time, trials: most, seed, signal, onProgress, previous: options.previousTrials };
  const trials = await chooseSetting(fewer(partOf(checked[0]), seed), problem, budget);
  const { members, losses, held } = await trainMembers(trials[0], checked, partOf, problem, options);
  try {
    const linear =
      test.y.length > 0 ? await trainMember(linearOf(trials), partOf(checked[0]), problem, { seed, signal }) : null;
    const heldPlaces = checked.slice(0, members.length).flatMap((places) => [...places]);
    const heldY = Float64Array.from(heldPlaces, (place) => train.y[place]);
    const temperature = classes ? bestTemperature(heldY, held, classes.length) : 1;
    const values = classes
      ? calibrate(held, classes.length, temperature)
      : held.map((value) => value * targetScale + targetCenter);
    return {
      ...{ members, losses, trials, linear: linear?.model ?? null, targetCenter, targetScale, temperature },
      threshold: classes?.length === 2 ? thresholdOf(heldY, values, options) : null,
      errorBound: classes ? null : errorBound(heldY, values, COVERED),
    };
  } catch (error) {
    for (const member of members) member.dispose();
    throw error;
  }
}

function thresholdOf(y: Float64Array, probabilities: Float64Array, { threshold }: CheckedTrain): number {
  if (threshold !== "f1") return threshold;
  return bestThreshold(
    y,
    probabilities.filter((_, i) => i % 2 === 1),
  );
}

/** Scores for the rows that nothing was learned from, and what columns are worth. */
function judge(
  { names, features, train, test }: Prepared,
  classes: Targets["classes"],
  learned: Learned,
  rowNumbers: ReadTable["rowNumbers"],
  options: CheckedTrain,
) {
  const { members, linear, threshold, temperature, targetCenter, targetScale } = learned;
  const known = { task: classes ? "classification" : "regression", classes, targetCenter, targetScale } as const;
  const predict = (x: Float32Array) => combined(members, x, { ...known, temperature });
  const score = (values: Float64Array, at: number | null) =>
    classes ? classScores(test.y, values, classes.length, at) : numberScores(test.y, values);
  const hasTest = test.y.length > 0;
  const tested = hasTest ? predict(test.x) : null;
  const half = classes?.length === 2 ? 0.5 : null;
  const baselines: Record<string, TableScores> = {};
  if (hasTest) baselines[classes ? "majority" : "mean"] = score(constantFor(train.y, test.y.length, classes), half);
  if (linear) baselines.linear = score(combined([linear], test.x, { ...known, temperature: 1 }), half);
  const numbers = rowNumbers ? test.places.map((place) => rowNumbers[place]) : test.places;
  const evaluate = (values: Float64Array) =>
    classes
      ? evaluateClasses(test.y, values, classes.length, threshold, numbers)
      : evaluateNumbers(test.y, values, numbers);
  return {
    scores: tested && score(tested, threshold),
    confusionMatrix:
      tested && classes && classes.length <= COUNTED_CLASSES
        ? countsOf(test.y, labelsOf(tested, classes.length, threshold), classes.length)
        : null,
    evaluation: tested && evaluate(tested),
    baselines,
    importance: options.importance
      ? importanceOf(features.map(outputsOf), names, hasTest ? test : train, predict, classes, options.seed)
      : null,
  };
}

/** Trains a model of a table. @throws DataError, OptionError */
export async function trainTable(
  { table, rowNumbers, totalRows }: ReadTable,
  options: CheckedTrain,
): Promise<TrainedTable> {
  const warnings: string[] = [];
  const warn = (message: string) => {
    const own = message.replace(`${TRAIN}: `, "");
    const numbered = own.replace(/, row (\d+):/, (words, row) => (rowNumbers ? `, row ${rowNumbers[row]}:` : words));
    if (warnings.includes(numbered)) return;
    warnings.push(numbered);
    options.onWarning(`${TRAIN}: ${numbered}`);
  };
  const source = readNamed(TRAIN, table);
  if (rowNumbers) warn(`${source.rows} of ${totalRows} rows are used, chosen at random: maxRows.`);
  const targets = readTargets(source, options, warn);
  const { classes } = targets;
  const prepared = prepare(source, targets, options, warn);
  const learned = await learn(prepared, classes, options);
  const { members, losses, linear, trials, temperature, threshold, errorBound, targetCenter, targetScale } = learned;
  const { names, excluded, features, target, center, scale, train, test } = prepared;
  try {
    const facts: TableFacts = {
      ...{ target, features, task: classes ? "classification" : "regression", classes, threshold, temperature },
      ...{ center, scale, targetCenter, targetScale, errorBound },
      rows: { train: train.y.length, test: test.y.length },
      ...judge(prepared, classes, learned, rowNumbers, options),
      ignored: [...source.names].filter((name) => name !== options.target && !names.includes(name)),
      ...{ trials, excluded, warnings },
      training: {
        version: VERSION,
        seed: options.seed,
        options: optionsAsJson(options),
        members: losses.map(historyOf),
      },
    };
    return { facts, members };
  } catch (error) {
    for (const member of members) member.dispose();
    throw error;
  } finally {
    linear?.dispose();
  }
}

/** One network for each part of the rows, and its predictions for that part. */
async function trainMembers(
  setting: Setting,
  checked: readonly Uint32Array[],
  partOf: (checked: Uint32Array) => Parts,
  problem: Problem,
  { seed, signal, onProgress }: CheckedTrain,
) {
  const members: Sequential[] = [];
  const losses: Losses[] = [];
  const held: number[] = [];
  try {
    for (const [i, places] of checked.entries()) {
      if (i > 0 && signal?.aborted) break;
      const part = partOf(places);
      const own = { seed: (seed + i + 1) % 2 ** 32, signal };
      const { model, losses: history } = await trainMember(setting, part, problem, own);
      members.push(model);
      losses.push(history);
      for (const value of probabilitiesOf(model.predict(part.check.x), problem)) held.push(value);
      onProgress({ stage: "members", done: i + 1, total: checked.length, loss: null });
    }
  } catch (error) {
    for (const member of members) member.dispose();
    throw error;
  }
  return { members, losses, held: Float64Array.from(held) };
}

/** Counts by true and predicted class. */
function countsOf(y: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < y.length; row++) counts[y[row]][labels[row]]++;
  return counts;
}

/** The shares of the classes, or the mean, for every row. */
function constantFor(y: Float64Array, rows: number, classes: readonly Category[] | null): Float64Array {
  if (!classes) return new Float64Array(rows).fill(columnMeans(y, 1)[0]);
  const shares = classes.map((_, code) => y.filter((label) => label === code).length / y.length);
  return Float64Array.from({ length: rows * classes.length }, (_, i) => shares[i % classes.length]);
}
