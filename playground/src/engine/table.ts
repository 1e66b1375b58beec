/** The user's table: read once, then converted to data for the chosen columns, and to inputs for single rows. */
import { fromTable, type TableEncoder, type TableOptions } from "simdgrad";
import type { OwnData } from "./ownData.js";
import { notesOfCells, plainWords } from "./plainWords.js";
import type { FieldView } from "./protocol.js";
import {
  type Cells,
  isMissing,
  type JudgedColumn,
  judgeColumns,
  likelyTarget,
  MOST_CATEGORIES,
  MOST_CLASSES,
} from "./tableColumns.js";
import { columnsOfJson, readTableText, type TableText } from "./tableFile.js";
import { readText } from "./tableReading.js";
import type { Reading, TableChoice, TableProgram, TableView } from "./tableView.js";

/** Larger tables would bring a tab close to the limit of its memory. */
const MOST_CELLS = 60_000_000;

const counted = (count: number) => count.toLocaleString("en");

interface Contents {
  readonly file: string;
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: ReadonlyMap<string, Cells>;
  readonly found: Reading | null;
  readonly notes: readonly string[];
  readonly source: Omit<TableProgram, "file" | "options">;
}

async function contentsOf(file: File, given: Reading): Promise<Contents> {
  const text = await readTableText(file, given.encoding);
  return text.isJson ? jsonContents(file.name, text) : csvContents(file.name, text, given);
}

function jsonContents(file: string, { text, isGzipped }: TableText): Contents {
  const { rows, columns } = columnsOfJson(file, text);
  const source = { isJson: true, isGzipped, encoding: null, csv: {} };
  return { file, rows, names: [...columns.keys()], columns, found: null, notes: [], source };
}

async function csvContents(file: string, text: TableText, given: Reading): Promise<Contents> {
  const { table, found, options, notes } = await readText(text.text, given);
  const { encoding, isGzipped, isGuess } = text;
  const guess = "The file is not Unicode, and is read as Western European. If letters look wrong, choose its encoding.";
  return {
    ...{ file, rows: table.rows, names: table.names, found: { ...found, encoding } },
    columns: new Map(table.names.map((name) => [name, table.columns[name]])),
    notes: [...(isGuess ? [guess] : []), ...notes],
    source: { isJson: false, isGzipped, encoding: encoding.startsWith("utf") ? null : encoding, csv: { ...options } },
  };
}

export class Table {
  readonly #contents: Contents;
  readonly #judged: readonly JudgedColumn[];
  #encoder: TableEncoder | null = null;
  /** What the library told while it read cells. */
  readonly #warnings: string[] = [];

  private constructor(contents: Contents) {
    const { names, columns, rows, found } = contents;
    this.#contents = contents;
    this.#judged = judgeColumns(names, columns, rows, found?.decimal === "," ? "," : ".");
  }

  /** @throws Error, in words for the page, for a file that is no table. */
  static async read(file: File, reading: Reading): Promise<Table> {
    return new Table(await contentsOf(file, reading));
  }

  get view(): TableView {
    const { rows, found, notes } = this.#contents;
    const columns = this.#judged.map(({ natural, ...column }) => column);
    return { rows, columns, found, notes, target: likelyTarget(columns) };
  }

