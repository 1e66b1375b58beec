/** Columns of a Parquet file, as its schema names them. Knows no bytes. */
import type { SchemaElement } from "hyparquet";
import { FormatError } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { DAMAGED } from "./errors.js";

/** The kind of the values of a column. */
export type ParquetType = "number" | "boolean" | "text" | "date" | "nested" | "unknown";

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
}

/** A column with its element of the schema. */
export interface SchemaColumn extends ParquetColumn {
  readonly element: SchemaElement;
}

const TEXTS = ["UTF8", "ENUM"];
const NUMBERS = ["INT32", "INT64", "FLOAT", "DOUBLE"];

function typeOf({ type, num_children, repetition_type, converted_type, logical_type }: SchemaElement): ParquetType {
  const own: string = converted_type ?? "";
  const logical = logical_type?.type;
  if ((num_children ?? 0) > 0 || repetition_type === "REPEATED" || type === undefined) return "nested";
  if (own === "DATE" || logical === "DATE") return type === "INT32" ? "date" : "unknown";
  if (own.startsWith("TIMESTAMP") || logical === "TIMESTAMP") return type === "INT64" ? "date" : "unknown";
  if (type === "INT96") return "date";
  if (type === "BOOLEAN") return "boolean";
  if (own === "DECIMAL" || logical === "DECIMAL" || logical === "FLOAT16") return "number";
  if (own.startsWith("TIME") || logical === "TIME") return "unknown";
  if (NUMBERS.includes(type)) return "number";
  if (TEXTS.includes(own) || logical === "STRING" || logical === "ENUM" || logical === "UUID") return "text";
  return type === "BYTE_ARRAY" && own === "" && logical === undefined ? "text" : "unknown";
}

/**
 * An element whose type is told in the old way too, which the reader wants of decimals and dates: a file may have the new
 * way alone.
 */
export function withConvertedType(element: SchemaElement): SchemaElement {
  const { converted_type, logical_type: logical } = element;
  if (converted_type !== undefined) return element;
  if (logical?.type === "DATE") return { ...element, converted_type: "DATE" };
  if (logical?.type !== "DECIMAL") return element;
  const { precision, scale } = logical;
  return { ...element, converted_type: "DECIMAL", precision, scale };
}

/** The columns at the top, each with its type; the elements within nested ones are passed over. */
export function columnsOf([root, ...elements]: readonly SchemaElement[]): SchemaColumn[] {
  const columns: SchemaColumn[] = [];
  let at = 0;
  /** The place after an element and all within it. */
  const after = (place: number): number => {
    let next = place + 1;
    for (let left = elements[place]?.num_children ?? 0; left > 0 && next < elements.length; left--) next = after(next);
    return next;
  };
  for (let left = root.num_children ?? 0; left > 0 && at < elements.length; left--) {
    const element = elements[at];
    columns.push({ name: element.name, type: typeOf(element), element });
    at = after(at);
  }
  return columns;
}

/** Decimals below this, as whole numbers of their last place, are known for certain. */
const SURE = 2 ** 50;
/** Powers of ten up to this one are numbers without rounding. */
const EXACT_POWER = 22;

/** The decimal that a product with 10^-scale stands for: a division rounds once, 0.3 instead of 0.30000000000000004. */
function decimalOf(value: unknown, scale: number): unknown {
  if (typeof value !== "number") return value;
  const power = Number(`1e${scale}`);
  const units = Math.round(value * power);
  return Math.abs(units) < SURE ? units / power : value;
}

/** Cells as the reader gives them, with exact decimals. @throws FormatError for bytes that are no text, as different ones would become one */
export function readableCells(place: string, { type, element }: SchemaColumn, cells: ArrayLike<unknown>) {
  const { converted_type, logical_type, scale = 0 } = element;
  const isOther = (cell: unknown) => typeof cell === "object" && cell !== null && kindOf(cell) !== "Date";
  if (!ArrayBuffer.isView(cells) && Array.from(cells).some(isOther)) {
    throw new FormatError(`${place}: its cells are not of its type. ${DAMAGED}`);
  }
  if (converted_type === "DECIMAL" && scale > 0 && scale <= EXACT_POWER)
    return Array.from(cells, (cell) => decimalOf(cell, scale));
  const mayBeBytes = type === "text" && converted_type === undefined && logical_type === undefined;
  if (!mayBeBytes) return cells;
  const isBroken = Array.from(cells).some((cell) => typeof cell === "string" && cell.includes("\ufffd"));
  if (!isBroken) return cells;
  throw new FormatError(`${place}: it holds bytes that are not text in UTF-8. Leave it out, or write it as text.`);
}

/** A value as CSV and JSON have it: numbers, text, booleans, dates as ISO text, `null` for missing ones. */
export function plainCell(value: unknown): string | number | boolean | null {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "object" && value !== null) return dateText(value as Date);
  return (value as string | number | boolean | undefined) ?? null;
}

/** True if a number holds one of these cells only rounded. */
export function hasRounded(cells: ArrayLike<unknown>): boolean {
  return Array.from(cells).some((cell) => typeof cell === "bigint" && !Number.isSafeInteger(Number(cell)));
}

/** Cells of a column in that form; whole numbers as text where `areTexts`, as a number holds one of the column only rounded. */
export function plainColumn(cells: ArrayLike<unknown>, areTexts: boolean): (string | number | boolean | null)[] {
  return Array.from(cells, (cell) => (areTexts && typeof cell === "bigint" ? String(cell) : plainCell(cell)));
}

/** Cells of a column in that form; the same array where they have it already. */
export function plainCells({ type, element }: SchemaColumn, cells: ArrayLike<unknown>): ArrayLike<unknown> {
  return type === "date" || element.type === "INT64" ? Array.from(cells, plainCell) : cells;
}

function dateText(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  return date.toISOString().replace(/T00:00:00\.000Z$/, "");
}
