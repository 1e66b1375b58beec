/** A table as numbers: what is left out, split and learned of its columns, in this order. Knows tables, not networks. */
import { DataError, OptionError, show } from "../base/errors.js";
import { type LearnedColumn, outputsOf } from "../data/columns/column.js";
import { type Category, isMissing } from "../data/preprocess/table.js";
import { checkColumn, readNamed, type Source } from "../data/preprocess/tableSource.js";
import { chosenRows, everyRow } from "../data/rowChoice.js";
import { encoderOf, featuresOf, learnColumns } from "./columns.js";
import type { ColumnFinding } from "./findings.js";
import { holdOut } from "./folds.js";
import { GrowingNumbers } from "./growingNumbers.js";
import { type Known, knownRows } from "./known.js";
import { type CheckedTrain, TRAIN } from "./options.js";
import { scaledRows, standardize } from "./scaling.js";
import type { ReadTable } from "./source.js";
import { classesOf, codesOf, likeClasses, numberTargets, taskOf } from "./target.js";

const LEAST_ROWS = 10;
const LEAST_LEARNED = 8;

/** Is told what may have been read otherwise than it was meant. */
export type Warn = (message: string) => void;

/** Rows that have a target, and what the target says. */
export interface Targets {
  /** Places of the rows in the table. */
  readonly rows: Uint32Array;
  readonly classes: readonly Category[] | null;
  /** Class numbers, or numbers. */
  readonly y: Float64Array;
}

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
  const classes = taskOf(targets, options) === "classification" ? classesOf(targets, options) : null;
  const doubt = classes && likeClasses(classes, target);
  if (doubt) warn(doubt);
  if (classes) return { rows, classes, y: codesOf(targets, classes) };
  const y = numberTargets(targets, options);
  if (y.some((value) => value !== y[0])) return { rows, classes, y };
  const at = `${TRAIN}: column ${show(target)}`;
  throw new DataError(`${at}: expected different numbers, got only ${y[0]}. Choose another target.`);
}

/** Rows as a network takes them, with their targets. */
interface Rows {
  /** Numbers of the rows in their table. */
  readonly numbers: ArrayLike<number>;
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float64Array;
}

/** A table that was split, and whose columns were learned from the rows for training alone. */
export interface Prepared {
  readonly classes: Targets["classes"];
  readonly names: readonly string[];
  readonly excluded: readonly ColumnFinding[];
  /** Other columns of the table. */
  readonly ignored: readonly string[];
  readonly features: readonly LearnedColumn[];
  readonly target: LearnedColumn;
  readonly center: readonly number[];
  readonly scale: readonly number[];
  readonly train: Rows;
  /** Rows that nothing is learned from; there may be none. */
  readonly test: Rows;
}

/** @throws OptionError for fewer rows to learn from than a table of `LEAST_ROWS` has by default */
function checkTestSize(testSize: number, rows: number, warn: Warn): void {
  const tested = testSize < 1 ? Math.ceil(testSize * rows) : testSize;
  const left = Math.max(0, rows - tested);
  if (left >= LEAST_LEARNED || tested === 0) {
    if (left < tested) warn(`testSize: ${left} of ${rows} rows are left to learn from, fewer than for the scores.`);
    return;
  }
  const got = `${testSize} of ${rows} rows leaves ${left || "none"} to train on`;
  const most = Math.max(0, rows - LEAST_LEARNED);
  throw new OptionError(`${TRAIN}: testSize: ${got}, expected at least ${LEAST_LEARNED}. Give ${most} or fewer.`);
}

function split(
  source: Source,
  rowNumbers: ReadTable["rowNumbers"],
  { rows, classes, y }: Targets,
  options: CheckedTrain,
  warn: Warn,
): Prepared {
  const { target, testSize, seed } = options;
  const { names, excluded } = featuresOf(source, options, rows);
  checkTestSize(testSize, rows.length, warn);
  const parts = holdOut(TRAIN, rows.length, classes ? y : null, testSize, seed);
  const [own, held] = [parts.train, parts.test].map((part) => part.map((place) => rows[place]));
  const { target: learned, features } = learnColumns(source, names, own, classes !== null, options, warn);
  const encode = encoderOf(source, features, warn);
  const width = features.reduce((sum, column) => sum + outputsOf(column).length, 0);
  const { center, scale, x } = standardize(encode, own, width);
  const targets = (part: Uint32Array) => Float64Array.from(part, (place) => y[place]);
  const numbers = (part: Uint32Array) => (rowNumbers ? part.map((place) => rowNumbers[place]) : part);
  const train = { numbers: numbers(own), x, y: targets(parts.train) };
  const test = { numbers: numbers(held), x: scaledRows(encode, held, center, scale), y: targets(parts.test) };
  const ignored = [...source.names].filter((name) => name !== target && !names.includes(name));
  return { names, classes, excluded, ignored, features, target: learned, center, scale, train, test };
}

/** The rows of `testData`; `null` without. */
async function testRows(known: Known, { testData, testSize }: CheckedTrain, warn: Warn): Promise<Rows | null> {
  if (testData === undefined) return null;
  if (testSize !== 0) {
    throw new OptionError(`${TRAIN}: testSize: testData are the rows for the scores. Leave testSize out.`);
  }
  const [x, y, numbers] = [new GrowingNumbers(), new GrowingNumbers(), new GrowingNumbers()];
  let skipped = 0;
  for await (const rows of knownRows(`${TRAIN}: testData`, testData, known, true)) {
    x.add(rows.x);
    y.add(rows.y);
    numbers.add(rows.rows);
    skipped += rows.skipped;
  }
  if (skipped > 0)
    warn(`testData: ${skipped} of ${skipped + y.length} rows have no ${known.target.name} and are left out.`);
  return { x: Float32Array.from(x.values()), y: y.values(), numbers: numbers.values() };
}

/** A table that is ready to learn from. @throws DataError, OptionError */
export async function prepare(
  { table, rowNumbers, totalRows }: ReadTable,
  options: CheckedTrain,
  warn: Warn,
): Promise<Prepared> {
  const source = readNamed(TRAIN, table);
  const used = Math.min(source.rows, options.maxRows ?? source.rows);
  if (used < totalRows) warn(`${used} of ${totalRows} rows are used, chosen at random: maxRows.`);
  const own = split(source, rowNumbers, readTargets(source, options, warn), options, warn);
  const test = await testRows(own, options, warn);
  return test ? { ...own, test } : own;
}
