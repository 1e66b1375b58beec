/** The columns of a table model: what they are read as, what was left out and why, and how much each is worth. */
import { element } from "../plot/svg.js";
import type { TableColumn } from "../table/schema.js";
import type { TableModel } from "../table/tableModel.js";
import { type Cell, cellText, cut, data, inline, part, section, table, words } from "./page.js";

const SHOWN_CATEGORIES = 12;

function categoriesOf({ categories }: TableColumn): Cell {
  if (categories === null) return null;
  const shown = categories.slice(0, SHOWN_CATEGORIES).map((category) => cut(cellText(category), 40));
  const rest = categories.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? `, … (${rest} more)` : ""}`;
}

function fillText({ type, fill }: TableColumn): Cell {
  if (typeof fill === "number") return String(Number(fill.toPrecision(12))); // a median may end in 0000000001
  return fill !== null ? cut(cellText(fill), 40) : type === "hash" || type === "text" ? "nothing" : null;
}

/** Columns that are read, and those that are not. */
export function columnsSection(model: TableModel): string {
  const read = model.columns.map((column) => [
    column.name,
    column.type,
    column.inputs.length,
    fillText(column),
    categoriesOf(column),
  ]);
  const reasons = new Map(model.excluded.map(({ column, kind, reason }) => [column, [kind, reason]]));
  const left = model.training.ignored.map((name) => [name, ...(reasons.get(name) ?? ["left out", "by the options"])]);
  const warnings = model.warnings.map((warning) => element("li", {}, inline(warning)));
  return section(
    "columns",
    "Columns",
    table("Columns that are read", ["column", "read as", "inputs", "a missing value becomes", "categories"], read),
    left.length > 0 ? part("Not read", table("Columns that are not read", ["column", "finding", "why"], left)) : "",
    warnings.length > 0 ? part("Warnings", element("ul", {}, ...warnings)) : "",
  );
}

/** Permutation importance as bars. */
export function importanceSection(model: TableModel): string {
  const { importance } = model;
  if (importance === null) return "";
  const entries = Object.entries(importance).sort(([, a], [, b]) => b - a);
  const largest = entries.reduce((most, [, value]) => Math.max(most, value), 0);
  const bars = entries.map(([name, value]) => {
    const share = largest > 0 ? Math.max(0, value / largest) : 0;
    const rect = element("rect", { x: 0, y: 0, width: 100 * share, height: 10, rx: 1 });
    const look = { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" };
    const bar = element("dd", {}, element("svg", look, rect));
    return element("div", {}, element("dt", {}, inline(name)), bar, element("dd", { class: "value" }, data(value)));
  });
  const measure =
    model.task === "classification" ? "mean (1 − p)², where p is that of the true class," : "mean squared error";
  const rows = model.rows.test > 0 ? "test rows" : "rows that were learned from";
  return section(
    "importance",
    "Importance of the columns",
    element("p", {}, words(`How much the ${measure} grows when the cells of a column are shuffled among the ${rows}.`)),
    element("dl", { class: "bars" }, ...bars),
  );
}
