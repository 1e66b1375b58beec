/** A Parquet file as a table with named columns. */
import { checkArguments, DataError } from "../base/errors.js";
import { type Given, listOf, optional, readOptions, text } from "../base/options.js";
import { checkPath } from "../node/atomicFile.js";
import { ParquetFile } from "./parquetFile.js";
import { hasRounded, plainColumn } from "./schema.js";

const parquetOptions = {
  /** The columns that are read, by name. @default all */
  columns: optional(listOf("an array of names", text(), 1)),
};

/** Options of `readParquet`. */
export interface ParquetOptions extends Given<typeof parquetOptions> {}

/** A Parquet file as columns. */
export interface ParquetTable {
  readonly rows: number;
  readonly names: readonly string[];
  /** Cells by column: numbers, text, booleans, dates as ISO text; `null` for missing ones. */
  readonly columns: Readonly<Record<string, readonly (string | number | boolean | null)[]>>;
}

/**
 * Reads a Parquet file: numbers, text, booleans and dates, of snappy, gzip, brotli or zstd (others with the package
 * hyparquet-compressors). Memory holds all cells.
 *
 * ```js
 * const table = await readParquet("customers.parquet", { columns: ["age", "plan", "churn"] });
 * const model = await TableModel.train(table, { target: "churn" });
 * ```
 * @throws DataError if it cannot be read or lacks a column; FormatError for anything but Parquet, and for nested columns;
 * they name file, row group and column. OptionError.
 */
export async function readParquet(path: string, options: ParquetOptions = {}): Promise<ParquetTable> {
  checkArguments("readParquet", arguments, 2);
  const { columns } = readOptions("readParquet", parquetOptions, options);
  const file = await ParquetFile.open(checkPath("readParquet: path", path));
  try {
    const names = columns ?? file.columns.map(({ name }) => name);
    if (names.length === 0 || file.rows === 0)
      throw new DataError(`${file.name}: expected at least one row, got none.`);
    const cells = await file.read(names, 0, file.rows);
    const plain = cells.map((own) => plainColumn(own, hasRounded(own)));
    return { rows: file.rows, names, columns: Object.fromEntries(names.map((name, c) => [name, plain[c]])) };
  } finally {
    await file.close();
  }
}
