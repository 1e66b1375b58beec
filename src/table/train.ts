/** From a table to a trained model: what is left out, split, learned, chosen and measured, in this order. */
import { DataError, OptionError, show } from "../base/errors.js";
import { Random } from "../base/random.js";
import { columnMeans, columnVariances } from "../data/columnStats.js";
import { outputsOf } from "../data/columns/column.js";
import { Dataset } from "../data/dataset.js";
import { type Category, compareCategories, isMissing } from "../data/preprocess/table.js";
import { tableEncoder } from "../data/preprocess/tableEncoder.js";
import { checkColumn, type NamedTable, readNamed, type Source } from "../data/preprocess/tableSource.js";
import { runtimeOf } from "../estimators/options.js";
import type { Sequential } from "../sequential.js";
import { chooseSetting, linearOf, type Parts, trainMember } from "./autoFit.js";
import { evaluateClasses, evaluateNumbers } from "./evaluation.js";
import type { TableFacts } from "./file.js";
import { type ColumnFinding, findingsOf } from "./findings.js";
import { checkedParts, holdOut } from "./folds.js";
import { type Losses, type Problem, probabilitiesOf } from "./network.js";
import type { CheckedTrain, TableTask } from "./options.js";
import { combined, scaled } from "./predictor.js";
import { RowReader } from "./rows.js";
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
import type { Setting } from "./setting.js";
import { historyOf, optionsAsJson, VERSION } from "./training.js";

const WHERE = "TableModel.train";
const MOST_CODES = 20;
const DEFAULT_SECONDS = 60;
/** Rows whose cells are shuffled for importance, and how often. */
const SHUFFLED_ROWS = 2000;
const SHUFFLES = 3;
const CATEGORIES = 50;
/** More classes would make a file of zeros: 1000 of them, a million. */
const COUNTED_CLASSES = 100;
const COVERED = 0.9;

/** What training ends with. */
export interface TrainedTable {
  readonly facts: TableFacts;
  readonly members: readonly Sequential[];
}

/** Classification for text, booleans, and at most 20 different whole numbers. */
function taskOf(cells: readonly unknown[], told: TableTask | undefined): TableTask {
  if (told) return told;
  if (cells.some((cell) => typeof cell !== "number")) return "classification";
  const different = new Set(cells);
  const areCodes = different.size <= MOST_CODES && [...different].every(Number.isInteger);
  return areCodes && different.size * 5 <= cells.length ? "classification" : "regression";
}

/** The classes of the target, sorted, with the positive one of two last. @throws DataError, OptionError */
function classesOf(cells: readonly unknown[], { target, positive }: CheckedTrain): Category[] {
  const at = `${WHERE}: column ${show(target)}`;
  const bad = cells.find((cell) => !["string", "number", "boolean"].includes(typeof cell));
  if (bad !== undefined) throw new DataError(`${at}: expected text, numbers or booleans as classes, got ${show(bad)}.`);
  const type = typeof cells[0];
  if (cells.some((cell) => typeof cell !== type)) {
    throw new DataError(`${at}: expected classes of one type, got ${type}s and others. Write them all alike.`);
  }
  const classes = [...new Set(cells as Category[])].sort(compareCategories);
  if (classes.length < 2) {
    throw new DataError(`${at}: expected at least two classes, got only ${show(classes[0])}. Choose another target.`);
  }
  if (classes.length > 1000) {
    throw new DataError(
      `${at}: expected at most 1000 classes, got ${classes.length}. For numbers give task: "regression".`,
    );
  }
  if (positive === undefined) return classes;
  if (classes.length !== 2) throw new OptionError(`${WHERE}: positive: expected two classes, got ${classes.length}.`);
  const found = classes.find((label) => String(label) === String(positive));
  if (found === undefined) {
    throw new OptionError(
      `${WHERE}: positive: expected one of ${classes.map(show).join(", ")}, got ${show(positive)}.`,
    );
  }
  return classes.sort((a, b) => Number(a === found) - Number(b === found));
}

