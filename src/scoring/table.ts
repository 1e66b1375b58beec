/** Columns as bytes: a part of the output. */
import type { SchemaElement } from "hyparquet";
import { plainCell } from "../parquet/schema.js";
import { encodeParquet } from "../parquet/writeParquet.js";
import type { TableFormat } from "./job.js";
import type { Cells } from "./predictor.js";

/** A column of the output. */
export interface Column {
  readonly name: string;
  readonly type: "number" | "boolean" | "text" | SchemaElement;
  readonly cells: Cells;
}

/** The same columns give the same bytes. */
export async function encodeTable(columns: readonly Column[], rows: number, format: TableFormat): Promise<Uint8Array> {
  if (format === "parquet") return encodeParquet(columns, rows);
  const { unparse } = (await import("papaparse")).default;
  const lines = Array.from({ length: rows }, (_, row) => columns.map(({ cells }) => plainCell(cells[row])));
  const names = columns.map(({ name }) => name);
  return new TextEncoder().encode(`${unparse([names, ...lines], { newline: "\n" })}\n`);
}

/** Names of predictions that no kept column has. */
export function freeNames(names: readonly string[], taken: readonly string[]): string[] {
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.includes(free); n++) free = `${name}_${n}`;
    return free;
  });
}
