/** The type that a column is read as, in words: a line of a report. */
import { counted } from "../../base/counted.js";
import { show } from "../../base/errors.js";
import { CLOCK_UNIT } from "../looseNumber.js";
import { type LearnedColumn, outputsOf, typeOf } from "./column.js";
import { dayText } from "./date.js";

/** Categories that a line names. */
const SHOWN = 4;

const inputsText = (column: LearnedColumn) => {
  const inputs = outputsOf(column).length;
  return inputs === 1 ? "" : `, ${counted(inputs, "column")} of x`;
};

function typeText(column: LearnedColumn): string {
  if (column.categories) {
    const shown = column.categories.slice(0, SHOWN).map(show);
    const rest = column.categories.length > SHOWN ? ", …" : "";
    return `${column.categories.length} categories (${shown.join(", ")}${rest})${column.other ? ", and the rare ones as one" : ""}`;
  }
  if (!("kind" in column)) {
    const { decimal, thousands, unit } = column.notation ?? { decimal: ".", thousands: null, unit: "" };
    const signs = [
      ...(decimal === "." ? [] : [`decimal sign ${show(decimal)}`]),
      ...(thousands === null ? [] : [`thousands ${show(thousands)}`]),
      ...(unit === "" ? [] : [`unit ${show(unit)}`]),
    ];
    if (unit === CLOCK_UNIT) return "number, hours of times such as 08:30";
    return `number${column.fromText ? ", text too" : ""}${signs.length > 0 ? `, ${signs.join(", ")}` : ""}`;
  }
  if (column.kind === "boolean") return `boolean, ${show(column.words[0])} or ${show(column.words[1])}`;
  if (column.kind === "date") return `date as ${column.parts.join(", ")}`;
  return column.kind === "hash" ? "categories, hashed" : "words, hashed";
}

/** The value that stands for a missing one, as text; `null` for none. */
export function fillText(column: LearnedColumn): string | null {
  const { fill } = column;
  if (fill === null) return null;
  if (typeOf(column) === "date") return dayText(fill as number);
  if ("kind" in column && column.kind === "boolean") return show(column.words[fill as 0 | 1]);
  // A median may end in 0000000001.
  return typeof fill === "number" ? String(Number(fill.toPrecision(12))) : show(fill);
}

/** `bought: 2 categories ("no", "yes") (target)`. */
export const describeTarget = (column: LearnedColumn): string => `${column.name}: ${typeText(column)} (target)`;

/** `age: number, a missing value becomes 35`. */
export function describeColumn(column: LearnedColumn): string {
  const fill = fillText(column);
  const missing = fill === null ? "" : `, a missing value becomes ${fill}`;
  return `${column.name}: ${typeText(column)}${inputsText(column)}${missing}`;
}
