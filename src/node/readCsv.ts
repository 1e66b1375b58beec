/** CSV from a file. Knows the file system, but not the format, which `csv/` reads. */
import { readFile } from "node:fs/promises";
import { checkArguments, DataError } from "../base/errors.js";
import type { CsvOptions } from "../csv/options.js";
import { type CsvTable, parseCsvFor } from "../csv/parseCsv.js";
import { checkPath, messageOf } from "./atomicFile.js";

/**
 * Reads a CSV file: `parseCsv` of `simdgrad/csv` on its bytes.
 * Warnings name the file.
 * @throws FormatError for anything that is not CSV; DataError if it cannot be read or has no rows. Both name the file.
 * OptionError for unknown options.
 */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<CsvTable> {
  checkArguments("readCsv", arguments, 2);
  checkPath("readCsv: path", path);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DataError(`readCsv: ${path} could not be read: ${messageOf(cause)}`, { cause });
  });
  return parseCsvFor(`readCsv: ${path}`, bytes, options);
}
