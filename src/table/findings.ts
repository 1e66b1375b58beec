/**
 * Things that stand out in the columns of a table before anything is learned: identifiers, constants, copies, empty columns.
 * Knows columns, not models.
 */
import { counted } from "../base/counted.js";
import { checkArguments } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { orderOf } from "../data/columns/date.js";
import { notationOf } from "../data/looseNumber.js";
import { isMissing } from "../data/preprocess/table.js";
import { type NamedTable, readNamed, type Source } from "../data/preprocess/tableSource.js";

/** A reason to leave a column out. */
export interface ColumnFinding {
  readonly column: string;
  readonly kind: "empty" | "constant" | "identifier" | "copy";
  /** In words, such as "all 7000 values differ". */
  readonly reason: string;
}

/** Fewer rows say nothing about identifiers. */
const ENOUGH_ROWS = 20;
/** Most columns of numbers that are compared with each other: the time grows with the square. */
const COMPARED = 200;
/** Rows that are compared to find copies. */
const SAMPLED = 5000;

/** A cell as text, so that dates and numbers can be counted. */
const keyOf = (cell: unknown) => (kindOf(cell) === "Date" ? String(Number(cell)) : String(cell));

function isRunning(numbers: readonly number[]): boolean {
  const step = numbers[1] - numbers[0];
  return step !== 0 && numbers.every((value, i) => i === 0 || value - numbers[i - 1] === step);
}

function singleFinding(name: string, cells: ArrayLike<unknown>, rows: ArrayLike<number>): ColumnFinding | null {
  const present = Array.from(rows, (row) => cells[row]).filter((cell) => !isMissing(cell) && cell !== "");
  // Cells that are objects are refused where the column is learned.
  if (present.some((cell) => typeof cell === "object" && kindOf(cell) !== "Date")) return null;
  const found = (kind: ColumnFinding["kind"], reason: string) => ({ column: name, kind, reason });
  if (present.length === 0) return found("empty", "every cell is missing");
  const different = new Set(present.map(keyOf)).size;
  if (different === 1) {
    const rest = present.length < rows.length ? " where there is one" : "";
    return found("constant", `every row has the same value${rest}`);
  }
  if (present.length < ENOUGH_ROWS || different < present.length) return null;
  const numbers = present.filter((cell) => typeof cell === "number");
  if (numbers.length === present.length) {
    return isRunning(numbers) ? found("identifier", "the values count the rows") : null;
  }
  const texts = present.map(String);
  const areAmounts = notationOf(texts)?.count === texts.length;
  const areSentences = texts.some((text) => /\s\S+\s/.test(text));
  if (areAmounts || areSentences || orderOf(present) !== null) return null;
  return found("identifier", `all ${counted(present.length, "value")} differ`);
}

/**
 * A column as codes in the order of first appearance: copies under other words have the same. Where values seldom come
 * again, codes count the rows, whatever the values are: `null`.
 */
function codesOf(cells: ArrayLike<unknown>, rows: ArrayLike<number>): string | null {
  const codes = new Map<string, number>();
  const text = Array.from(rows, (row) => {
    const key = isMissing(cells[row]) ? "\u0000" : keyOf(cells[row]);
    const code = codes.get(key) ?? codes.size;
    codes.set(key, code);
    return code;
  }).join();
  return codes.size * 2 > rows.length ? null : text;
}

/** Numbers that are a linear function of one another have correlation 1. */
function isLinear(a: Float64Array, b: Float64Array): boolean {
  const [meanA, meanB] = [a, b].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 && (ab * ab) / (aa * bb) > 1 - 1e-6;
}

/** The findings of the columns named, in their order. A copy is found at the later column. */
export function findingsOf(source: Source, names: readonly string[], rows: ArrayLike<number>): ColumnFinding[] {
  const findings: ColumnFinding[] = [];
  const sample = Array.from(rows).slice(0, SAMPLED);
  const codes = new Map<string, string>();
  const numbers = new Map<string, Float64Array>();
  for (const name of names) {
    const cells = source.column(name);
    const own = singleFinding(name, cells, rows);
    if (own) {
      findings.push(own);
      continue;
    }
    if (sample.length < ENOUGH_ROWS) continue;
    const code = codesOf(cells, sample);
    const same = code === null ? undefined : codes.get(code);
    const areNumbers = sample.every((row) => typeof cells[row] === "number" && !Number.isNaN(cells[row]));
    const values = areNumbers ? Float64Array.from(sample, (row) => cells[row] as number) : null;
    const scaled = values && numbers.size < COMPARED && [...numbers].find(([, other]) => isLinear(values, other))?.[0];
    const original = same ?? (scaled || undefined);
    if (original) {
      const reason = same ? `it says the same as "${original}"` : `it is "${original}" times a number, plus another`;
      findings.push({ column: name, kind: "copy", reason });
      continue;
    }
    if (code !== null) codes.set(code, name);
    if (values && numbers.size < COMPARED) numbers.set(name, values);
  }
  return findings;
}

/**
 * The columns of a table that a model should do without, in their order: `TableModel.train` leaves out the same, unless
 * it is told otherwise. @throws DataError, ShapeError for anything but a table
 */
export function tableFindings(table: NamedTable): ColumnFinding[] {
  checkArguments("tableFindings", arguments, 1);
  const source = readNamed("tableFindings", table);
  const rows = Uint32Array.from({ length: source.rows }, (_, row) => row);
  return findingsOf(source, [...source.names], rows);
}
