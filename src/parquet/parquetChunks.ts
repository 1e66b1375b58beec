/** The rows of a Parquet file some thousands at a time. */
import { checkArguments } from "../base/errors.js";
import { checkPath } from "../node/atomicFile.js";
import { ParquetFile } from "./parquetFile.js";
import type { ParquetTable } from "./readParquet.js";
import { plainColumn } from "./schema.js";

/** Rows that came together. */
export interface ParquetChunk extends ParquetTable {
  /** Rows of the file, and those of them up to the end of these. */
  readonly totalRows: number;
  readonly done: number;
}

/** Rows that are read at once. */
const ROWS = 2 ** 16;

/**
 * The rows of a Parquet file of any size, some thousands at a time; memory holds a piece. Columns that cannot be read,
 * such as nested ones, are left out.
 *
 * ```js
 * for await (const { rows, columns } of parquetChunks("large.parquet")) console.log(rows, columns.age);
 * ```
 * @throws DataError if the file cannot be read; FormatError naming file, row group and column
 */
export function parquetChunks(path: string): AsyncGenerator<ParquetChunk, void, undefined> {
  checkArguments("parquetChunks", arguments, 1);
  return chunksOf(checkPath("parquetChunks: path", path));
}

async function* chunksOf(path: string): AsyncGenerator<ParquetChunk, void, undefined> {
  const file = await ParquetFile.open(path);
  try {
    const names = file.columns.filter(({ type }) => type !== "nested" && type !== "unknown").map(({ name }) => name);
    // The same for all pieces: readers join them.
    const areTexts = new Map<string, boolean>();
    for (const name of names) areTexts.set(name, await file.hasRounded(name));
    for (const { begin, rows } of file.groups) {
      const pieces = Math.ceil(rows / ROWS);
      for (let i = 0; i < pieces; i++) {
        const [from, to] = [i, i + 1].map((piece) => begin + Math.round((rows * piece) / pieces));
        const cells = await file.read(names, from, to);
        const columns = Object.fromEntries(
          names.map((name, c) => [name, plainColumn(cells[c], areTexts.get(name) === true)]),
        );
        yield { rows: to - from, names, columns, totalRows: file.rows, done: to };
      }
    }
  } finally {
    await file.close();
  }
}
