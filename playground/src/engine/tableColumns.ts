/** Judges the columns of a table: their types, their use as a target, and reasons to leave them out. */
import { tableFindings } from "simdgrad/table";
import { type LearnedColumn, learnedColumn } from "./tableReading.js";
import type { CellType, ColumnView } from "./tableView.js";

export type Cells = ArrayLike<unknown>;

/** A target with at most this many different whole numbers is taken for classes, if each comes often. */
const FEW = 10;
const OFTEN = 5;
/** A text column with more categories than this is a name or an id. */
export const MOST_CATEGORIES = 50;
/** More classes than this cannot be told apart. */
export const MOST_CLASSES = 100;
/** Rows by which columns are compared. */
const COMPARED = 20_000;
const SAMPLES = 4;
/** Rows that say whether ids are ids. */
const ENOUGH = 20;

export const isMissing = (cell: unknown) => cell === null || cell === undefined || Number.isNaN(cell);

function naturalType(learned: LearnedColumn): CellType {
  if ("kind" in learned) return learned.kind as CellType;
  return learned.categories ? "category" : "number";
}

function typesFor(type: CellType, isText: boolean): CellType[] {
  return [...new Set<CellType>([type, "category", ...(isText ? (["text"] as const) : [])])];
}

function asTarget(type: CellType, unique: number, present: readonly unknown[]): ColumnView["asTarget"] {
  if (unique < 2 || type === "date" || type === "text") return null;
  if (type !== "number") return unique <= MOST_CLASSES ? "category" : null;
  if (unique === 2) return "category";
  const areCodes = unique <= FEW && present.every(Number.isInteger) && unique * OFTEN <= present.length;
  return areCodes ? "category" : "number";
}

const NAMES_ROWS = /(?:^|[^a-z])(?:id|nr|no|key|uuid|guid|index|rownames?)$|[a-z]I[dD]$|^unnamed|^column_1$/i;

function reasonOf(name: string, type: CellType, unique: number, present: readonly unknown[]): string {
  if (unique < 2) return "all rows say the same";
  if (type === "category" && unique > MOST_CATEGORIES) {
    return `${unique.toLocaleString("en")} different texts: these are names rather than classes`;
  }
  const areIds =
    type === "number" && present.length >= ENOUGH && unique === present.length && present.every(Number.isInteger);
  return areIds && NAMES_ROWS.test(name) ? "a different number in each row: it names the rows" : "";
}

export interface JudgedColumn extends ColumnView {
  /** The type that `fromTable` gives it by itself. */
  readonly natural: CellType | null;
}

function judged(name: string, cells: Cells, decimal: "." | ","): JudgedColumn {
  const present = Array.from(cells).filter((cell) => !isMissing(cell));
  const missing = cells.length - present.length;
  const unique = new Set(present).size;
  const samples = [...new Set(present.slice(0, 200))].slice(0, SAMPLES).map(String);
  const learned = learnedColumn(name, cells, decimal, MOST_CATEGORIES);
  const shared = { name, missing, unique, samples };
  if (!learned) {
    return { ...shared, natural: null, type: null, types: [], asTarget: null, reason: "every cell is missing" };
  }
  const natural = naturalType(learned);
  const type = typeof present[0] === "boolean" ? "boolean" : natural;
  return {
    ...{ ...shared, natural, type },
    types: typesFor(type, typeof present[0] === "string"),
    asTarget: asTarget(type, unique, present),
    reason: reasonOf(name, type, unique, present),
  };
}

/** All columns, with a reason for those that should be left out. */
export function judgeColumns(
  names: readonly string[],
  columns: ReadonlyMap<string, Cells>,
  rows: number,
  decimal: "." | ",",
): JudgedColumn[] {
  const all = names.map((name) => judged(name, columns.get(name) as Cells, decimal));
  const count = Math.min(rows, COMPARED);
  const head = names.map(
    (name) => [name, Array.from({ length: count }, (_, row) => columns.get(name)?.[row])] as const,
  );
  const findings = tableFindings({ rows: count, names, columns: Object.fromEntries(head) });
  // Numbers that only change together are not the same to a network.
  const isCopy = (name: string, reason: string) =>
    all.find((column) => column.name === name)?.type !== "number" || reason.includes("times a number");
  const told = findings.filter(
    ({ kind, column, reason }) => kind === "identifier" || (kind === "copy" && isCopy(column, reason)),
  );
  const reasons = new Map(told.map(({ column, reason }) => [column, reason]));
  return all.map((column) => ({ ...column, reason: reasons.get(column.name) ?? column.reason }));
}

const TARGET = /^(?:target|label|class|y|outcome|survived|price|species|kind|result|stars|rating|grade)$/i;

/** The column that is probably to be learned: by its name, else the last that can be. */
export function likelyTarget(columns: readonly ColumnView[]): string {
  const possible = columns.filter(({ asTarget }) => asTarget !== null);
  const named = possible.findLast(({ name }) => TARGET.test(name));
  const last = possible.findLast(({ reason }) => reason === "") ?? possible.at(-1);
  return (named ?? last ?? columns[columns.length - 1]).name;
}
