/** Sources of rows: a CSV file or text, objects, columns, or a stream of objects. */

import { DataError, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { type ByteStream, csvChunks, parseCsv, sampleCsv } from "../csv/index.js";
import type { OnWarning } from "../data/onWarning.js";
import { checkRecord, isRecord, type NamedTable, readNamed, type Source } from "../data/preprocess/tableSource.js";
import { Reservoir } from "../data/rowChoice.js";
import { GrowingTable } from "./growingTable.js";

/** A table: the path of a CSV file (Node), CSV text, objects, columns, or rows that arrive one after the other. */
export type TableInput = string | NamedTable | AsyncIterable<object>;

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

function isAsync(input: unknown): input is AsyncIterable<object> {
  return typeof input === "object" && input !== null && Symbol.asyncIterator in input;
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

/** Keeps rows as they come: all, or of more than `most` that many at random. */
async function collect(where: string, input: AsyncIterable<object>, most: number, seed: number): Promise<ReadTable> {
  const reservoir = new Reservoir(most, seed);
  const table = new GrowingTable();
  for await (const row of input) {
    checkRecord(`${where}: row ${reservoir.seen}`, row);
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

const unreadable = (where: string, input: unknown) =>
  new DataError(
    `${where}: expected a path, CSV text, an array of objects, { rows, columns } or rows that arrive one after the other, ` +
      `got ${show(input)}.`,
  );

const isTable = (input: unknown): input is NamedTable =>
  Array.isArray(input) || (isRecord(input) && "columns" in input);

/** A table in memory. @throws DataError, FormatError, OptionError */
export async function readTable(where: string, input: unknown, reading: Reading): Promise<ReadTable> {
  const { maxRows = MOST_ROWS, seed, onWarning } = reading;
  if (typeof input === "string") {
    const text = isPath(input) ? await openFile(where, input) : input;
    if (typeof text !== "function") return readTable(where, await parseCsv(text, { onWarning }), reading);
    const table = await sampleCsv(text, { maxRows, seed });
    return { table, rowNumbers: table.rowNumbers, totalRows: table.totalRows };
  }
  if (isAsync(input)) return collect(where, input, maxRows, seed);
  if (!isTable(input)) throw unreadable(where, input);
  const { rows } = readNamed(where, input);
  const { rowNumbers = null, totalRows = rows } = input as Partial<ReadTable>;
  if (rowNumbers === null) return { table: input, rowNumbers, totalRows: rows };
  if (kindOf(rowNumbers) === "Uint32Array" && rowNumbers.length === rows) {
    return { table: input, rowNumbers, totalRows };
  }
  throw new DataError(`${where}: rowNumbers: expected those of sampleCsv, got ${show(rowNumbers)}. Leave them out.`);
}

const whole = async (where: string, input: unknown) =>
  (await readTable(where, input, { seed: 0, onWarning: () => {} })).table;

/** The rows of a table of any size, some at a time. */
export async function* batchesOf(where: string, input: unknown): AsyncGenerator<Source> {
  const file = isPath(input) ? await openFile(where, input) : null;
  if (typeof file === "function") {
    for await (const chunk of csvChunks(file())) yield readNamed(where, chunk);
    return;
  }
  if (!isAsync(input)) {
    const table = file ? await parseCsv(file, { onWarning: () => {} }) : await whole(where, input);
    yield readNamed(where, table);
    return;
  }
  let rows: object[] = [];
  let isEmpty = true;
  for await (const row of input) {
    rows.push(row);
    isEmpty = false;
    if (rows.length < BATCH) continue;
    yield readNamed(where, rows);
    rows = [];
  }
  if (rows.length > 0 || isEmpty) yield readNamed(where, rows);
}
