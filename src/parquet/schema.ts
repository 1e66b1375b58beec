/** Columns of a Parquet file, as its schema names them. Knows no bytes. */
import type { SchemaElement } from "hyparquet";

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

/** A value as CSV and JSON have it: numbers, text, booleans, dates as ISO text, `null` for missing ones. */
export function plainCell(value: unknown): string | number | boolean | null {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "object" && value !== null) return dateText(value as Date);
  return (value as string | number | boolean | undefined) ?? null;
}

/** Cells of a column in that form; the same array where they have it already. */
export function plainCells({ type, element }: SchemaColumn, cells: ArrayLike<unknown>): ArrayLike<unknown> {
  return type === "date" || element.type === "INT64" ? Array.from(cells, plainCell) : cells;
}

function dateText(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  return date.toISOString().replace(/T00:00:00\.000Z$/, "");
}
