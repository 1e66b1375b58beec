/** Sources of rows: a CSV file or text, objects, columns, or a stream of objects. */

import { DataError, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { type ByteStream, chunksOf } from "../csv/chunks.js";
import { parseCsvFor } from "../csv/parseCsv.js";
import { sampleCsvFor } from "../csv/sampleCsv.js";
import type { OnWarning } from "../data/onWarning.js";
import { checkRecord, isRecord, type NamedTable, readNamed, type Source } from "../data/preprocess/tableSource.js";
import { Reservoir } from "../data/rowChoice.js";
import { GrowingTable } from "./growingTable.js";

/** A table: the path of a CSV file (Node), CSV text, objects, columns, or rows that arrive one after the other. */
export type TableInput = string | NamedTable | Iterable<object> | AsyncIterable<object>;

/** Rows as a generator, a stream or a Set gives them. */
type ArrivingRows = Iterable<object> | AsyncIterable<object>;

/** Rows that are kept of a source that is not in memory already. */
const MOST_ROWS = 1_000_000;
/** Larger files are read in pieces. */
const WHOLE_BYTES = 2 ** 26;
/** Rows of a batch. */
const BATCH = 8192;

/** Options of reading a table, and who is told. */
export interface Reading {
  readonly maxRows?: number | undefined;
  readonly seed: number;
  readonly onWarning: OnWarning;
}

/** Rows in memory. */
export interface ReadTable {
  readonly table: NamedTable;
  /** Number in the source of each row; `null` if all rows are there. */
  readonly rowNumbers: ArrayLike<number> | null;
  readonly totalRows: number;
}

/** True for a generator, a stream, a Set; false for arrays, columns and bytes, and a Map, which gives pairs. */
export const isArriving = (input: unknown): input is ArrivingRows =>
  isRecord(input) && kindOf(input) !== "Map" && (Symbol.asyncIterator in input || Symbol.iterator in input);

/** Refuses what is not a row, such as a piece of a file. @throws DataError */
function checkArrived(where: string, row: unknown): asserts row is Record<string, unknown> {
  if (kindOf(row) === "Uint8Array" || typeof row === "string") {
    const remedy = "For a file give its path; for bytes that can be read twice await sampleCsv(open) of simdgrad/csv";
    throw new DataError(`${where}: expected an object such as { age: 31 }, got ${show(row)}. ${remedy}.`);
  }
  checkRecord(where, row);
}

/** True for text of one line. */
export const isPath = (input: unknown): input is string => typeof input === "string" && !input.includes("\n");

/** A file: its bytes, or, if it is large, what opens it. Bundlers leave the name of the module alone, as a page has no files. */
async function openFile(where: string, path: string): Promise<Uint8Array | (() => ByteStream)> {
  const builtin = typeof process === "object" ? process.getBuiltinModule?.("node:fs") : undefined;
  if (!builtin) {
    throw new OptionError(
      `${where}: ${show(path)} is a path, and there are no files here. Give the text of the CSV, or rows.`,
    );
  }
  try {
    const { size } = await builtin.promises.stat(path);
    return size > WHOLE_BYTES ? () => builtin.createReadStream(path) : await builtin.promises.readFile(path);
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : String(cause);
    throw new DataError(`${where}: ${show(path)} could not be read: ${why}. Check the path.`, { cause });
  }
}

/** The place of CSV in messages: the function that was called, and the file if there is one. */
const placeOf = (where: string, input: string) => (isPath(input) ? `${where}: ${show(input)}` : where);

/** The contents of a file, or text. */
type Contents = Awaited<ReturnType<typeof openFile>> | string;

const contentsOf = async (where: string, input: string): Promise<Contents> =>
  isPath(input) ? openFile(where, input) : input;

/** The table of CSV. @throws DataError, FormatError naming the place */
async function readCsvTable(
  place: string,
  contents: Contents,
  { maxRows, seed, onWarning }: Reading,
): Promise<ReadTable> {
  if (typeof contents === "function") {
    const table = await sampleCsvFor(place, contents, { maxRows: maxRows ?? MOST_ROWS, seed });
    return { table, rowNumbers: table.rowNumbers, totalRows: table.totalRows };
  }
  const table = await parseCsvFor(place, contents, { onWarning });
  return { table, rowNumbers: null, totalRows: table.rows };
}

/** Keeps rows as they come: all, or of more than `most` that many at random. */
async function collect(where: string, input: ArrivingRows, most: number, seed: number): Promise<ReadTable> {
  const reservoir = new Reservoir(most, seed);
  const table = new GrowingTable();
  for await (const row of input) {
    checkArrived(`${where}: row ${reservoir.seen}`, row);
    const place = reservoir.next();
    if (place !== null) table.set(place, row);
  }
  const { rows: numbers, seen } = reservoir;
  if (seen === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  const order = Uint32Array.from(numbers.keys()).sort((a, b) => numbers[a] - numbers[b]);
  const kept = { rows: order.length, ...table.columns(order) };
  return {
    table: kept,
    rowNumbers: seen > order.length ? Uint32Array.from(order, (place) => numbers[place]) : null,
    totalRows: seen,
  };
}

/** What to give instead, by the kind of what came. */
const remedies: Readonly<Record<string, string>> = {
  ArrayBuffer: "Give await parseCsv(bytes), of simdgrad/csv.",
  Uint8Array: "Give await parseCsv(bytes), of simdgrad/csv.",
  Blob: "Give await blob.text().",
  File: "Give await file.text().",
  Response: "Give await response.text().",
  Map: "Give its rows: map.values().",
  Promise: "Give what it resolves to: await it.",
  URL: "Give fileURLToPath(url), or what it holds: await (await fetch(url)).text().",
  Function: "Give what it returns: call it.",
  GeneratorFunction: "Give what it returns: call it.",
  AsyncGeneratorFunction: "Give what it returns: call it.",
};

function unreadable(where: string, input: unknown): DataError {
  const expected =
    "expected a path, CSV text, an array of objects, { rows, columns } or rows that arrive one after the other";
  const kind = kindOf(input);
  const remedy = Object.hasOwn(remedies, kind) ? remedies[kind] : "";
  return new DataError(`${where}: ${expected}, got ${show(input)}. ${remedy}`.trimEnd());
}

/** True for what `readNamed` takes, or can tell what is wrong with. */
const mayBeTable = (input: unknown): input is NamedTable =>
  Array.isArray(input) || (isRecord(input) && kindOf(input) === "Object");

/** A table in memory. @throws DataError, FormatError, OptionError */
export async function readTable(where: string, input: unknown, reading: Reading): Promise<ReadTable> {
  const { maxRows = MOST_ROWS, seed } = reading;
  if (typeof input === "string") {
    return readCsvTable(placeOf(where, input), await contentsOf(where, input), reading);
  }
  if (isArriving(input)) return collect(where, input, maxRows, seed);
  if (!mayBeTable(input)) throw unreadable(where, input);
  const { rows } = readNamed(where, input);
  const { rowNumbers = null, totalRows = rows } = input as Partial<ReadTable>;
  if (rowNumbers === null) return { table: input, rowNumbers, totalRows: rows };
  if (kindOf(rowNumbers) === "Uint32Array" && rowNumbers.length === rows) {
    return { table: input, rowNumbers, totalRows };
  }
  throw new DataError(`${where}: rowNumbers: expected those of sampleCsv, got ${show(rowNumbers)}. Leave them out.`);
}

/** The rows of a table of any size, some at a time. */
export async function* batchesOf(where: string, input: unknown): AsyncGenerator<Source> {
  const contents = typeof input === "string" ? await contentsOf(where, input) : null;
  if (typeof contents === "function") {
    for await (const chunk of chunksOf(placeOf(where, input as string), contents())) yield readNamed(where, chunk);
    return;
  }
  const quiet = { seed: 0, onWarning: () => {} };
  if (contents !== null) {
    yield readNamed(where, (await readCsvTable(placeOf(where, input as string), contents, quiet)).table);
    return;
  }
  if (!isArriving(input)) {
    yield readNamed(where, (await readTable(where, input, quiet)).table);
    return;
  }
  let rows: object[] = [];
  let seen = 0;
  for await (const row of input) {
    checkArrived(`${where}: row ${seen++}`, row);
    rows.push(row);
    if (rows.length < BATCH) continue;
    yield readNamed(where, rows);
    rows = [];
  }
  if (rows.length > 0 || seen === 0) yield readNamed(where, rows);
}

/** Some rows of a table as objects. */
export function objectsOf(source: Source, places: readonly number[]): Record<string, unknown>[] {
  const columns = [...source.names].map((name) => [name, source.column(name)] as const);
  return places.map((place) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[place]])));
}
