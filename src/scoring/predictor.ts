/** A model of either kind as a function of cells by column: what it reads, and the columns that it gives. */

import { counted } from "../base/counted.js";
import { DataError, didYouMean, FormatError, OptionError, show } from "../base/errors.js";
import { readOptions } from "../base/options.js";
import { CORE } from "../model/inside.js";
import { insideOf } from "../model/insideOf.js";
import { runtimeOptions } from "../model/options.js";
import { Sequential } from "../sequential.js";
import { TableModel } from "../table/tableModel.js";
import type { JobOptions } from "./job.js";

/** Cells of a column. */
export type Cells = ArrayLike<unknown>;

/** A column of predictions. */
export interface OutputColumn {
  readonly name: string;
  readonly type: "number" | "boolean" | "text";
}

export interface Predictor {
  /** Columns that it reads, in order. */
  readonly inputs: readonly string[];
  /** Columns that it gives, in order. */
  readonly outputs: readonly OutputColumn[];
  /** Predictions for rows, by output; `filled` counts cells that were filled in. @throws DataError naming the row, from `begin` */
  predict(cells: readonly Cells[], begin: number, end: number, filled: Map<string, number>): unknown[][];
  dispose(): void;
}

const WHERE = "scoreFile";

/**
 * @param name Of the file.
 * @throws FormatError for other files, OptionError for options that do not fit the model.
 */
export async function loadPredictor(name: string, bytes: Uint8Array, options: JobOptions): Promise<Predictor> {
  const where = `${WHERE}: model: ${name}`;
  const runtime = readOptions(WHERE, runtimeOptions, { threads: 1 });
  const plain = await Sequential[CORE](where, bytes, runtime);
  const { attachment } = insideOf(WHERE, plain);
  if (attachment === null) return plainPredictor(plain, options);
  plain.dispose();
  if (attachment.tableModel === undefined) {
    const remedy = "Save its network alone, and prepare the columns before: model.save()";
    throw new FormatError(`${where}: expected a table model or a network, got an estimator. ${remedy}.`);
  }
  return tablePredictor(await TableModel[CORE](where, bytes, runtime), options);
}

function tablePredictor(model: TableModel, { features, strict, threshold }: JobOptions): Predictor {
  const { classes } = model;
  if (features !== null) {
    throw new OptionError(`${WHERE}: features: a table model knows its columns. Leave them out.`);
  }
  if (threshold !== null && classes?.length !== 2) {
    throw new OptionError(`${WHERE}: threshold: expected a model of two classes. Leave it out.`);
  }
  const inputs = model.columns.map(({ name }) => name);
  const hasOddName = inputs.includes("__proto__");
  const labels = classes ? typeOf(classes) : null;
  const own = { strict, ...(threshold !== null && { threshold }) };
  return {
    inputs,
    outputs: labels
      ? [{ name: "prediction", type: labels }, number("probability")]
      : [number("prediction"), number("low"), number("high")],
    predict(cells, begin, end, filled) {
      const rows = Array.from({ length: end - begin }, (_, i) => {
        if (hasOddName) return Object.fromEntries(inputs.map((name, c) => [name, cells[c][begin + i]]));
        const row: Record<string, unknown> = {};
        for (let c = 0; c < inputs.length; c++) row[inputs[c]] = cells[c][begin + i];
        return row;
      });
      const columns: unknown[][] = [[], [], []];
      for (const prediction of model.predict(rows, own)) {
        for (const text of prediction.warnings) count(filled, inputs, text);
        if ("label" in prediction) {
          columns[0].push(labels === "text" ? String(prediction.label) : prediction.label);
          columns[1].push(prediction.probability);
        } else {
          columns[0].push(prediction.value);
          columns[1].push(prediction.interval[0]);
          columns[2].push(prediction.interval[1]);
        }
      }
      return columns.slice(0, this.outputs.length);
    },
    dispose: () => model.dispose(),
  };
}

const number = (name: string): OutputColumn => ({ name, type: "number" });

function typeOf(classes: readonly unknown[]): OutputColumn["type"] {
  const [type] = new Set(classes.map((label) => typeof label));
  const isOne = classes.every((label) => typeof label === type);
  return isOne && (type === "number" || type === "boolean") ? type : "text";
}

/** Warnings begin with the name of their column. */
function count(filled: Map<string, number>, inputs: readonly string[], text: string): void {
  const name = inputs.find((input) => text.startsWith(`${input}: `));
  if (name !== undefined) filled.set(name, (filled.get(name) ?? 0) + 1);
}

function plainPredictor(model: Sequential, { features, threshold }: JobOptions): Predictor {
  const { layers } = model;
  const size = layers[0].inputShape.reduce((product, n) => product * n, 1);
  const width = layers[layers.length - 1].outputShape.reduce((product, n) => product * n, 1);
  if (threshold !== null) {
    throw new OptionError(`${WHERE}: threshold: a network alone has no classes. Leave it out.`);
  }
  if (features === null || features.length !== size) {
    const got = features === null ? "none" : `${features.length}`;
    const example = "features: the names of the columns in the order of its inputs";
    throw new OptionError(`${WHERE}: the network has ${counted(size, "input")}, got ${got}. Give ${example}.`);
  }
  const names = width === 1 ? ["prediction"] : Array.from({ length: width }, (_, i) => `prediction_${i}`);
  return {
    inputs: features,
    outputs: names.map(number),
    predict(cells, begin, end) {
      const x = new Float32Array((end - begin) * size);
      for (let c = 0; c < size; c++) {
        const own = cells[c];
        for (let row = begin; row < end; row++)
          x[(row - begin) * size + c] = numberOf(own[row], row - begin, features[c]);
      }
      const y = model.predict(x);
      return names.map((_, c) => Array.from({ length: end - begin }, (_, i) => y[i * width + c]));
    },
    dispose: () => model.dispose(),
  };
}

/** @throws DataError for anything but a number, or text that is one. */
function numberOf(cell: unknown, row: number, name: string): number {
  if (typeof cell === "number" && Number.isFinite(cell)) return cell;
  if (typeof cell === "boolean" || typeof cell === "bigint") return Number(cell);
  const value = typeof cell === "string" && cell.trim() !== "" ? Number(cell) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const what = cell === null || cell === undefined ? "no value" : show(cell);
  const remedy = "A network alone fills nothing in; a TableModel does";
  throw new DataError(`row ${row}: column ${show(name)}: expected a number, got ${what}. ${remedy}.`);
}

/** @throws DataError naming the file, for columns that it lacks. */
export function checkInputs(file: string, needed: readonly string[], names: readonly string[]): void {
  const known = new Set(names);
  const missing = needed.filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const list = missing.slice(0, 12).map(show).join(", ") + (missing.length > 12 ? ", …" : "");
  const hint = missing.length === 1 ? didYouMean(missing[0], names) : "";
  throw new DataError(
    `${file}: it lacks the column${missing.length > 1 ? "s" : ""} ${list}.${hint} Give a file that has them.`,
  );
}
