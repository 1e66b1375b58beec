/** A model of a table: what its columns mean, and the networks that learned from them, in one object and one file. */

import { decodeBase64 } from "../base/base64.js";
import { counted } from "../base/counted.js";
import { encodeBase64 } from "../base/encodeBase64.js";
import { DataError, FormatError, OptionError } from "../base/errors.js";
import { copyJson, type JsonObject } from "../base/json.js";
import { readOptions } from "../base/options.js";
import { outputsOf, typeOf } from "../data/columns/column.js";
import { describeColumn, describeTarget } from "../data/columns/describe.js";
import { withWarnings } from "../data/onWarning.js";
import type { Category } from "../data/preprocess/table.js";
import { checkRecord, isColumnTable, type NamedTable, readNamed } from "../data/preprocess/tableSource.js";
import { runtimeOf } from "../estimators/options.js";
import { CORE } from "../model/inside.js";
import { insideOf } from "../model/insideOf.js";
import { type CheckedRuntime, type RuntimeOptions, runtimeOptions } from "../model/options.js";
import { Sequential } from "../sequential.js";
import { deepFreeze } from "../specs/layers/facts.js";
import { contributionsOf } from "./contributions.js";
import { resultsOf, type TableEvaluation, type TableResults } from "./evaluation.js";
import { describe, readFacts, type TableFacts } from "./file.js";
import type { ColumnFinding } from "./findings.js";
import { GrowingNumbers } from "./growingNumbers.js";
import { knownRows } from "./known.js";
import { type SaveTableOptions, saveOptions, type TableTask, type TrainTableOptions, trainOptions } from "./options.js";
import {
  type EvaluateTableOptions,
  type ExplainTableOptions,
  evaluateOptions,
  explainOptions,
  type PredictionExplanation,
  type PredictTableOptions,
  predictOptions,
  type TablePrediction,
} from "./prediction.js";
import { combined, scaled } from "./predictor.js";
import { fillValue, RowReader } from "./rows.js";
import { schemaOf, type TableColumn } from "./schema.js";
import { labelsOf, type TableScores } from "./scores.js";
import type { Trial } from "./setting.js";
import { isArriving, objectsOf, readTable, type TableInput } from "./source.js";
import { trainTable } from "./train.js";
import type { TableTraining } from "./training.js";

/** A model of a table. Made by `TableModel.train` or `TableModel.load`. */
export class TableModel {
  readonly #facts: TableFacts;
  readonly #members: readonly Sequential[];
  readonly #reader: RowReader;

  private constructor(facts: TableFacts, members: readonly Sequential[]) {
    this.#facts = deepFreeze(facts);
    this.#members = members;
    this.#reader = new RowReader("TableModel.predict", facts.features, [facts.target.name, ...facts.ignored]);
  }

  /**
   * Learns to predict a column from the others.
   *
   * Columns are read as `fromTable` does; those that look like identifiers, constants or copies are left out. Rows are
   * split before anything is learned. Missing numbers become medians, missing categories the most frequent; columns are
   * standardized. Linear models and networks of several sizes are tried by successive halving, then `members` networks are
   * trained with the best setting, each stopped by a part of the rows that it has not seen. These parts also give the
   * calibration of probabilities (temperature), the threshold, and the interval of numbers. Scores are of the test rows.
   *
   * ```js
   * const model = await TableModel.train("customers.csv", { target: "churn", exclude: ["customerID"] });
   * model.scores; // { rocAuc: 0.84, … } beside model.baselines
   * ```
   * @throws DataError for tables that cannot be used, OptionError, FormatError for CSV
   */
  static async train(table: TableInput, options: TrainTableOptions): Promise<TableModel> {
    const where = "TableModel.train";
    const checked = readOptions(where, trainOptions, options, arguments);
    let model: TableModel | undefined;
    try {
      return await withWarnings(checked, async (own) => {
        const { facts, members } = await trainTable(await readTable(where, table, own), own);
        model = new TableModel(facts, members);
        return model;
      });
    } catch (error) {
      model?.dispose();
      throw error;
    }
  }

