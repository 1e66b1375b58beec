/** From a table to a trained model: what is prepared, chosen, trained and measured, in this order. */

import { columnMeans, columnVariances } from "../base/columnStats.js";
import { OptionError } from "../base/errors.js";
import { outputsOf } from "../data/columns/column.js";
import { Dataset } from "../data/dataset.js";
import type { Category } from "../data/preprocess/table.js";
import { runtimeOf } from "../estimators/options.js";
import type { Sequential } from "../sequential.js";
import { chooseSetting, linearOf } from "./autoFit.js";
import { Elsewhere } from "./elsewhere.js";
import { resultsOf } from "./evaluation.js";
import type { TableFacts } from "./file.js";
import { networkFolds } from "./folds.js";
import { importanceOf } from "./importance.js";
import { type Losses, type Problem, probabilitiesOf } from "./network.js";
import { type CheckedTrain, TRAIN } from "./options.js";
import { combined } from "./predictor.js";
import { type Prepared, prepare } from "./prepare.js";
import {
  bestTemperature,
  bestThreshold,
  calibrate,
  classScores,
  errorBound,
  numberScores,
  type TableScores,
} from "./scores.js";
import type { Trial } from "./setting.js";
import type { ReadTable } from "./source.js";
import { weightsOf } from "./target.js";
import { CHOICE, disposeAll, Here, type Trained, type Trainer, type Wanted } from "./trainer.js";
import { historyOf, optionsAsJson, VERSION } from "./training.js";

const DEFAULT_SECONDS = 60;
/** Share of the errors that the bound of errors covers. */
export const COVERED = 0.9;

/** The results of training. */
export interface TrainedTable {
  readonly facts: TableFacts;
  readonly members: readonly Sequential[];
}

