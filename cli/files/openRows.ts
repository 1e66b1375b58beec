/** Rows of a CSV or Parquet file of any size, as they come. */
import { DataError, FormatError } from "simdgrad";
import { parquetChunks } from "simdgrad/parquet";
import { failure, inWords } from "../failure.js";
import type { Io } from "../io.js";
import { csvRows, type RowChunk } from "./csvRows.js";
import { openInput } from "./paths.js";
import { nameOf } from "./tables.js";

/** True by the name: a table in another format has a header that no CSV has. */
export const isParquet = (path: string): boolean => /\.parquet$/i.test(path);

/** Rows of Parquet; `bytes` is the share that has been read. */
async function* parquetRows(path: string): AsyncGenerator<RowChunk> {
  try {
    for await (const { rows, names, columns, done, totalRows } of parquetChunks(path)) {
      const cells = names.map((name) => columns[name]);
      const objects = Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(names.map((name, c) => [name, cells[c][row]])),
      );
      yield { names, delimiter: ",", rows: objects as RowChunk["rows"], bytes: done / totalRows };
    }
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof DataError)) throw error;
    throw failure(inWords(error.message));
  }
}

/** Chunks of rows, and the sum of their `bytes` at the end; 0 if nobody knows it. */
export async function openRows(path: string, io: Io): Promise<{ chunks: AsyncGenerator<RowChunk>; size: number }> {
  if (isParquet(path)) return { chunks: parquetRows(path), size: 1 };
  const { input, size } = await openInput(path, io);
  return { chunks: csvRows(nameOf(path), input), size };
}