/** The columns to learn from, and those that are left out with the reason. */
function featuresOf(
  source: Source,
  options: CheckedTrain,
  rows: Uint32Array,
): { names: string[]; excluded: ColumnFinding[] } {
  const { target, exclude, types, dropSuspicious } = options;
  for (const [option, names] of Object.entries({
    exclude,
    features: options.features ?? [],
    types: [...types.keys()],
  })) {
    for (const name of names) checkColumn(`${WHERE}: ${option}`, name, source.names);
  }
  if (exclude.includes(target)) throw new OptionError(`${WHERE}: exclude: ${show(target)} is the target.`);
  if (options.features?.includes(target)) throw new OptionError(`${WHERE}: features: ${show(target)} is the target.`);
  const isOut = (name: string) => name === target || exclude.includes(name) || types.get(name) === "ignore";
  const names = options.features ? [...options.features] : [...source.names].filter((name) => !isOut(name));
  const findings = dropSuspicious && !options.features ? findingsOf(source, names, rows) : [];
  const excluded = findings.filter(({ column }) => !types.has(column));
  const out = new Set(excluded.map(({ column }) => column));
  const kept = names.filter((name) => !out.has(name));
  if (kept.length > 0) return { names: kept, excluded };
  const why = excluded.map(({ column, reason }) => `${column}: ${reason}`).join("; ");
  throw new DataError(`${WHERE}: no column is left to learn from${why ? ` (${why})` : ""}. Name some: features.`);
}

/** The rows of a source as a table of their own. */
function subTable(source: Source, names: readonly string[], rows: ArrayLike<number>): NamedTable {
  const columns = names.map((name) => {
    const cells = source.column(name);
    return [name, Array.from(rows, (row) => cells[row])] as const;
  });
  return { rows: rows.length, columns: Object.fromEntries(columns), names: [...names] };
}

/** Text that numbers are written as becomes numbers, where the target is to be one. */
function numberTargets(cells: readonly unknown[], { target, types }: CheckedTrain): Float64Array {
  const other = target === "x" ? "y" : "x";
  const table = { rows: cells.length, columns: { [other]: cells.map(() => 0), [target]: cells } };
  const told = types.get(target) ?? "number";
  if (told !== "number") throw new OptionError(`${WHERE}: types: a target of regression is a number, not a ${told}.`);
  const encoder = tableEncoder({ features: [other], target, types: { [target]: "number" } }).fit(table);
  return Float64Array.from(encoder.transform(table).y);
}

/** The deviations, with 1 for a column that never changes. */
function deviationsOf(values: ArrayLike<number>, means: Float64Array): number[] {
  return Array.from(columnVariances(values, means), (variance) => Math.sqrt(variance) || 1);
}

/** Everything that is known of the rows before networks come in. */
class Learner {
  readonly #options: CheckedTrain;
  readonly #warnings: string[] = [];

  constructor(options: CheckedTrain) {
    this.#options = options;
  }