  /** The data of the chosen columns; missing cells become the median, or the most frequent category. */
  dataFor({ target, inputs }: TableChoice): OwnData {
    const own = this.#column(target.name);
    checkTarget(own, target.type);
    if (inputs.length === 0)
      throw new Error("There is no column to learn from except the target. Use one as an input.");
    const options = this.#options({ target, inputs });
    this.#checkSize(options.features);
    const { rows, columns, names, file, source, notes } = this.#contents;
    const wanted = new Set([...options.features, target.name]);
    const kept = names.filter((name) => wanted.has(name));
    const table = {
      rows,
      names: kept,
      columns: Object.fromEntries(kept.map((name) => [name, columns.get(name) as Cells])),
    };
    this.#warnings.length = 0;
    const onWarning = (message: string) => this.#warnings.push(message);
    try {
      const { data, encoder } = fromTable(table, { ...options, onWarning } as TableOptions);
      this.#encoder = encoder;
      return {
        ...{ x: data.x, y: data.y, columns: encoder.featureNames, target: target.name, fields: fieldsOf(encoder) },
        classes: encoder.classes?.map(String) ?? null,
        notes: [...notes, ...notesOfCells(this.#warnings), ...this.#leftOut({ target, inputs })],
        program: { file, ...source, options },
      };
    } catch (error) {
      throw new Error(plainWords((error as Error).message), { cause: error });
    }
  }

  /** Inputs of one row, from the typed text. Empty fields are filled in as in training. */
  encode(values: Readonly<Record<string, string>>): Float32Array {
    const encoder = this.#encoder;
    if (!encoder) throw new Error("Choose a target first.");
    const isComma = this.#contents.found?.decimal === ",";
    const fields = encoder.toJSON().features;
    const row = Object.fromEntries(
      fields.map((field) => {
        const text = values[field.name]?.trim() ?? "";
        return [field.name, text === "" ? null : cellOf(field, text, isComma)];
      }),
    );
    this.#warnings.length = 0;
    const x = Float32Array.from(encoder.inputs([row]));
    const unread = this.#warnings
      .map((warning) => /column "(.*?)", row 0: (.*) cannot be read/.exec(warning))
      .find(Boolean);
    if (!unread) return x;
    const isDate = fields.some((field) => field.name === unread[1] && "kind" in field && field.kind === "date");
    throw new Error(`${unread[1]}: expected a ${isDate ? "date such as 2026-12-31" : "number"}, got ${unread[2]}.`);
  }

  #column(name: string): JudgedColumn {
    const found = this.#judged.find((column) => column.name === name);
    if (found) return found;
    throw new Error(`There is no column "${name}".`);
  }

  /** Options for `fromTable`: types are named where it would choose another. */
  #options({ target, inputs }: TableChoice) {
    const others = inputs.filter(({ name, type }) => this.#column(name).natural !== type);
    const isNumbers = typeof Array.from(this.#cells(target.name)).find((cell) => !isMissing(cell)) === "number";
    const types = [
      ...others.map(({ name, type }) => [name, type]),
      ...(isNumbers === (target.type === "number") ? [] : [[target.name, target.type]]),
    ];
    return {
      target: target.name,
      features: inputs.map(({ name }) => name),
      ...(types.length > 0 && { types: Object.fromEntries(types) }),
      ...{ missing: "median", handleInvalid: "missing", missingTarget: "drop", maxCategories: MOST_CATEGORIES },
      ...(this.#contents.found?.decimal === "," && { decimal: "," }),
    };
  }

  #cells(name: string): Cells {
    return this.#contents.columns.get(name) as Cells;
  }

  #leftOut({ target, inputs }: TableChoice): string[] {
    const used = new Set([target.name, ...inputs.map(({ name }) => name)]);
    const out = this.#judged.filter(({ name }) => !used.has(name));
    const list = out.map(({ name, reason }) => (reason ? `${name} (${reason})` : name)).join("; ");
    const { missing } = this.#column(target.name);
    return [
      ...(out.length > 0 ? [`Ignored: ${list}.`] : []),
      ...(missing > 0 ? [`${counted(missing)} rows that do not say their ${target.name} are left out.`] : []),
    ];
  }

  #checkSize(features: readonly string[]): void {
    const width = features.reduce((sum, name) => {
      const { type, unique } = this.#column(name);
      return sum + (type === "category" ? Math.min(unique, MOST_CATEGORIES) : 1);
    }, 0);
    const { rows } = this.#contents;
    if (rows * width <= MOST_CELLS) return;
    const what = `${counted(rows)} rows of ${counted(width)} numbers each`;
    throw new Error(`${what} are more than a tab can take. Take a sample of the rows, or fewer columns.`);
  }
}

function checkTarget({ name, type, unique }: JudgedColumn, as: "number" | "category"): void {
  if (type === null || unique < 2) throw new Error(`Column "${name}" says the same in all rows. Choose another.`);
  if (as === "number" || unique <= MOST_CLASSES) return;
  const what = { date: "different dates", number: "different numbers" }[type as string] ?? "different texts";
  throw new Error(`Column "${name}" has ${counted(unique)} ${what}, too many to tell apart. Choose another.`);
}

type Field = ReturnType<TableEncoder["toJSON"]>["features"][number];

/** A number as CSV files have it: 0x10 is text. */
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A cell from what a person typed. @throws Error for text that is not a number. */
function cellOf(field: Field, text: string, isComma: boolean): unknown {
  if (field.categories) return field.categories.find((category) => String(category) === text) ?? text;
  if ("kind" in field) return text;
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  const parts = /^([-+]?\d+),(\d+)$/.exec(text);
  if (parts && (isComma || parts[2].length !== 3)) return Number(`${parts[1]}.${parts[2]}`);
  if (field.fromText) return text;
  throw new Error(`${field.name}: expected a number, got "${text}".`);
}

const MS_PER_DAY = 86_400_000;

function fieldsOf(encoder: TableEncoder): FieldView[] {
  return encoder.toJSON().features.map((field) => {
    const { name, fill } = field;
    const kind = "kind" in field ? field.kind : null;
    if (kind === "boolean") {
      const { words } = field as unknown as { words: readonly string[] };
      return { name, categories: words, typical: words[Number(fill)] };
    }
    const categories = field.categories?.map(String) ?? null;
    if (kind === "date") {
      return { name, categories, typical: new Date(Number(fill) * MS_PER_DAY).toISOString().slice(0, 10) };
    }
    if (typeof fill === "number" && !categories)
      return { name, categories, typical: String(Number(fill.toPrecision(6))) };
    return { name, categories, typical: fill === null ? "" : String(fill) };
  });
}
