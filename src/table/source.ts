/** Where rows come from: a CSV file or text, objects, columns, or a stream of objects. */
import { DataError, OptionError, show } from "../base/errors.js";
import { parseCsv } from "../csv/index.js";
import { isRecord, type NamedTable } from "../data/preprocess/tableSource.js";

/** A table: the path of a CSV file (Node), CSV text, objects, columns, or rows that arrive one after the other. */
export type TableInput = string | NamedTable | AsyncIterable<object>;

function isAsync(input: unknown): input is AsyncIterable<object> {
  return typeof input === "object" && input !== null && Symbol.asyncIterator in input;
}

/** The text of a file. A bundler leaves the name of the module alone, as a page has no files. */
async function readText(where: string, path: string): Promise<string | Uint8Array> {
  const builtin = typeof process === "object" ? process.getBuiltinModule?.("node:fs/promises") : undefined;
  if (!builtin) {
    throw new OptionError(
      `${where}: ${show(path)} is a path, and there are no files here. Give the text of the CSV, or rows.`,
    );
  }
  try {
    return await builtin.readFile(path);
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : String(cause);
    throw new DataError(`${where}: ${show(path)} could not be read: ${why}. Check the path.`, { cause });
  }
}

/** A table in memory. @throws DataError, FormatError, OptionError */
export async function readTable(
  where: string,
  input: unknown,
  onWarning: (message: string) => void,
): Promise<NamedTable> {
  if (typeof input === "string") {
    const isText = input.includes("\n");
    return parseCsv(isText ? input : await readText(where, input), { onWarning });
  }
  if (isAsync(input)) {
    const rows: object[] = [];
    for await (const row of input) rows.push(row);
    return rows;
  }
  if (Array.isArray(input) || (isRecord(input) && "columns" in input)) return input as unknown as NamedTable;
  throw new DataError(
    `${where}: expected a path, CSV text, an array of objects, { rows, columns } or rows that arrive one after the other, ` +
      `got ${show(input)}.`,
  );
}
