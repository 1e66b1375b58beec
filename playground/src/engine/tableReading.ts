/** Guesses how a table is written: whether it has a header, and its decimal sign. Knows cells, not files. */
import { tableEncoder } from "simdgrad";
import { type CsvOptions, type CsvTable, parseCsv } from "simdgrad/csv";
import { plainWords } from "./plainWords.js";
import type { Reading } from "./tableView.js";

/** Lines and rows that guesses are made from. */
const HEAD = 64 * 1024;
const SAMPLE = 1000;

type Cells = ArrayLike<unknown>;
export type LearnedColumn = ReturnType<ReturnType<typeof tableEncoder>["toJSON"]>["features"][number];

const silent = { onWarning: () => {} };

/** A column as `fromTable` would read it; `null` if there is nothing in it. */
export function learnedColumn(name: string, cells: Cells, decimal: "." | ",", most: number): LearnedColumn | null {
  const other = name === "x" ? "y" : "x";
  const columns = { [name]: cells, [other]: new Float64Array(cells.length) };
  const options = { missing: "median", handleInvalid: "missing", maxCategories: most, decimal, ...silent } as const;
  try {
    const encoder = tableEncoder({ target: other, features: [name], ...options });
    return encoder.fit({ rows: cells.length, columns }).toJSON().features[0];
  } catch {
    return null;
  }
}

const isYear = (cell: string) => /^(?:19|20)\d\d$/.test(cell);
const DATE = /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/;
const NUMBER = /^[-+(]?\p{Sc}?\s?\d[\d.,' \u00a0\u2007\u2009\u202f]*(?:e[-+]?\d+)?\)?\s?(?:%|\p{Sc})?$/iu;
const isTyped = (cell: string) => NUMBER.test(cell) || DATE.test(cell);

/** True if the first row looks like names, by the rows below it. */
export function hasHeader(columns: readonly (readonly (string | null)[])[]): boolean {
  const first = columns.map(([cell]) => cell);
  const present = first.filter((cell) => cell !== null);
  if (present.length === 0 || columns[0].length < 2) return true;
  const typed = present.filter(isTyped);
  if (typed.length > 0) {
    const areNames =
      typed.every(isYear) || (typed.length > 2 && typed.every((cell, i) => Number(cell) === Number(typed[0]) + i));
    return areNames && !typed.every((cell) => columns.some(([own, next]) => own === cell && next === cell));
  }
  const rest = columns.map((cells) => cells.slice(1).filter((cell) => cell !== null));
  if (rest.some((cells) => cells.length > 0 && cells.filter(isTyped).length * 2 > cells.length)) return true;
  // Nothing but text: names do not come again below.
  const again = columns.filter(([cell], i) => cell !== null && rest[i].includes(cell)).length;
  return again * 2 <= present.length;
}

/** The first lines of a text. */
function headOf(text: string): string {
  if (text.length <= HEAD) return text;
  const end = text.lastIndexOf("\n", HEAD);
  return text.slice(0, end > 0 ? end : HEAD);
}

async function guessHeader(text: string, delimiter: string): Promise<boolean> {
  const options = { header: false, dynamicTyping: false, delimiter, ...silent };
  // A cut through a quoted cell makes the first lines unreadable.
  const table = await parseCsv(headOf(text), options).catch(() => parseCsv(text, options));
  return hasHeader(table.names.map((name) => Array.from(table.columns[name].slice(0, SAMPLE) as (string | null)[])));
}

/** The decimal sign of most columns, by those whose numbers can be read with one sign only. */
function guessDecimal({ names, columns, delimiter }: CsvTable): "." | "," {
  const votes = { ".": 0, ",": 0, unclear: 0 };
  for (const name of names) {
    const cells = columns[name].slice(0, SAMPLE);
    if (cells instanceof Float64Array) {
      if (cells.some((cell) => !Number.isInteger(cell) && !Number.isNaN(cell))) votes["."]++;
      continue;
    }
    const [point, comma] = ([".", ","] as const).map((decimal) => {
      const learned = learnedColumn(name, cells, decimal, 50);
      return learned && "notation" in learned ? learned.notation?.decimal : undefined;
    });
    if (point === "," || comma === ".") votes[point ?? "."]++;
    else if (point === "." && comma === ",") votes.unclear++;
  }
  if (votes[","] > 0) return votes[","] >= votes["."] ? "," : ".";
  return votes.unclear > 0 && votes["."] === 0 && delimiter === ";" ? "," : ".";
}

/** A table, and how it was read. */
export interface ReadText {
  readonly table: CsvTable;
  readonly found: Omit<Reading, "encoding">;
  /** The options that read it so. */
  readonly options: CsvOptions;
  readonly notes: readonly string[];
}

/** @throws Error, in words for the page, for text that is no table. */
export async function readText(text: string, given: Reading): Promise<ReadText> {
  const delimiter = given.delimiter === "auto" ? "" : given.delimiter;
  const notes: string[] = [];
  try {
    const header = given.header === "auto" ? await guessHeader(text, delimiter) : given.header;
    const optionsOf = (decimal: "." | ","): CsvOptions => ({
      ...(delimiter && { delimiter }),
      ...(!header && { header }),
      ...(decimal === "," && { decimal, thousands: "." }),
    });
    const read = (decimal: "." | ",") => {
      notes.length = 0;
      const onWarning = (message: string) => {
        if (/ is called /.test(message)) notes.push(...namesIn(plainWords(message)));
      };
      return parseCsv(text, { ...optionsOf(decimal), onWarning });
    };
    let table = await read(given.decimal === "auto" ? "." : given.decimal);
    const decimal = given.decimal === "auto" ? guessDecimal(table) : given.decimal;
    if (given.decimal === "auto" && decimal === ",") table = await read(decimal);
    if (!header && given.header === "auto") {
      notes.push("The first row looks like data, not like names: the columns are called c0, c1, and so on.");
    }
    const found = { delimiter: table.delimiter as Reading["delimiter"], decimal, header };
    return { table, found, options: optionsOf(decimal), notes };
  } catch (error) {
    throw new Error(plainWords((error as Error).message), { cause: error });
  }
}

/** `line 1: column 2 is called "a_2", for "a" is there twice` in parts. */
function namesIn(message: string): string[] {
  return message
    .replace(/^line \d+: /, "")
    .replace(/\.$/, "")
    .split("; ")
    .map((part) => `${part[0].toUpperCase()}${part.slice(1)}.`);
}
