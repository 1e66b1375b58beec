/** CSV that arrives in pieces, as rows of text some thousands at a time: for files larger than memory. Knows no types. */
import { checkArguments, DataError, FormatError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { refuseBinary } from "./otherFormats.js";
import { type CsvTable, parseCsvFor } from "./parseCsv.js";
import { RowEnds } from "./rowEnds.js";

/** Rows that came together. */
export interface CsvChunk {
  /** Number of rows. */
  readonly rows: number;
  /** Names in the order of the file. */
  readonly names: readonly string[];
  /** Cells by column name: text, with `null` for missing ones. */
  readonly columns: Readonly<Record<string, readonly (string | null)[]>>;
  /** The sign between cells. */
  readonly delimiter: string;
  /** Bytes that have been read up to the end of these rows. */
  readonly bytes: number;
}

/** Bytes in the order of a file: a stream of Node, a `ReadableStream`, an async generator. */
export type ByteStream = AsyncIterable<Uint8Array>;

const WHERE = "csvChunks";
/** Characters that are parsed at once, and those of the longest row. */
const PIECE = 2 ** 16;
const LONGEST = 2 ** 24;

/** The encoding of the first bytes, as `parseCsv` finds it. */
function decoderFor([a, b]: Uint8Array): TextDecoder {
  if ((a === 0xff && b === 0xfe) || (a > 0 && b === 0)) return new TextDecoder("utf-16le", { fatal: true });
  if ((a === 0xfe && b === 0xff) || (a === 0 && b > 0)) return new TextDecoder("utf-16be", { fatal: true });
  return new TextDecoder("utf-8", { fatal: true });
}

interface Piece {
  readonly text: string;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  readonly bytes: number;
}

const linesIn = (text: string) => text.match(/\n/g)?.length ?? 0;

/** Bytes that tell the encoding, and what a file is that is not text. */
const BEGINNING = 8;

/** The pieces that are not empty, the first of which is long enough to tell what the file is. */
async function* withBeginning(where: string, input: ByteStream): AsyncGenerator<Uint8Array> {
  const begin: number[] = [];
  for await (const chunk of input) {
    if (kindOf(chunk) !== "Uint8Array") {
      throw new DataError(`${where}: expected pieces of bytes, each a Uint8Array, got ${show(chunk)}.`);
    }
    const taken = begin.length < BEGINNING ? Math.min(chunk.length, BEGINNING - begin.length) : 0;
    begin.push(...chunk.subarray(0, taken));
    if (taken > 0 && begin.length === BEGINNING) yield Uint8Array.from(begin);
    if (chunk.length > taken) yield chunk.subarray(taken);
  }
  if (begin.length > 0 && begin.length < BEGINNING) yield Uint8Array.from(begin);
}

/** Text in pieces of whole rows. */
async function* wholeRows(where: string, input: ByteStream): AsyncGenerator<Piece> {
  const ends = new RowEnds("");
  let decoder: TextDecoder | null = null;
  let [whole, tail, bytes, line] = ["", "", 0, 1];
  const decode = (chunk?: Uint8Array) => {
    decoder ??= decoderFor(chunk ?? new Uint8Array());
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      const encoding = decoder.encoding.toUpperCase();
      const what = `the bytes after line ${line} are not ${encoding}`;
      throw new FormatError(`${where}: ${what}. Save the file as CSV in UTF-8.`, { cause });
    }
  };
  const add = (text: string) => {
    const end = ends.lastIn(text);
    if (end > 0) {
      whole += tail + text.slice(0, end);
      tail = text.slice(end);
    } else tail += text;
    if (tail.length <= LONGEST) return;
    const hint = "Is it a CSV file, and is every quote closed?";
    const what = `the row of line ${line + linesIn(whole)} has more than ${LONGEST} characters`;
    throw new FormatError(`${where}: ${what}. ${hint}`);
  };
  for await (const chunk of withBeginning(where, input)) {
    if (bytes === 0) refuseBinary(where, chunk);
    bytes += chunk.length;
    add(decode(chunk));
    if (whole.length < PIECE) continue;
    yield { text: whole, line, bytes };
    line += linesIn(whole);
    whole = "";
  }
  add(decode());
  if (whole + tail !== "") yield { text: whole + tail, line, bytes };
}

/** Begin and end of the first row that is not blank and not `sep=;`, with its line end. */
export function headerRange(text: string): [begin: number, end: number] {
  const body = text.replace(/^\ufeff?(?:[ \t]*"?sep=[^\r\n]"?[ \t]*(?:\r\n?|\n))?(?:[ \t]*(?:\r\n?|\n))*/i, "");
  const begin = text.length - body.length;
  const ends = new RowEnds("");
  let at = 0;
  for (const line of body.split("\n")) {
    at += line.length + 1;
    if (ends.lastIn(`${line}\n`) > 0) break;
  }
  return [begin, begin + Math.min(at, body.length)];
}

/** @throws DataError for anything but bytes that arrive in pieces */
export function checkStream(where: string, input: unknown): ByteStream {
  if (typeof input === "object" && input !== null && Symbol.asyncIterator in input) return input as ByteStream;
  const hint = "Give a stream, such as createReadStream(path); for text or bytes there is parseCsv.";
  throw new DataError(`${where}: expected bytes that arrive in pieces, got ${show(input)}. ${hint}`);
}

/**
 * The rows of CSV of any size, some thousands at a time, as they arrive; memory holds one piece. Every cell is text,
 * trimmed, with `null` for missing ones, as from `parseCsv` with `dynamicTyping: false`; header and delimiter are
 * those of the beginning.
 *
 * ```js
 * for await (const { rows, columns } of csvChunks(createReadStream("large.csv"))) console.log(rows, columns.age);
 * ```
 * @throws FormatError naming the line, also for a row of more than 16 777 216 characters; DataError for no rows
 */
export function csvChunks(input: ByteStream): AsyncGenerator<CsvChunk, void, undefined> {
  checkArguments(WHERE, arguments, 1);
  return chunksOf(WHERE, checkStream(WHERE, input));
}

/**
 * @param where The function that was called, for errors.
 * @param given The sign between cells, or "" to find it.
 */
export async function* chunksOf(
  where: string,
  input: ByteStream,
  given = "",
): AsyncGenerator<CsvChunk, void, undefined> {
  let header = "";
  let first: CsvTable | null = null;
  for await (const { text, line, bytes } of wholeRows(where, input)) {
    if (first !== null && text.trim() === "") continue;
    const delimiter = first?.delimiter ?? given;
    const options = { dynamicTyping: false, delimiter, onWarning: () => {} };
    const table: CsvTable = await parseCsvFor(where, header + text, options, line - linesIn(header));
    if (first === null) {
      first = table;
      header = text.slice(...headerRange(text));
    }
    const columns = table.columns as CsvChunk["columns"];
    yield { rows: table.rows, names: first.names, columns, delimiter: first.delimiter, bytes };
  }
  if (first === null) throw new DataError(`${where}: expected a header and rows, got nothing.`);
}
