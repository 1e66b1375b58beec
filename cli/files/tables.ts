/** Tables and models: from a path, or from standard input for "-". */
import { createReadStream } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError, FormatError } from "simdgrad";
import { type CsvTable, parseCsv, type SampledCsv, sampleCsv } from "simdgrad/csv";
import { TableModel } from "simdgrad/table";
import { Ending, failure, INTERRUPTED, inWords, misuse } from "../failure.js";
import type { Io } from "../io.js";
import { openProgress } from "../ui/progress.js";
import { bytesText, count, countOf, shown } from "../ui/text.js";
import { sizeOf } from "./paths.js";

/** Larger files are read in pieces, twice. */
const WHOLE_BYTES = 2 ** 26;

export const nameOf = (path: string) => (path === "-" ? "standard input" : path);

/** Bytes, or a file of many bytes with what removes it, if it is a temporary one. */
type Contents = Uint8Array | { readonly path: string; readonly size: number; readonly remove: () => Promise<void> };

/** Standard input, which can be read only once: in a temporary file if it is long. */
async function inputOf(io: Io): Promise<Contents> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const input = io.stdin[Symbol.asyncIterator]();
  for (let next = await input.next(); !next.done; next = await input.next()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > WHOLE_BYTES) break;
  }
  if (size <= WHOLE_BYTES) return Buffer.concat(chunks);
  const folder = await mkdtemp(join(tmpdir(), "simdgrad-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "input.csv");
    const file = await open(path, "wx", 0o600);
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      for (let next = await input.next(); !next.done; next = await input.next()) {
        await file.writeFile(next.value);
        size += next.value.length;
      }
    } finally {
      await file.close();
    }
    return { path, size, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function contentsOf(path: string, io: Io): Promise<Contents> {
  if (path === "-") return inputOf(io);
  const size = await sizeOf(path, "a CSV file");
  return size > WHOLE_BYTES ? { path, size, remove: async () => {} } : readFile(path);
}

/** Options for reading a table. */
export interface Reading {
  readonly maxRows?: number | undefined;
  readonly seed?: number | undefined;
  readonly quiet?: boolean | undefined;
}

/** Columns of a file that is too large to be read at once. */
async function readLarge(
  { path, size }: Exclude<Contents, Uint8Array>,
  io: Io,
  { maxRows, seed, quiet }: Reading,
): Promise<SampledCsv> {
  const progress = openProgress(io, quiet === true);
  const began = performance.now();
  try {
    return await sampleCsv(() => createReadStream(path), {
      ...(maxRows !== undefined && { maxRows }),
      ...(seed !== undefined && { seed }),
      onProgress: (bytes) => {
        if (io.signal.aborted) throw new Ending("stopped while reading; nothing was written.", INTERRUPTED);
        const share = bytes / (2 * size);
        const seconds = (performance.now() - began) / 1000;
        progress.update(share, `reading ${bytesText(size)}`, (seconds / share) * (1 - share));
      },
    });
  } finally {
    progress.close();
  }
}

/**
 * A CSV file as columns; of a large one, some of the rows. `warn` is told of names that were changed; what the columns
 * are is for others to judge.
 */
export async function readTable(
  path: string,
  io: Io,
  warn: (message: string) => void,
  reading: Reading = {},
): Promise<CsvTable | SampledCsv> {
  const contents = await contentsOf(path, io);
  const isLarge = "path" in contents;
  if (!isLarge && contents.length === 0) {
    throw failure(`${nameOf(path)} is empty. Give a CSV file with a header and rows.`);
  }
  try {
    if (isLarge) return await readLarge(contents, io, reading);
    const onWarning = (message: string) => {
      if (!message.startsWith("parseCsv: column")) warn(`${nameOf(path)}: ${inWords(message)}`);
    };
    return await parseCsv(contents, { onWarning });
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof DataError)) throw error;
    const hint = error.message.includes("got none") ? " Is it a header alone?" : "";
    throw failure(`${nameOf(path)}: ${inWords(error.message)}${hint}`);
  } finally {
    if (isLarge) await contents.remove();
  }
}

/** @throws Ending that lists the columns, if none was named */
export function checkTarget(data: CsvTable, target: string | undefined): string {
  if (target !== undefined) return target;
  const columns = data.names.slice(0, 20).map((name) => shown(name, 32));
  const more = data.names.length > columns.length ? ", …" : "";
  throw misuse(`which column is to be predicted? Add --target <column>, one of ${columns.join(", ")}${more}.`);
}

/** Rows of the file, all of which were read if it is small. */
export const totalOf = (data: CsvTable | SampledCsv): number => ("totalRows" in data ? data.totalRows : data.rows);

/** Rows of a table, of which some may have been read. */
export function rowsText(data: CsvTable | SampledCsv): string {
  const total = totalOf(data);
  return total > data.rows ? `${count(data.rows)} of ${count(total)} rows` : countOf(data.rows, "row");
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
