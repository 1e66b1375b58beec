/** Columns as the bytes of a Parquet file. The same columns give the same bytes. */
import type { SchemaElement } from "hyparquet";
import type { Cells } from "./parquetFile.js";

/** A column to write. */
export interface WrittenColumn {
  readonly name: string;
  readonly cells: Cells;
  /** The type of the cells, or an element of the schema of another file. */
  readonly type: "number" | "boolean" | "text" | SchemaElement;
}

const ELEMENTS = {
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
} as const;

/** A file of one row group, snappy, every column optional. */
export async function encodeParquet(columns: readonly WrittenColumn[], rows: number): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer/src/write.js");
  const elements = columns.map(({ name, type }): SchemaElement => {
    const own = typeof type === "string" ? ELEMENTS[type] : type;
    return { ...own, name, repetition_type: "OPTIONAL" };
  });
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [{ name: "schema", num_children: columns.length }, ...elements],
      columnData: columns.map(({ name, cells }) => ({ name, data: Array.from(cells) })),
      rowGroupSize: rows > 0 ? rows : 1,
      createdBy: "simdgrad",
    }),
  );
}