/** The deviations, with 1 for a column that never changes. */
function deviationsOf(values: ArrayLike<number>, means: Float64Array): number[] {
  return Array.from(columnVariances(values, means), (variance) => Math.sqrt(variance) || 1);
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
async function learn({ train, test, classes }: Prepared, options: CheckedTrain): Promise<Learned> {
  const { seed, signal, onProgress, seconds, trials: most = null, optimizer } = options;
  const { hiddenLayerSizes = null, epochs = null } = options;
  if (options.executor && !options.deterministic) {
    const reason = "bits would depend on the machine";
    throw new OptionError(`${TRAIN}: deterministic: false: ${reason}. Leave it out, or leave out executor.`);
  }
  const width = train.x.length / train.y.length;
  const targetCenter = classes ? 0 : columnMeans(train.y, 1)[0];
  const targetScale = classes ? 1 : deviationsOf(train.y, Float64Array.of(targetCenter))[0];
  const outputs = classes === null || classes.length === 2 ? 1 : classes.length;
  const task = classes ? "classification" : "regression";
  const problem: Problem = {
    task,
    outputs,
    classWeight: weightsOf(classes, options),
    runtime: runtimeOf(options),
    optimizer,
    hiddenLayerSizes,
    epochs,
  };
  const dataset = Dataset.from(
    { x: train.x, y: Float32Array.from(train.y, (value) => (value - targetCenter) / targetScale) },
    { inputShape: [width], targetShape: outputs === 1 ? [1] : [] },
  );
  const folds = networkFolds(train.y.length, classes ? train.y : null, options.members, seed);
  const own = { dataset, folds, problem, seed, signal };
  const trainer = options.executor ? new Elsewhere(options.executor, own) : new Here(own);
  const time = most === null || seconds !== undefined ? 1000 * (seconds ?? DEFAULT_SECONDS) : null;
  const budget = { hiddenLayerSizes, time, trials: most, signal, onProgress, previous: options.previousTrials };
  const trials = await chooseSetting(trainer, budget);
  const trained = await trainAll(trainer, trials, test.y.length > 0, options);
  const members = trained.members.map(({ model }) => model);
  const losses = trained.members.map((member) => member.losses);
  try {
    const { linear } = trained;
    const held = Float64Array.from(
      trained.members.flatMap(({ model, fold }) => [
        ...probabilitiesOf(model.predict(dataset.select(folds[fold].test).x), problem),
      ]),
    );
    const heldPlaces = trained.members.flatMap(({ fold }) => [...folds[fold].test]);
    const heldY = Float64Array.from(heldPlaces, (place) => train.y[place]);
    const temperature = classes ? bestTemperature(heldY, held, classes.length) : 1;
    const values = classes
      ? calibrate(held, classes.length, temperature)
      : held.map((value) => value * targetScale + targetCenter);
    return {
      ...{ members, losses, trials, linear, targetCenter, targetScale, temperature },
      threshold: classes?.length === 2 ? thresholdOf(heldY, values, options) : null,
      errorBound: classes ? null : errorBound(heldY, values, COVERED),
    };
  } catch (error) {
    for (const model of [...members, trained.linear]) model?.dispose();
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
export function judge(
  { names, features, train, test, classes }: Pick<Prepared, "names" | "features" | "train" | "test" | "classes">,
  learned: Pick<Learned, "members" | "linear" | "threshold" | "temperature" | "targetCenter" | "targetScale">,
  options: Pick<CheckedTrain, "importance" | "seed">,
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
  const none = { scores: null, confusionMatrix: null, evaluation: null };
  return {
    ...(tested ? resultsOf(test.y, tested, classes, threshold, test.numbers) : none),
    baselines,
    importance: options.importance
      ? importanceOf(features.map(outputsOf), names, hasTest ? test : train, predict, classes, options.seed)
      : null,
  };
}

/** Trains a model of a table. @throws DataError, OptionError */
export async function trainTable(read: ReadTable, options: CheckedTrain): Promise<TrainedTable> {
  const { rowNumbers } = read;
  const warnings: string[] = [];
  const warn = (message: string) => {
    const own = message.replace(`${TRAIN}: `, "");
    const numbered = own.replace(/, row (\d+):/, (words, row) => (rowNumbers ? `, row ${rowNumbers[row]}:` : words));
    if (warnings.includes(numbered)) return;
    warnings.push(numbered);
    options.onWarning(`${TRAIN}: ${numbered}`);
  };
  const prepared = await prepare(read, options, warn);
  const { classes } = prepared;
  const learned = await learn(prepared, options);
  const { members, losses, linear, trials, temperature, threshold, errorBound, targetCenter, targetScale } = learned;
  const { excluded, ignored, features, target, center, scale, train } = prepared;
  try {
    const facts: TableFacts = {
      ...{ target, features, task: classes ? "classification" : "regression", classes, threshold, temperature },
      ...{ center, scale, targetCenter, targetScale, errorBound },
      rows: { train: train.y.length, test: prepared.test.y.length },
      ...judge(prepared, learned, options),
      ...{ ignored, trials, excluded, warnings },
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

/** One network for each part of the rows, and a linear one for comparison if there are rows to compare with. */
async function trainAll(
  trainer: Trainer,
  trials: readonly Trial[],
  hasTest: boolean,
  { seed, members: count, onProgress }: CheckedTrain,
): Promise<{ members: (Trained & { fold: number })[]; linear: Sequential | null }> {
  const wanted: Wanted[] = Array.from({ length: count }, (_, i) => ({
    ...{ setting: trials[0], fold: CHOICE + 1 + i, seed: (seed + i + 1) % 2 ** 32 },
  }));
  const linear = hasTest ? [{ setting: linearOf(trials), fold: CHOICE + 1, seed }] : [];
  let done = 0;
  const trained = await trainer.train([...wanted, ...linear], async () => {
    if (++done <= count) await onProgress({ stage: "members", done, total: count, loss: null });
  });
  const members = trained.slice(0, count).flatMap((one, i) => (one ? [{ ...one, fold: wanted[i].fold }] : []));
  try {
    // A signal leaves it for the end.
    const own = trained[count] ?? (await trainer.train(linear, () => {}))[0];
    return { members, linear: own?.model ?? null };
  } catch (error) {
    disposeAll(members);
    throw error;
  }
}

/** The shares of the classes, or the mean, for every row. */
function constantFor(y: Float64Array, rows: number, classes: readonly Category[] | null): Float64Array {
  if (!classes) return new Float64Array(rows).fill(columnMeans(y, 1)[0]);
  const shares = classes.map((_, code) => y.filter((label) => label === code).length / y.length);
  return Float64Array.from({ length: rows * classes.length }, (_, i) => shares[i % classes.length]);
}
