/** A whole table in memory, and models: from a path, or from standard input for "-". */
import { readFile } from "node:fs/promises";
import { DataError, FormatError } from "simdgrad";
import { type CsvTable, parseCsv } from "simdgrad/csv";
import { TableModel } from "simdgrad/table";
import { failure, inWords } from "../failure.js";
import type { Io } from "../io.js";
import { bytesText } from "../ui/text.js";
import { sizeOf } from "./paths.js";

/** Text longer than that is no string of the engine. */
const LARGEST = 2 ** 29 - 32;

export const nameOf = (path: string) => (path === "-" ? "standard input" : path);

async function bytesOf(path: string, io: Io): Promise<Uint8Array> {
  const tooLarge = (size: number) =>
    failure(
      `${nameOf(path)} has ${bytesText(size)}, and a table in memory at most ${bytesText(LARGEST)}. ` +
        "Take a part of its rows: (head -n 1 big.csv; tail -n +2 big.csv | shuf -n 1000000) > part.csv.",
    );
  if (path !== "-") {
    const size = await sizeOf(path, "a CSV file");
    if (size > LARGEST) throw tooLarge(size);
    return readFile(path);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST) throw tooLarge(size);
  }
  return Buffer.concat(chunks);
}

/** A CSV file as columns. `warn` is told of names that were changed; what the columns are is for others to judge. */
export async function readTable(path: string, io: Io, warn: (message: string) => void): Promise<CsvTable> {
  const bytes = await bytesOf(path, io);
  if (bytes.length === 0) throw failure(`${nameOf(path)} is empty. Give a CSV file with a header and rows.`);
  try {
    const onWarning = (message: string) => {
      if (!message.startsWith("parseCsv: column")) warn(`${nameOf(path)}: ${inWords(message)}`);
    };
    return await parseCsv(bytes, { onWarning });
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof DataError)) throw error;
    throw failure(
      `${nameOf(path)}: ${inWords(error.message)}${error.message.includes("got none") ? " Is it a header alone?" : ""}`,
    );
  }
}

/** The rows of a table as objects. */
export function rowsOf({ rows, names, columns }: CsvTable): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])));
}

/** A model from its file. */
export async function readModel(path: string, threads?: number): Promise<TableModel> {
  await sizeOf(path, "the file of a model");
  try {
    return await TableModel.load(await readFile(path), threads === undefined ? {} : { threads });
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof DataError)) throw error;
    throw failure(`${path} is not a table model that can be used: ${inWords(error.message)}`);
  }
}