  async run(table: NamedTable): Promise<TrainedTable> {
    const options = this.#options;
    const { target, seed, signal, onProgress } = options;
    const source = readNamed(WHERE, table);
    checkColumn(`${WHERE}: target`, target, source.names);
    const cells = source.column(target);
    const rows = Uint32Array.from({ length: source.rows }, (_, row) => row).filter(
      (row) => !isMissing(cells[row]) && cells[row] !== "",
    );
    if (rows.length < 10) {
      throw new DataError(`${WHERE}: expected at least 10 rows with a target, got ${rows.length}. Add rows.`);
    }
    if (rows.length < source.rows)
      this.#warn(`${source.rows - rows.length} of ${source.rows} rows have no ${target} and are left out.`);
    const targets = Array.from(rows, (row) => cells[row]);
    const task = taskOf(targets, options.task);
    const classes = task === "classification" ? classesOf(targets, options) : null;
    const y = classes ? codesOf(targets, classes) : numberTargets(targets, options);
    const { names, excluded } = featuresOf(source, options, rows);
    const labels = classes ? y : null;
    if (options.testSize >= rows.length - 4) {
      throw new OptionError(
        `${WHERE}: testSize: ${options.testSize} of ${rows.length} rows leaves none to train on. Give a smaller size.`,
      );
    }
    const split = holdOut(rows.length, labels, options.testSize, seed);
    const pick = (places: ArrayLike<number>) => Array.from(places, (place) => rows[place]);

    const encoder = this.#encoderFor(names).fit(subTable(source, [...names, target], pick(split.train)));
    const { features, target: learnedTarget } = encoder.toJSON();
    const reader = new RowReader(WHERE, features, [target]);
    const inputs = (places: ArrayLike<number>) => encoder.inputs(subTable(source, names, pick(places)));
    const x = inputs(split.train);
    const center = Array.from(columnMeans(x, reader.width));
    const scale = deviationsOf(x, Float64Array.from(center));
    const trainX = scaled(x, center, scale);
    const trainY = Float64Array.from(split.train, (place) => y[place]);
    const targetCenter = classes ? 0 : columnMeans(trainY, 1)[0];
    const targetScale = classes ? 1 : deviationsOf(trainY, Float64Array.of(targetCenter))[0];
    const learnY = trainY.map((value) => (value - targetCenter) / targetScale);
    const outputs = classes === null || classes.length === 2 ? 1 : classes.length;
    const problem: Problem = { task, outputs, classWeight: this.#weights(classes), runtime: runtimeOf(options) };

    const checked = checkedParts(trainY.length, classes ? trainY : null, options.members, seed);
    const dataset = Dataset.from(
      { x: trainX, y: Float32Array.from(learnY) },
      { inputShape: [reader.width], targetShape: outputs === 1 ? [1] : [] },
    );
    const partsOf = (places: Uint32Array): Parts => {
      const isChecked = new Set(places);
      const train = Uint32Array.from({ length: trainY.length }, (_, place) => place).filter(
        (place) => !isChecked.has(place),
      );
      return { train: dataset.select(train), check: dataset.select(places) };
    };
    const { seconds, trials: most = null } = options;
    const time = most === null || seconds !== undefined ? 1000 * (seconds ?? DEFAULT_SECONDS) : null;
    const budget = { time, trials: most, seed, signal, onProgress, previous: options.previousTrials };
    const trials = await chooseSetting(partsOf(checked[0]), problem, budget);

    const { members, losses, held } = await this.#trainMembers(trials[0], checked.map(partsOf), problem);
    const heldPlaces = checked.slice(0, members.length).flatMap((places) => [...places]);
    const heldY = Float64Array.from(heldPlaces, (place) => trainY[place]);
    const known = { task, classes, targetCenter, targetScale };
    const temperature = classes ? bestTemperature(heldY, held, classes.length) : 1;
    const isTwo = classes?.length === 2;
    const calibrated = classes
      ? calibrate(held, classes.length, temperature)
      : held.map((value) => value * targetScale + targetCenter);
    const threshold = isTwo ? this.#threshold(heldY, calibrated) : null;
    const predict = (networks: readonly Sequential[], own: Float32Array) =>
      combined(networks, own, { ...known, temperature });
    const score = (own: Float64Array, truth: ArrayLike<number>, at: number | null) =>
      classes ? classScores(truth, own, classes.length, at) : numberScores(truth, own);

    const testX = split.test.length > 0 ? scaled(inputs(split.test), center, scale) : new Float32Array();
    const testY = Float64Array.from(split.test, (place) => y[place]);
    const hasTest = testY.length > 0;
    const linear = hasTest
      ? (await trainMember(linearOf(trials), partsOf(checked[0]), problem, { seed, signal })).model
      : null;
    const baselines: Record<string, TableScores> = {};
    if (hasTest) {
      baselines[classes ? "majority" : "mean"] = score(
        constantFor(trainY, testY.length, classes),
        testY,
        isTwo ? 0.5 : null,
      );
      if (linear)
        baselines.linear = score(combined([linear], testX, { ...known, temperature: 1 }), testY, isTwo ? 0.5 : null);
    }
    linear?.dispose();
    const tested = hasTest ? predict(members, testX) : null;
    const testRows = pick(split.test);
    const evaluation = !tested
      ? null
      : classes
        ? evaluateClasses(testY, tested, classes.length, threshold, testRows)
        : evaluateNumbers(testY, tested, testRows);
    const facts: TableFacts = {
      ...{
        target: learnedTarget,
        features,
        task,
        classes,
        threshold,
        temperature,
        center,
        scale,
        targetCenter,
        targetScale,
      },
      errorBound: classes ? null : errorBound(heldY, calibrated, COVERED),
      rows: { train: trainY.length, test: testY.length },
      scores: tested && score(tested, testY, threshold),
      confusionMatrix:
        tested && classes && classes.length <= COUNTED_CLASSES
          ? countsOf(testY, labelsOf(tested, classes.length, threshold), classes.length)
          : null,
      evaluation,
      baselines,
      importance: options.importance
        ? this.#importance(
            features.map(outputsOf),
            names,
            hasTest ? { x: testX, y: testY } : { x: trainX, y: trainY },
            (own) => predict(members, own),
            classes,
          )
        : null,
      ignored: [...source.names].filter((name) => name !== target && !names.includes(name)),
      ...{ trials, excluded, warnings: [...this.#warnings] },
      training: { version: VERSION, seed, options: optionsAsJson(options), members: losses.map(historyOf) },
    };
    return { facts, members };
  }

  #warn(message: string): void {
    this.#warnings.push(message);
    this.#options.onWarning(`${WHERE}: ${message}`);
  }

  #encoderFor(names: readonly string[]) {
    const { target, types, dates, dateOrder, maxCategories = CATEGORIES, hashPlaces } = this.#options;
    const told = [...types].filter(([name]) => names.includes(name));
    return tableEncoder({
      ...{ features: names, target, types: Object.fromEntries(told), dates, maxCategories, hashPlaces },
      ...(dateOrder && { dateOrder }),
      ...{ missing: "median", handleUnknown: "ignore", handleInvalid: "missing" },
      onWarning: (message) => this.#warn(message),
    });
  }

