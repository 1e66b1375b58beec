/** The columns of a table or a model, a line for each. */
import type { CsvColumnReport, CsvTable } from "simdgrad/csv";
import type { ColumnFinding, TableModel } from "simdgrad/table";
import type { Colors } from "../io.js";
import { count, percent, plain, shown, table } from "./text.js";

const MOST = 60;
const SHOWN = 4;

function categoriesText(categories: readonly unknown[]): string {
  const names = categories.slice(0, SHOWN).map((category) => shown(String(category), 20));
  const rest = categories.length - names.length;
  return `${count(categories.length)} categories: ${names.join(", ")}${rest > 0 ? ", …" : ""}`;
}

const NUMBER_IN_TEXT = "number, written as text";

/** The type that a model reads a column as. */
function readAs({ type, inputs, categories }: TableModel["columns"][number], own: CsvColumnReport | undefined): string {
  if (categories) return categoriesText(categories);
  const parts = inputs.length > 1 ? `, in ${inputs.length} numbers` : "";
  return type === "number" && own?.type === "category" ? NUMBER_IN_TEXT : `${type}${parts}`;
}

function limited(lines: readonly string[], colors: Colors): string[] {
  const rest = lines.length - MOST;
  return rest > 0 ? [...lines.slice(0, MOST), colors.dim(`and ${count(rest)} more columns`)] : [...lines];
}

/** A line for the decision on each column, in the order of the table. */
export function decisionLines(colors: Colors, data: CsvTable, model: TableModel, ignored: readonly string[]): string[] {
  const read = new Map(model.columns.map((column) => [column.name, column]));
  const left = new Map(model.excluded.map(({ column, reason }) => [column, reason]));
  const reports = new Map(data.report.map((own) => [own.name, own]));
  const rows = data.names.map((name) => {
    const column = read.get(name);
    const own = reports.get(name);
    const missing = own && own.missing > 0 ? `, ${count(own.missing)} missing` : "";
    if (name === model.target) return [name, colors.bold("target")];
    if (column) return [name, `${readAs(column, own)}${missing}`];
    const reason = left.get(name) ?? (ignored.includes(name) ? "excluded" : "not one of --features");
    return [name, colors.yellow(`left out: ${reason}`)];
  });
  return limited(
    table(
      rows.map(([name, what]) => [shown(name, 32), what]),
      "left",
    ),
    colors,
  );
}

/** A line for each column of a model. */
export function modelColumnLines(colors: Colors, model: TableModel): string[] {
  const rows = model.columns.map((column) => [shown(column.name, 32), readAs(column, undefined)]);
  const out = model.excluded.map(({ column, reason }) => [shown(column, 32), colors.yellow(`left out: ${reason}`)]);
  return limited(table([...rows, ...out], "left"), colors);
}

/** A line for each column of a table, with what stands out; `numbers` are columns of text that are read as numbers. */
export function dataLines(
  colors: Colors,
  { rows, report }: CsvTable,
  findings: readonly ColumnFinding[],
  numbers: ReadonlySet<string>,
): string[] {
  const found = new Map(findings.map(({ column, reason }) => [column, reason]));
  const head = ["column", "type", "missing", "different", "range", ""].map((cell) => colors.dim(cell));
  const lines = report.map(({ name, type, missing, unique, min, max, mean }) => [
    shown(name, 32),
    numbers.has(name) ? NUMBER_IN_TEXT : type,
    missing > 0 ? percent(missing / rows) : "",
    count(unique),
    min === undefined || !Number.isFinite(min)
      ? ""
      : `${plain(min)} to ${plain(max as number)}, mean ${plain(mean as number)}`,
    found.has(name) ? colors.yellow(found.get(name) as string) : "",
  ]);
  return limited(table([head, ...lines], "left"), colors);
}

/** Most classes whose shares are shown. */
const MOST_SHARES = 6;

/** Classes and their shares, the most frequent first. */
export function classShares(cells: ArrayLike<unknown>): string {
  const counts = new Map<unknown, number>();
  let present = 0;
  for (const cell of Array.from(cells)) {
    if (cell === null || Number.isNaN(cell)) continue;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
    present++;
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const texts = sorted.slice(0, MOST_SHARES).map(([label, n]) => `${shown(String(label), 20)} ${percent(n / present)}`);
  return texts.join(", ") + (sorted.length > MOST_SHARES ? ", …" : "");
}
