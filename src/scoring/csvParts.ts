/** CSV in parts that begin and end where rows do, and the rows of a part. Knows no models. */
import { basename } from "node:path";
import { DataError, FormatError } from "../base/errors.js";
import { type CsvChunk, chunksOf, headerRange } from "../csv/chunks.js";
import { RowEnds } from "../csv/rowEnds.js";
import { blocksOf, firstBytes, identityOf } from "./files.js";
import type { Part, ScoringJob } from "./job.js";

type Header = NonNullable<ScoringJob["input"]["header"]>;

const MARK = "ï»¿"; // a byte order mark, each byte as a letter
/** Bytes within which at most one part ends. */
const STEP = 2 ** 16;

/** The first rows. */
async function firstChunk(name: string, path: string): Promise<CsvChunk> {
  for await (const chunk of chunksOf(name, blocksOf(path))) return chunk;
  throw new DataError(`${name}: expected a header and rows, got nothing.`);
}

/**
 * The row of names: the place of its bytes, and the names in it; and the mean number of bytes in the first rows.
 * @throws FormatError, DataError naming the file
 */
export async function readHeader(path: string): Promise<Header & { names: readonly string[]; rowBytes: number }> {
  const name = basename(path);
  const { names, delimiter, rows, bytes } = await firstChunk(name, path);
  const block = await firstBytes(path);
  if (block[0] === 0xff || block[0] === 0xfe || block.subarray(0, 64).includes(0)) {
    throw new FormatError(`${name}: expected UTF-8, got UTF-16. Save the file as CSV in UTF-8.`);
  }
  const text = new TextDecoder("latin1").decode(block);
  const mark = text.startsWith(MARK) ? MARK.length : 0;
  const [begin, end] = headerRange(text.slice(mark)).map((place) => mark + place);
  return { begin, end, delimiter, names, rowBytes: bytes / rows };
}

/** Hash and size of the file, and its parts of about `size` bytes; found in one reading. */
export async function csvParts(path: string, { end: first }: Header, size: number) {
  const ends = new RowEnds("");
  const step = Math.min(size, STEP);
  const parts: Part[] = [];
  let [at, begin] = [0, first];
  const identity = await identityOf(path, (block) => {
    for (let own = first > at ? first - at : 0; own < block.length; own += step) {
      const last = ends.lastInBytes(block.subarray(own, own + step));
      if (last === 0 || at + own + last - begin < size) continue;
      parts.push({ index: parts.length, begin, end: at + own + last });
      begin = at + own + last;
    }
    at += block.length;
  });
  if (begin < identity.bytes) parts.push({ index: parts.length, begin, end: identity.bytes });
  return { ...identity, parts };
}

async function* withHeader(path: string, header: Header, begin: number, end: number) {
  yield* blocksOf(path, header.begin, header.end);
  yield* blocksOf(path, begin, end);
}

/** Lines of the file before a place. */
async function linesBefore(path: string, place: number): Promise<number> {
  let lines = 0;
  for await (const block of blocksOf(path, 0, place)) for (const byte of block) if (byte === 10) lines++;
  return lines;
}

/** The rows of a part, some thousands at a time. @throws FormatError, DataError naming file and line */
export async function* csvRowsOf(path: string, header: Header, { begin, end }: Part): AsyncGenerator<CsvChunk> {
  const name = basename(path);
  try {
    yield* chunksOf(name, withHeader(path, header, begin, end), header.delimiter);
  } catch (error) {
    const before = await linesBefore(path, begin);
    const ofHeader = (await linesBefore(path, header.end)) - (await linesBefore(path, header.begin));
    if (error instanceof FormatError || error instanceof DataError) {
      if (/expected at least one row/.test(error.message)) return; // blank lines alone
      const shift = before - ofHeader;
      const own = error.message.slice(name.length);
      error.message = name + own.replace(/\bline (\d+)/g, (_, line: string) => `line ${Number(line) + shift}`);
    }
    throw error;
  }
}
