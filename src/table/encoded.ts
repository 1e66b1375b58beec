/**
 * A table as numbers, for a search that others run, and afterwards the model of a table around the network that the
 * search has found. Knows tables and estimators, not searches.
 */

import { checkKeys, DataError, FormatError, SimdgradError, show } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { readOptions } from "../base/options.js";
import { isLearnedColumn } from "../data/columns/column.js";
import { keepExact } from "../data/exact.js";
import { describeMerged, mergedColumn } from "../data/mergedColumn.js";
import type { OnWarning } from "../data/onWarning.js";
import type { TableOptions } from "../data/preprocess/tableOptions.js";
import { MLPClassifier } from "../estimators/classifier.js";
import type { MLPRegressor } from "../estimators/regressor.js";
import { insideOf } from "../model/insideOf.js";
import { describe, type TableFacts } from "./file.js";
import { type TableTask, TRAIN, type TrainTableOptions, trainOptions } from "./options.js";
import { combined } from "./predictor.js";
import { type Prepared, prepare } from "./prepare.js";
import { errorBound } from "./scores.js";
import { readTable, type TableInput } from "./source.js";
import { COVERED, judge } from "./train.js";
import { optionsAsJson, VERSION } from "./training.js";

const { target, exclude, features, types, dates, dateOrder, maxCategories, hashPlaces } = trainOptions;
const { missing, maxRows, testSize, positive, dropSuspicious } = trainOptions;
const readingOptions = { target, exclude, features, types, dates, dateOrder, maxCategories, hashPlaces };
const choiceOptions = { missing, maxRows, testSize, positive, dropSuspicious };

/** Options of a table as `TableModel.train` has them, without those of training. */
export interface EncodeTableOptions
  extends Pick<TableOptions, keyof typeof readingOptions>,
    Pick<TrainTableOptions, keyof typeof choiceOptions> {}

/** Rows as a network takes them; y holds class numbers, or numbers as they are in the table. */
export interface EncodedRows {
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float32Array<ArrayBuffer>;
}

/** Everything that was learned of a table but its rows: plain JSON. */
export interface TableEncoding extends Pick<Prepared, "target" | "features" | "classes" | "center" | "scale"> {
  readonly excluded: TableFacts["excluded"];
  readonly ignored: readonly string[];
  readonly warnings: readonly string[];
  readonly options: JsonObject;
  readonly seed: number;
}

/** A table as numbers. */
export interface EncodedTable {
  readonly encoding: TableEncoding;
  readonly train: EncodedRows;
  /** Rows that nothing is learned from, for the scores; there may be none. */
  readonly test: EncodedRows;
}

/** Facts about the search that reads the table. */
export interface EncodedFor {
  readonly task: TableTask | undefined;
  readonly seed: number;
  readonly onWarning: OnWarning;
}

const rowsOf = ({ x, y }: Prepared["train"]): EncodedRows => ({ x, y: Float32Array.from(y) });

/** Reads, splits and learns columns as `TableModel.train` does. @throws DataError, OptionError, FormatError */
export async function encodeTable(
  where: string,
  table: TableInput,
  options: EncodeTableOptions,
  { task, seed, onWarning }: EncodedFor,
): Promise<EncodedTable> {
  const warnings: string[] = [];
  const warn = (message: string) => {
    const own = message.replace(`${TRAIN}: `, "");
    if (warnings.includes(own)) return;
    warnings.push(own);
    onWarning(`${where}: ${own}`);
  };
  try {
    checkKeys(TRAIN, options, Object.keys({ ...readingOptions, ...choiceOptions }));
    const checked = readOptions(TRAIN, trainOptions, { ...options, ...(task && { task }), seed });
    const prepared = await prepare(await readTable(TRAIN, table, { ...checked, onWarning: warn }), checked, warn);
    checkClasses(prepared);
    const { classes, excluded, ignored, center, scale, train, test } = prepared;
    const { features: learned, target: own } = prepared;
    if (!classes) checkTargets(own.name, [...train.y, ...test.y]);
    if (!classes && test.y.length === 0) {
      const why = "it comes from rows that were learned from. Hold a fifth of the rows back";
      warn(`${TRAIN}: testSize: 0 leaves the interval around a number too narrow: ${why}.`);
    }
    const all = optionsAsJson({ ...checked, threshold: 0.5 });
    // Those that a search decides, not the table.
    const { seconds: _s, trials: _t, members: _m, optimizer: _o, importance: _i, seed: _, ...told } = all;
    const columns = { target: own, features: learned, classes, center, scale };
    const encoding = { ...columns, excluded, ignored, warnings, options: told, seed };
    return { encoding: JSON.parse(JSON.stringify(encoding)), train: rowsOf(train), test: rowsOf(test) };
  } catch (error) {
    if (error instanceof SimdgradError) error.message = error.message.replace(`${TRAIN}: `, `${where}: table: `);
    throw error;
  }
}

