/** The user's CSV: parsed once, then converted to data for the chosen target, and to inputs for single rows. */

import { fromTable, type TableEncoder } from "simdgrad";
import { type CsvColumnReport, type CsvTable, parseCsv } from "simdgrad/csv";
import type { OwnData } from "./ownData.js";
import type { FieldView } from "./protocol.js";

/** Contents of a file. */
export interface TableView {
  readonly rows: number;
  readonly report: readonly CsvColumnReport[];
  /** The first rows, as text. */
  readonly preview: readonly (readonly string[])[];
  /** Warnings about columns that may not be as intended. */
  readonly warnings: readonly string[];
}

/** The steps taken to turn the table into data, in words. */
export type Notes = readonly string[];

/** A target with at most this many distinct numbers is taken for classes. */
const FEW = 10;
/** A column with more classes than this is a name or an id rather than a target. */
const MOST_CLASSES = 100;
/** A text column with more categories than this is a name or an id, and is left out. */
const MOST_CATEGORIES = 50;
const PREVIEW = 5;
/** Larger tables would bring a tab close to the limit of its memory. */
const MOST_BYTES = 150 * 2 ** 20;
const MOST_CELLS = 60_000_000;

const counted = (count: number) => count.toLocaleString("en");

export class Table {
  readonly #table: CsvTable;
  /** Warnings about content that may not be as intended. */
  readonly #warnings: readonly string[];
  #encoder: TableEncoder | null = null;

  private constructor(table: CsvTable, warnings: readonly string[]) {
    this.#table = table;
    this.#warnings = warnings;
  }

  /** @throws FormatError, DataError naming the line that cannot be read; Error for a file that is too large. */
  static async read(file: File): Promise<Table> {
    if (file.size > MOST_BYTES) {
      const [size, most] = [file.size, MOST_BYTES].map((count) => Math.round(count / 2 ** 20));
      throw new Error(`${file.name} has ${size} MB; a tab can take ${most}. Take a sample of its rows.`);
    }
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message.replace("parseCsv: ", ""));
    return new Table(await parseCsv(await file.arrayBuffer(), { onWarning }), warnings);
  }

  get view(): TableView {
    const { rows, report, columns } = this.#table;
    const preview = Array.from({ length: Math.min(rows, PREVIEW) }, (_, row) =>
      report.map(({ name }) => {
        const cell = columns[name][row];
        return isMissing(cell) ? "" : String(cell);
      }),
    );
    return { rows, report, preview, warnings: this.#warnings };
  }

  /** The data with this column as target; missing cells become the median, or the most frequent category. */
  dataFor(target: string): { readonly data: OwnData; readonly notes: Notes } {
    const own = this.#table.report.find(({ name }) => name === target);
    if (!own) throw new Error(`There is no column "${target}".`);
    const isClass = own.type !== "number" || own.unique <= FEW;
    this.#checkTarget(own, isClass);
    const { features, leftOut } = this.#features(target);
    this.#checkSize(features);
    const table = rowsWith(this.#table, target, own.missing);
    const { data, encoder } = fromTable(table, {
      target,
      features,
      missing: "median",
      onWarning: () => {}, // reported when the file was read
      ...(isClass ? { types: { [target]: "category" } } : {}),
    });
    this.#encoder = encoder;
    return {
      data: {
        x: data.x,
        y: data.y,
        columns: encoder.featureNames,
        classes: encoder.classes?.map(String) ?? null,
        target,
        fields: fieldsOf(encoder),
      },
      notes: [
        ...(leftOut.length > 0 ? [`Left out, as there is nothing to learn from them: ${leftOut.join(", ")}.`] : []),
        ...(own.missing > 0 ? [`Left out ${counted(own.missing)} rows that do not say their ${target}.`] : []),
      ],
    };
  }

  /** Inputs of one row, from the typed text. Empty fields are filled in as in training. */
  encode(values: Readonly<Record<string, string>>): Float32Array {
    const encoder = this.#encoder;
    if (!encoder) throw new Error("Choose a target first.");
    const row = Object.fromEntries(
      fieldsOf(encoder).map(({ name, categories }) => {
        const text = values[name]?.trim() ?? "";
        return [name, text === "" ? null : categories ? text : numberIn(name, text)];
      }),
    );
    return Float32Array.from(encoder.inputs([row]));
  }

  #checkTarget({ name, type, unique }: CsvColumnReport, isClass: boolean): void {
    if (type === "empty" || unique < 2) throw new Error(`Column "${name}" says the same in all rows. Choose another.`);
    if (!isClass || unique <= MOST_CLASSES) return;
    const what = type === "date" ? "different dates" : "different texts";
    throw new Error(`Column "${name}" has ${counted(unique)} ${what}, too many to tell apart. Choose another.`);
  }

  #checkSize(features: readonly string[]): void {
    const used = this.#table.report.filter(({ name }) => features.includes(name));
    const width = used.reduce((sum, { type, unique }) => sum + (type === "category" ? unique : 1), 0);
    if (this.#table.rows * width <= MOST_CELLS) return;
    const what = `${counted(this.#table.rows)} rows of ${counted(width)} numbers each`;
    throw new Error(`${what} are more than a tab can take. Take a sample of the rows, or fewer columns.`);
  }

  #features(target: string): { features: string[]; leftOut: string[] } {
    const others = this.#table.report.filter(({ name }) => name !== target);
    const isUsable = ({ type, unique }: CsvColumnReport) =>
      type !== "empty" && type !== "date" && unique > 1 && (type !== "category" || unique <= MOST_CATEGORIES);
    const features = others.filter(isUsable).map(({ name }) => name);
    if (features.length === 0) throw new Error("There is no column to learn from except the target.");
    return { features, leftOut: others.filter((column) => !isUsable(column)).map(({ name }) => name) };
  }
}

function isMissing(cell: unknown): boolean {
  return cell === null || Number.isNaN(cell);
}

/** @throws Error for text that is not a number. */
function numberIn(name: string, text: string): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new Error(`${name}: expected a number, got "${text}".`);
}

function fieldsOf(encoder: TableEncoder): FieldView[] {
  return encoder.toJSON().features.map(({ name, categories, fill }) => ({
    name,
    categories: categories?.map(String) ?? null,
    typical: String(Number(fill)) === "NaN" ? String(fill) : String(Number(Number(fill).toPrecision(6))),
  }));
}

/** The rows that have a target. */
function rowsWith(table: CsvTable, target: string, missing: number): CsvTable {
  if (missing === 0) return table;
  const own = table.columns[target];
  const places = Array.from(own as ArrayLike<unknown>, (cell, row) => (isMissing(cell) ? -1 : row)).filter(
    (row) => row >= 0,
  );
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([name, cells]) => [
      name,
      cells instanceof Float64Array ? Float64Array.from(places, (row) => cells[row]) : places.map((row) => cells[row]),
    ]),
  );
  return { ...table, rows: places.length, columns: columns as CsvTable["columns"] };
}