  /** Weights by class number. */
  #weights(classes: readonly Category[] | null): Problem["classWeight"] {
    const { classWeight } = this.#options;
    if (classWeight === undefined) return null;
    if (!classes) throw new OptionError(`${WHERE}: classWeight: the target is a number. Leave classWeight out.`);
    if (classWeight === "balanced") return classWeight;
    const weights = Object.entries(classWeight).map(([label, weight]) => {
      const code = classes.findIndex((each) => String(each) === label);
      if (code >= 0) return [code, weight];
      throw new OptionError(
        `${WHERE}: classWeight: expected one of ${classes.map(show).join(", ")}, got ${show(label)}.`,
      );
    });
    return Object.fromEntries(weights);
  }

  #threshold(y: Float64Array, probabilities: Float64Array): number {
    const { threshold } = this.#options;
    if (threshold !== "f1") return threshold;
    return bestThreshold(
      y,
      probabilities.filter((_, i) => i % 2 === 1),
    );
  }

  /** One network for each part of the rows, and its predictions for that part. */
  async #trainMembers(setting: Setting, parts: readonly Parts[], problem: Problem) {
    const { seed, signal, onProgress } = this.#options;
    const members: Sequential[] = [];
    const losses: Losses[] = [];
    const held: number[] = [];
    try {
      for (const [i, part] of parts.entries()) {
        if (i > 0 && signal?.aborted) break;
        const own = { seed: (seed + i + 1) % 2 ** 32, signal };
        const { model, losses: history } = await trainMember(setting, part, problem, own);
        members.push(model);
        losses.push(history);
        for (const value of probabilitiesOf(model.predict(part.check.x), problem)) held.push(value);
        onProgress({ stage: "members", done: i + 1, total: parts.length, loss: null });
      }
    } catch (error) {
      for (const member of members) member.dispose();
      throw error;
    }
    return { members, losses, held: Float64Array.from(held) };
  }

  /** How much worse predictions become when the cells of a column are shuffled (Breiman 2001): log loss, or squared error. */
  #importance(
    outputs: readonly (readonly string[])[],
    names: readonly string[],
    { x, y }: { x: Float32Array; y: Float64Array },
    predict: (x: Float32Array) => Float64Array,
    classes: readonly Category[] | null,
  ): Record<string, number> {
    const width = outputs.reduce((sum, own) => sum + own.length, 0);
    const count = Math.min(y.length, SHUFFLED_ROWS);
    const own = x.slice(0, count * width);
    const before = lossOf(predict(own), y, classes);
    const random = Random.fromSeed(this.#options.seed, 0x494d);
    const importance: [string, number][] = [];
    let begin = 0;
    names.forEach((name, column) => {
      const end = begin + outputs[column].length;
      let sum = 0;
      for (let time = 0; time < SHUFFLES; time++) {
        const order = random.permutation(count);
        const shuffled = own.slice();
        for (let row = 0; row < count; row++) {
          for (let at = begin; at < end; at++) shuffled[row * width + at] = own[order[row] * width + at];
        }
        sum += lossOf(predict(shuffled), y, classes) - before;
      }
      importance.push([name, sum / SHUFFLES]);
      begin = end;
    });
    return Object.fromEntries(importance.sort(([, a], [, b]) => b - a));
  }
}

/** Counts by true and predicted class. */
function countsOf(y: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < y.length; row++) counts[y[row]][labels[row]]++;
  return counts;
}

function codesOf(cells: readonly unknown[], classes: readonly Category[]): Float64Array {
  const codes = new Map<unknown, number>(classes.map((label, code) => [label, code]));
  return Float64Array.from(cells, (cell) => codes.get(cell) as number);
}

/** The shares of the classes, or the mean, for every row. */
function constantFor(y: Float64Array, rows: number, classes: readonly Category[] | null): Float64Array {
  if (!classes) return new Float64Array(rows).fill(columnMeans(y, 1)[0]);
  const shares = classes.map((_, code) => y.filter((label) => label === code).length / y.length);
  return Float64Array.from({ length: rows * classes.length }, (_, i) => shares[i % classes.length]);
}

/** Mean squared error, or of classes the mean of (1 - p)². */
function lossOf(predictions: Float64Array, y: Float64Array, classes: readonly Category[] | null): number {
  const width = classes?.length ?? 1;
  const rows = predictions.length / width;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const error = classes ? 1 - predictions[row * width + y[row]] : predictions[row] - y[row];
    sum += error * error;
  }
  return sum / rows;
}

/** Trains a model of a table. @throws DataError, OptionError */
export function trainTable(table: NamedTable, options: CheckedTrain): Promise<TrainedTable> {
  return new Learner(options).run(table);
}