/** @throws DataError for targets that float32 cannot tell apart, as searches have it */
function checkTargets(name: string, y: readonly number[]): void {
  const rounded = Float32Array.from(y);
  keepExact(rounded, Float64Array.from(y), 1);
  const merged = mergedColumn(rounded, 1);
  if (!merged) return;
  throw new DataError(`${TRAIN}: column ${show(name)}: ${describeMerged(merged)}. Subtract an offset.`);
}

/** @throws DataError for a class that only the test rows have: no network could learn it */
function checkClasses({ classes, train }: Prepared): void {
  if (!classes) return;
  const seen = new Set(train.y);
  const lost = classes.find((_, code) => !seen.has(code));
  if (lost === undefined) return;
  const remedy = "Add rows of it, leave them out, or give testSize: 0";
  throw new DataError(`${TRAIN}: the class ${JSON.stringify(lost)} has no row to learn from. ${remedy}.`);
}

/** @throws FormatError for anything but JSON that `encodeTable` made */
export function checkEncoding(where: string, given: unknown): TableEncoding {
  const { target: own, features: columns, center, scale, classes, ignored } = (given ?? {}) as Partial<TableEncoding>;
  const areColumns = Array.isArray(columns) && columns.length > 0 && columns.every(isLearnedColumn);
  const areNumbers = [center, scale].every((list) => Array.isArray(list) && list.every(Number.isFinite));
  const areClasses = classes === null || (Array.isArray(classes) && classes.length > 1);
  if (areColumns && isLearnedColumn(own) && areNumbers && areClasses && Array.isArray(ignored)) {
    return given as TableEncoding;
  }
  throw new FormatError(`${where}: the description of the table is damaged. Make the plan again.`);
}

/** The scale of the targets that a regressor has learned. */
function targetScaleOf(attachment: JsonObject | null): Pick<TableFacts, "targetCenter" | "targetScale"> {
  const knowledge = attachment?.knowledge as { center?: number[]; scale?: number[] } | null | undefined;
  return { targetCenter: knowledge?.center?.[0] ?? 0, targetScale: knowledge?.scale?.[0] ?? 1 };
}

/**
 * The file of a `TableModel` with the network of a fitted estimator, which is used up: scores of the test rows, the
 * bound of errors, and what columns are worth.
 */
export function tableFileOf(
  where: string,
  encoding: TableEncoding,
  estimator: MLPClassifier | MLPRegressor,
  { train, test }: Pick<EncodedTable, "train" | "test">,
): Uint8Array<ArrayBuffer> {
  const { features: columns, classes, center, scale, excluded, ignored, warnings, options, seed } = encoding;
  const { model } = estimator;
  const inside = insideOf(where, model);
  const isClassifier = estimator instanceof MLPClassifier;
  const task = isClassifier ? "classification" : "regression";
  const own = isClassifier ? { targetCenter: 0, targetScale: 1 } : targetScaleOf(inside.attachment);
  const threshold = classes?.length === 2 ? 0.5 : null;
  const learned = { members: [model], linear: null, threshold, temperature: 1, ...own };
  const rows = ({ x, y }: EncodedRows) => ({ x, y: Float64Array.from(y), numbers: y.keys() as never });
  const [learnedRows, tested] = [rows(train), rows(test)];
  const names = columns.map(({ name }) => name);
  const parts = { names, features: columns, train: learnedRows, test: tested, classes };
  const { evaluation, ...judged } = judge(parts, learned, { importance: true, seed });
  const known = tested.y.length > 0 ? tested : learnedRows;
  const values = () => combined([model], known.x, { task, classes, temperature: 1, ...own });
  const facts: TableFacts = {
    ...{ target: encoding.target, features: columns, task, classes, threshold, temperature: 1, center, scale, ...own },
    errorBound: classes ? null : errorBound(known.y, values(), COVERED),
    rows: { train: train.y.length, test: test.y.length },
    ...judged,
    // Numbers of rows in their table are not known here.
    evaluation: evaluation && { ...evaluation, worst: [] },
    ...{ ignored, trials: [], excluded, warnings },
    training: { version: VERSION, seed, options, members: [] },
  };
  inside.attachment = describe(facts, []);
  return model.save({ optimizer: false });
}
