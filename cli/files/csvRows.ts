/** Rows of a CSV file of any size, some thousands at a time, with messages that name the file. */
import { DataError, FormatError } from "simdgrad";
import { csvChunks } from "simdgrad/csv";
import { failure, inWords } from "../failure.js";
import { count } from "../ui/text.js";

/** Rows that came together. */
export interface RowChunk {
  /** Names in the order of the file. */
  readonly names: readonly string[];
  readonly delimiter: string;
  readonly rows: readonly Record<string, string | null>[];
  /** Bytes of the file that have been read. */
  readonly bytes: number;
}

/** Rows of CSV as text, with `null` for missing cells, as they come. @throws Ending naming file and line */
export async function* csvRows(name: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<RowChunk> {
  try {
    for await (const { rows, names, columns, delimiter, bytes } of csvChunks(input)) {
      const cells = names.map((column) => columns[column]);
      const objects = Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(names.map((column, c) => [column, cells[c][row]])),
      );
      yield { names, delimiter, rows: objects, bytes };
    }
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof DataError)) throw error;
    if (error.message.endsWith("got nothing.")) {
      throw failure(`${name}: the file is empty. Give a CSV file with a header and rows.`);
    }
    const message = inWords(error.message).replace(/\b(?:line |than )\d{4,}/g, (words) =>
      words.replace(/\d+/, (number) => count(Number(number))),
    );
    throw failure(`${name}: ${message}`);
  }
}