  /** A model from what `save` returned, ready to predict. @throws FormatError */
  static async load(bytes: Uint8Array | ArrayBuffer, options: RuntimeOptions = {}): Promise<TableModel> {
    const where = "TableModel.load";
    return TableModel[CORE](where, bytes, readOptions(where, runtimeOptions, options, arguments));
  }

  /** `load` for another function of the library, which is called `where` and has checked the options. */
  static async [CORE](where: string, bytes: Uint8Array | ArrayBuffer, options: CheckedRuntime): Promise<TableModel> {
    const runtime = runtimeOf(options);
    const load = (file: Uint8Array | ArrayBuffer) => Sequential[CORE](where, file, runtime);
    const first = await load(bytes);
    const members = [first];
    try {
      const { facts, members: rest } = readFacts(where, insideOf(where, first).attachment, inputsOf(first));
      for (const member of rest) members.push(await load(decodeBase64(member)));
      if (members.some((member) => inputsOf(member) !== facts.center.length)) {
        throw new FormatError(`${where}: the networks do not fit each other. The file was altered.`);
      }
      const outputs = facts.features.flatMap(outputsOf).length;
      if (outputs !== facts.center.length)
        throw new FormatError(`${where}: the columns do not fit the networks. The file was altered.`);
      return new TableModel(facts, members);
    } catch (error) {
      for (const member of members) member.dispose();
      throw error;
    }
  }

  /** Name of the column that is predicted. */
  get target(): string {
    return this.#facts.target.name;
  }

  get task(): TableTask {
    return this.#facts.task;
  }

  /** The classes in the order of the networks' outputs, the positive one of two last; `null` for numbers. */
  get classes(): readonly Category[] | null {
    return this.#facts.classes;
  }

  /** For two classes: the probability of the second from which it is predicted. */
  get threshold(): number | null {
    return this.#facts.threshold;
  }

