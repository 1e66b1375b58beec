/** Rows of a CSV file of any size, some thousands at a time. Knows bytes and cells, not models. */
import { DataError, FormatError } from "simdgrad";
import { type CsvTable, parseCsv } from "simdgrad/csv";
import { failure, inWords } from "../failure.js";
import { count } from "../ui/text.js";
import { RowEnds } from "./csvText.js";

/** Rows that came together. */
export interface RowChunk {
  /** Names in the order of the file. */
  readonly names: readonly string[];
  readonly delimiter: string;
  readonly rows: readonly Record<string, string | null>[];
  /** Bytes of the file that have been read. */
  readonly bytes: number;
}

/** Characters that are parsed at once, and those of the longest row. */
const PIECE = 2 ** 16;
const LONGEST = 2 ** 24;

/** The encoding of the first bytes, as `parseCsv` finds it. */
function decoderFor(first: Uint8Array): TextDecoder {
  const [a, b] = first;
  if ((a === 0xff && b === 0xfe) || (a > 0 && b === 0)) return new TextDecoder("utf-16le", { fatal: true });
  if ((a === 0xfe && b === 0xff) || (a === 0 && b > 0)) return new TextDecoder("utf-16be", { fatal: true });
  return new TextDecoder("utf-8", { fatal: true });
}

/** Archives are told apart by their first bytes, which `parseCsv` knows. */
async function refuseArchive(name: string, chunk: Uint8Array): Promise<void> {
  const [a, b] = chunk;
  if ((a === 0x50 && b === 0x4b) || (a === 0x1f && b === 0x8b)) await named(name, 0, () => parseCsv(chunk));
}

/** Errors of a piece name the file, and the line in it. */
async function named<T>(name: string, offset: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof DataError)) throw error;
    const message = error.message.replace(/\bline (\d+)/g, (_, line: string) => `line ${count(Number(line) + offset)}`);
    throw failure(`${name}: ${inWords(message)}`);
  }
}

interface Piece {
  readonly text: string;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  readonly bytes: number;
}

const linesIn = (text: string) => text.match(/\n/g)?.length ?? 0;

/**
 * Text in pieces of whole rows. @throws Ending for bytes that are not text, and for rows of more than 16 million signs
 */
async function* wholeRows(name: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  const ends = new RowEnds("");
  let decoder: TextDecoder | null = null;
  let [whole, tail, bytes, line] = ["", "", 0, 1];
  const decode = (chunk?: Uint8Array) => {
    decoder ??= decoderFor(chunk ?? new Uint8Array());
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      const encoding = decoder.encoding.toUpperCase();
      throw failure(`${name}: the bytes after line ${count(line)} are not ${encoding}. Save the file as CSV in UTF-8.`);
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
    const begin = count(line + linesIn(whole));
    throw failure(`${name}: the row of line ${begin} has more than ${count(LONGEST)} characters. ${hint}`);
  };
  for await (const chunk of input) {
    if (bytes === 0) await refuseArchive(name, chunk);
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

/** The first row that is not blank and not `sep=;`, and its line end. */
function headerOf(text: string): string {
  const body = text.replace(/^\ufeff?(?:[ \t]*"?sep=[^\r\n]"?[ \t]*(?:\r\n?|\n))?(?:[ \t]*(?:\r\n?|\n))*/i, "");
  const ends = new RowEnds("");
  let at = 0;
  for (const line of body.split("\n")) {
    at += line.length + 1;
    if (ends.lastIn(`${line}\n`) > 0) break;
  }
  return body.slice(0, at);
}

/**
 * Rows of CSV as text, with `null` for missing cells, as they come. The header and the delimiter are those of the
 * beginning. @throws Ending naming file and line
 */
export async function* csvRows(name: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<RowChunk> {
  let header = "";
  let first: CsvTable | null = null;
  for await (const { text, line, bytes } of wholeRows(name, input)) {
    if (first !== null && text.trim() === "") continue;
    const lines: number = linesIn(header);
    const options = { dynamicTyping: false, delimiter: first?.delimiter ?? "", onWarning: () => {} };
    const table: CsvTable = await named(name, line - 1 - lines, () => parseCsv(header + text, options));
    if (first === null) {
      first = table;
      header = headerOf(text);
    }
    const { names, delimiter } = first;
    const columns = names.map((column) => table.columns[column] as readonly (string | null)[]);
    const rows = Array.from({ length: table.rows }, (_, row) =>
      Object.fromEntries(names.map((column, c) => [column, columns[c][row]])),
    );
    yield { names, delimiter, rows, bytes };
  }
  if (first === null) throw failure(`${name}: the file is empty. Give a CSV file with a header and rows.`);
}
