/** CSV from a file. Knows the file system, but not the format, which `csv/` reads. */
import { readFile } from "node:fs/promises";
import { checkArguments, DataError, FormatError } from "../base/errors.js";
import type { CsvOptions } from "../csv/options.js";
import { type CsvTable, parseCsv } from "../csv/parseCsv.js";
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
  try {
    return await parseCsv(bytes, withPath(path, options));
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`, { cause: error });
    if (error instanceof DataError) throw new DataError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Options whose warnings name the file; `parseCsv` rejects anything that is not an object of options. */
function withPath(path: string, options: CsvOptions): CsvOptions {
  const { onWarning = console.warn } = options ?? {};
  if (typeof options !== "object" || options === null || typeof onWarning !== "function") return options;
  return { ...options, onWarning: (message) => onWarning(`${path}: ${message}`) };
}