  /** The columns that are read, in order. */
  get columns(): readonly TableColumn[] {
    return this.#facts.features.map((column) => ({
      name: column.name,
      type: typeOf(column),
      inputs: outputsOf(column),
      categories: column.categories,
      fill: fillValue(column),
    }));
  }

  /** Columns that were left out, and why. */
  get excluded(): readonly ColumnFinding[] {
    return this.#facts.excluded;
  }

  /** The fate of each column, a line for each: the target, those that are read, and those that are not, with the reason. */
  get report(): string[] {
    const { target, features, excluded, ignored } = this.#facts;
    const reasons = new Map(excluded.map(({ column, reason }) => [column, reason]));
    const out = ignored.map((name) => `${name}: left out, ${reasons.get(name) ?? "as the options say"}`);
    return [describeTarget(target), ...features.map(describeColumn), ...out];
  }

  /** Scores of the test rows; `null` without such rows. */
  get scores(): TableScores | null {
    return this.#facts.scores;
  }

  /** The predictions for the test rows as counts and curves, without the rows; `null` without such rows. */
  get evaluation(): TableEvaluation | null {
    return this.#facts.evaluation;
  }

  /** Scores of simple models for the same rows: the majority or the mean, and a linear model. */
  get baselines(): Readonly<Record<string, TableScores>> {
    return this.#facts.baselines;
  }

  /**
   * Counts of the test rows: by true class a row of counts by predicted class, in the order of `classes`; `null` without either,
   * and for more than 100 classes.
   */
  get confusionMatrix(): readonly (readonly number[])[] | null {
    return this.#facts.confusionMatrix ?? null;
  }

  /** Importance by column, largest first: how much the mean squared error (of a class: (1 − p)²) grows when its cells are shuffled. */
  get importance(): Readonly<Record<string, number>> | null {
    return this.#facts.importance;
  }

  /** The settings that were tried, the best first. */
  get trials(): readonly Trial[] {
    return this.#facts.trials;
  }

  /** The losses by epoch, and all that is needed to train the model again. */
  get training(): TableTraining {
    const { training, temperature, ignored } = this.#facts;
    return { ...training, temperature, ignored };
  }

  /** Warnings of training. */
  get warnings(): readonly string[] {
    return this.#facts.warnings;
  }

  /** Numbers of rows that were learned from, and of those for the scores. */
  get rows(): { readonly train: number; readonly test: number } {
    return this.#facts.rows;
  }

  /** Your own JSON, which travels in the file. */
  get metadata(): JsonObject | null {
    return this.#members[0].metadata;
  }

  set metadata(metadata: object | null) {
    this.#members[0].metadata = metadata === null ? null : copyJson("metadata", metadata);
  }

  /**
   * The class or the number of a row, or of each row of several, or of columns as `parseCsv` gives them. A missing,
   * unknown or unreadable value is filled in as in training, and told in `warnings`; text that is a number is read as
   * one, as forms send it.
   * @throws DataError for anything but objects; with `strict` for the first warning
   */
  predict(rows: NamedTable, options?: PredictTableOptions): TablePrediction[];
  predict(row: object, options?: PredictTableOptions): TablePrediction;
  predict(row: object | NamedTable, options: PredictTableOptions = {}): TablePrediction | TablePrediction[] {
    const where = "TableModel.predict";
    const { strict, threshold = this.#facts.threshold } = readOptions(where, predictOptions, options);
    if (threshold !== null && this.classes?.length !== 2) {
      throw new OptionError(`${where}: threshold: expected a model of two classes. Leave it out.`);
    }
    if (Array.isArray(row)) return row.length === 0 ? [] : this.#predictAll(row, strict, threshold);
    if (isColumnTable(row)) {
      const source = readNamed(where, row);
      return this.#predictAll(objectsOf(source, [...Array(source.rows).keys()]), strict, threshold);
    }
    if (isArriving(row) && !("get" in row)) {
      const remedy = Symbol.iterator in row ? "Give [...rows]" : "Put them into an array first, by for await";
      throw new DataError(`${where}: expected a row or an array of rows, got rows one by one. ${remedy}.`);
    }
    return this.#predictAll([row], strict, threshold)[0];
  }

  /**
   * Scores for rows whose target is known; with `details` also what a report shows of them. Memory holds some thousands
   * of the rows at a time, and of each its target and prediction. @throws DataError, OptionError
   */
  evaluate(table: TableInput, options?: EvaluateTableOptions & { readonly details?: false }): Promise<TableScores>;
  evaluate(table: TableInput, options: EvaluateTableOptions & { readonly details: true }): Promise<TableResults>;
  async evaluate(table: TableInput, options: EvaluateTableOptions = {}): Promise<TableScores | TableResults> {
    const where = "TableModel.evaluate";
    const { details } = readOptions(where, evaluateOptions, options, arguments);
    const [y, values, rows] = [new GrowingNumbers(), new GrowingNumbers(), new GrowingNumbers()];
    let skipped = 0;
    for await (const batch of knownRows(where, table, this.#facts, details)) {
      skipped += batch.skipped;
      if (batch.y.length === 0) continue;
      y.add(batch.y);
      values.add(this.#combined(batch.x));
      rows.add(batch.rows);
    }
    const { classes, threshold } = this.#facts;
    const results = resultsOf(y.values(), values.values(), classes, threshold, rows.values());
    return details ? { ...results, rows: y.length, skipped } : results.scores;
  }

  /** What the value of each column adds to the prediction, by Shapley values against a row of mean values. */
  explainPrediction(row: object, options: ExplainTableOptions = {}): PredictionExplanation {
    const where = "TableModel.explainPrediction";
    const { strict, seed } = readOptions(where, explainOptions, options, arguments);
    const [prediction] = this.#predictAll([row], strict, this.#facts.threshold);
    const { x } = this.#scaledRows([row], strict);
    const { classes, features } = this.#facts;
    const code = "label" in prediction && classes ? classes.indexOf(prediction.label) : 0;
    const width = classes?.length ?? 1;
    const values = (own: Float32Array) => {
      const all = this.#combined(own);
      return Float64Array.from({ length: all.length / width }, (_, i) => all[i * width + code]);
    };
    const typical = new Float32Array(x.length);
    const groups: [number, number][] = [];
    let begin = 0;
    for (const column of features) {
      const end = begin + outputsOf(column).length;
      groups.push([begin, end]);
      begin = end;
    }
    const sums = contributionsOf(x, typical, groups, values, seed);
    const named = features.map(({ name }, i): [string, number] => [name, sums[i]]);
    named.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    return { prediction, typical: values(typical)[0], contributions: Object.fromEntries(named) };
  }

  /** The rows that `predict` takes, as JSON Schema (draft 2020-12). */
  schema(): JsonObject {
    return schemaOf(this.columns);
  }

  /**
   * One file: columns, networks, classes, threshold, scores and `metadata`. With weights as float16 or int8, it takes
   * about a half or a quarter of the bytes, for downloads.
   *
   * @example await writeFile("sales.simdgrad", model.save({ weights: "float16" }));
   * @throws OptionError
   */
  save(options: SaveTableOptions = {}): Uint8Array<ArrayBuffer> {
    const { weights } = readOptions("TableModel.save", saveOptions, options, arguments);
    const [first, ...rest] = this.#members;
    const members = rest.map((member) => encodeBase64(member.save({ optimizer: false, weights })));
    insideOf("TableModel.save", first).attachment = describe(this.#facts, members);
    return first.save({ optimizer: false, weights });
  }

  /** Refuses every call: JSON is no form for weights. @throws OptionError */
  toJSON(): never {
    throw new OptionError(
      "TableModel: JSON does not hold weights. Keep the bytes of save(), for TableModel.load(bytes).",
    );
  }

  /** Frees the memory of the networks. */
  dispose(): void {
    for (const member of this.#members) member.dispose();
  }

  /** A summary in a few lines. */
  toString(): string {
    const { task, target, rows, scores, baselines, classes } = this.#facts;
    const of = classes ? `${task} of ${target.name} (${classes.map(String).join(", ")})` : `${task} of ${target.name}`;
    const lines = [`TableModel: ${of}, ${counted(this.columns.length, "column")}, ${counted(rows.train, "row")}`];
    const line = (name: string, own: TableScores) =>
      `  ${name.padEnd(8)} ${Object.entries(own)
        .map(([score, value]) => `${score} ${value.toFixed(3)}`)
        .join("  ")}`;
    if (scores) lines.push(line("model", scores), ...Object.entries(baselines).map(([name, own]) => line(name, own)));
    return lines.join("\n");
  }

  #scaledRows(rows: readonly object[], isStrict: boolean): { x: Float32Array<ArrayBuffer>; warnings: string[][] } {
    for (let i = 0; i < rows.length; i++) checkRecord(`TableModel.predict: row ${i}`, rows[i]);
    const { x, warnings } = this.#reader.read(rows, isStrict);
    return { x: scaled(x, this.#facts.center, this.#facts.scale), warnings };
  }

  #combined(x: Float32Array): Float64Array {
    return combined(this.#members, x, this.#facts);
  }

  #predictAll(rows: readonly object[], isStrict: boolean, threshold: number | null): TablePrediction[] {
    const { x, warnings } = this.#scaledRows(rows, isStrict);
    const { classes, errorBound } = this.#facts;
    const own = this.#combined(x);
    if (classes === null) {
      const bound = errorBound ?? 0;
      return warnings.map((told, i) => ({ value: own[i], interval: [own[i] - bound, own[i] + bound], warnings: told }));
    }
    const labels = labelsOf(own, classes.length, threshold);
    return warnings.map((told, i) => {
      const probabilities = own.subarray(i * classes.length, (i + 1) * classes.length);
      return {
        label: classes[labels[i]],
        probability: probabilities[labels[i]],
        probabilities: Object.fromEntries(classes.map((label, c) => [String(label), probabilities[c]])),
        warnings: told,
      };
    });
  }
}

function inputsOf(model: Sequential): number {
  const { layers } = model;
  return layers[0].inputShape.reduce((size, n) => size * n, 1);
}
