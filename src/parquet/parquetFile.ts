/** A Parquet file that is open: its columns, its row groups, and the cells of some rows. Checks before it reads. */

import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { FileMetaData, RowGroup } from "hyparquet";
import { counted } from "../base/counted.js";
import { DataError, didYouMean, FormatError, formatBytes, show } from "../base/errors.js";
import { messageOf } from "../node/atomicFile.js";
import { type Decompress, decompressorOf } from "./compressors.js";
import { DAMAGED, damaged, placeOf } from "./errors.js";
import { checkPages, MOST_PAGE } from "./pages.js";
import { checkRuns } from "./runs.js";
import { columnsOf, hasRounded, readableCells, type SchemaColumn, withConvertedType } from "./schema.js";

/** Bytes of a column in a row group, as they are in the file, at most. */
const MOST_CHUNK = 2 ** 27;
/** Rows of a row group that is read, at most: its cells are in memory together. */
const MOST_ROWS = 2 ** 24;
/** Bytes of the description at the end of a file, at most. */
const MOST_FOOTER = 2 ** 27;
const MAGIC = "PAR1";
const SMALLER_GROUPS = "Write the file with smaller row groups, of 100000 rows (row_group_size=100_000 of pyarrow)";

/** Cells of a column, some rows of them. */
export type Cells = ArrayLike<unknown>;

/** Rows that are stored together. */
interface Group {
  /** The place of its first row in the file. */
  readonly begin: number;
  readonly rows: number;
  readonly own: RowGroup;
}

const reader = () => import("hyparquet/src/read.js");
const metadataReader = () => import("hyparquet/src/metadata.js");
const converter = () => import("hyparquet/src/convert.js");
const pageReader = () => import("hyparquet/src/column.js");

export class ParquetFile {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly SchemaColumn[];
  readonly groups: readonly Group[];
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #metadata: FileMetaData;

  private constructor(name: string, file: FileHandle, size: number, metadata: FileMetaData) {
    this.name = name;
    this.#file = file;
    this.#size = size;
    this.#metadata = metadata;
    const isWhole = metadata.schema.every(
      ({ name: own, num_children: count = 0 }) => typeof own === "string" && count >= 0,
    );
    if (!isWhole) throw new FormatError(`${name}: its schema cannot be. ${DAMAGED}`);
    this.columns = columnsOf(metadata.schema);
    const names = this.columns.map((column) => column.name);
    const twice = names.find((own, i) => names.indexOf(own) < i);
    if (twice !== undefined) {
      throw new FormatError(`${name}: two columns are called ${show(twice)}. Write the file with different names.`);
    }
    let begin = 0;
    this.groups = metadata.row_groups.map((own, i) => {
      const rows = Number(own.num_rows);
      if (!Number.isSafeInteger(rows) || rows < 0 || rows > 2 ** 31) {
        throw new FormatError(
          `${placeOf(name, i)}: it says that it has ${counted(Number(own.num_rows), "row")}. ${DAMAGED}`,
        );
      }
      begin += rows;
      return { begin: begin - rows, rows, own };
    });
    this.rows = begin;
    if (BigInt(begin) !== metadata.num_rows) {
      throw new FormatError(
        `${name}: expected ${counted(Number(metadata.num_rows), "row")}, its row groups have ${begin}. ${DAMAGED}`,
      );
    }
  }

  /** @throws DataError if it cannot be read, FormatError for anything but Parquet; both name the file. */
  static async open(path: string): Promise<ParquetFile> {
    const name = basename(path);
    const file = await open(path).catch((cause: unknown) => {
      throw new DataError(`${name}: it could not be read: ${messageOf(cause)}`, { cause });
    });
    try {
      const { size } = await file.stat();
      return new ParquetFile(name, file, size, await readMetadata(name, file, size));
    } catch (error) {
      await file.close();
      throw damaged(name, error);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** A column that can be read. @throws DataError for a name that is not there; FormatError for nested columns. */
  column(name: string): SchemaColumn {
    const found = this.columns.find((column) => column.name === name);
    if (!found) {
      const names = this.columns.map((column) => column.name);
      const known = `It has: ${names.slice(0, 12).map(show).join(", ")}${names.length > 12 ? ", …" : ""}.`;
      throw new DataError(`${this.name}: no column ${show(name)}.${didYouMean(name, names)} ${known}`);
    }
    if (found.type !== "nested" && found.type !== "unknown") return found;
    const { type, converted_type: own, logical_type: logical } = found.element;
    const kind = found.type === "nested" ? "nested" : `of type ${logical?.type ?? own ?? type}`;
    const remedy = "Leave it out, or write it as columns of numbers, text, booleans or dates";
    throw new FormatError(`${placeOf(this.name, undefined, name)}: it is ${kind}. ${remedy}.`);
  }

  /**
   * True if a number holds some cell of a column of whole numbers only rounded. Statistics of row groups say so; those
   * without are read.
   */
  async hasRounded(name: string): Promise<boolean> {
    const { type, element } = this.column(name);
    if (type !== "number" || element.type !== "INT64") return false;
    for (const { begin, rows, own } of this.groups) {
      const { statistics } = columnIn(own, name) ?? {};
      const [least, most] = [statistics?.min_value ?? statistics?.min, statistics?.max_value ?? statistics?.max];
      const isKnown = least !== undefined && most !== undefined;
      const [cells] = isKnown ? [[least, most]] : await this.read([name], begin, begin + rows);
      if (hasRounded(cells)) return true;
    }
    return false;
  }

  /** Cells of the rows from `begin` up to `end`, by column. @throws FormatError, naming row group and column */
  async read(names: readonly string[], begin: number, end: number): Promise<Cells[]> {
    const columns = names.map((name) => this.column(name));
    const all: Cells[] = [];
    // One column after the other: memory holds the bytes of one.
    for (const column of columns) {
      const pieces: Cells[] = [];
      for (const [i, group] of this.groups.entries()) {
        const [from, to] = [Math.max(begin, group.begin), Math.min(end, group.begin + group.rows)];
        if (from < to) pieces.push(...(await this.#readGroup(i, column, from - group.begin, to - group.begin)));
      }
      all.push(pieces.length === 1 ? pieces[0] : joined(pieces, end - begin));
    }
    return all;
  }

  async #readGroup(i: number, column: SchemaColumn, rowStart: number, rowEnd: number): Promise<Cells[]> {
    const place = placeOf(this.name, i, column.name);
    const { own, rows } = this.groups[i];
    if (rows > MOST_ROWS) {
      throw new FormatError(
        `${place}: it has ${counted(rows, "row")}, more than memory should hold. ${SMALLER_GROUPS}.`,
      );
    }
    try {
      const { start, bytes, codec, unpack } = await this.#chunk(place, own, column, rows);
      const { parquetRead } = await reader();
      const pieces: Cells[] = [];
      const begins = new WeakMap<ArrayBufferLike, number>();
      const compressors = unpack && {
        [codec]: (input: Uint8Array, size: number) => unpack(input, size, begins.get(input.buffer) ?? 0),
      };
      await parquetRead({
        file: {
          byteLength: this.#size,
          slice: (from, to = this.#size) => {
            const isWhole = from === start && to === start + bytes.byteLength;
            const own = isWhole ? bytes : bytes.slice(from - start, to - start);
            begins.set(own, from - start);
            return own;
          },
        },
        // Row groups before this one need not be looked at.
        metadata: { ...this.#metadata, num_rows: own.num_rows, row_groups: [own] },
        parsers: await timeParsers(),
        ...{ columns: [column.name], rowStart, rowEnd, ...(compressors && { compressors }) },
        onChunk: ({ columnData, rowStart: first, rowEnd: last }) => {
          const [from, to] = [Math.max(rowStart, first), Math.min(rowEnd, last)];
          if (from < to)
            pieces.push(to - from === columnData.length ? columnData : columnData.slice(from - first, to - first));
        },
      });
      const count = pieces.reduce((sum, { length }) => sum + length, 0);
      if (count === rowEnd - rowStart) return pieces.map((cells) => readableCells(place, column, cells));
      throw new FormatError(`${place}: expected ${counted(rowEnd - rowStart, "value")}, got ${count}. ${DAMAGED}`);
    } catch (error) {
      throw damaged(place, error);
    }
  }

  /** The bytes of a column in a row group, whose pages fit, and how to unpack them. */
  async #chunk(place: string, group: RowGroup, { name, element }: SchemaColumn, rows: number) {
    const own = columnIn(group, name);
    if (!own) throw new FormatError(`${place}: its cells are not in the file. ${DAMAGED}`);
    if (own.type !== element.type) {
      throw new FormatError(`${place}: its cells are ${own.type}, its column is ${element.type}. ${DAMAGED}`);
    }
    const { data_page_offset: data, dictionary_page_offset: dictionary, total_compressed_size: packed } = own;
    const start = Number(dictionary && dictionary < data ? dictionary : data);
    const size = Number(packed);
    if (!(start >= MAGIC.length && size >= 0 && start + size <= this.#size)) {
      const range = `bytes ${start} to ${start + size} of ${this.#size}`;
      throw new FormatError(`${place}: its cells should be ${range}. ${DAMAGED}`);
    }
    if (size > MOST_CHUNK) {
      throw new FormatError(`${place}: it has ${formatBytes(size)}, more than memory should hold. ${SMALLER_GROUPS}.`);
    }
    const bytes = await readBytes(this.#file, start, size);
    const codec = own.codec as string;
    const decompress = await decompressorOf(place, codec, MOST_PAGE);
    const pages = checkPages(place, (await pageReader()).parquetHeader, bytes, rows, {
      type: element.type as string,
      isOptional: element.repetition_type !== "REQUIRED",
      isCompressed: decompress !== null,
    });
    /** @param begin Of the bytes that `input` is a part of, in the chunk. */
    const unpack = (input: Uint8Array, size: number, begin: number) => {
      const output = (decompress as Decompress)(input, size);
      const page = pages.get(begin + input.byteOffset);
      if (page && output.length === size) checkRuns(output, page);
      return output;
    };
    return { start, bytes, codec, unpack: decompress && unpack };
  }
}

/** What a row group says of its part of a column; `undefined` if it has none in this file. */
function columnIn({ columns }: RowGroup, name: string) {
  const found = columns.find(({ meta_data: { path_in_schema: path } = {} as never }) => {
    return path?.length === 1 && path[0] === name;
  });
  return found?.file_path ? undefined : found?.meta_data;
}

/** Times that hyparquet cuts towards 1970, cut to the millisecond before instead, as those after 1970 are. */
async function timeParsers() {
  const { timestampFromMilliseconds } = (await converter()).DEFAULT_PARSERS;
  const cutting = (perMillisecond: bigint) => (time: bigint) => {
    const cut = time / perMillisecond;
    return timestampFromMilliseconds(cut * perMillisecond > time ? cut - 1n : cut);
  };
  return { timestampFromMicroseconds: cutting(1000n), timestampFromNanoseconds: cutting(1_000_000n) };
}

function joined(pieces: readonly Cells[], length: number): unknown[] {
  const all = new Array<unknown>(length);
  let at = 0;
  for (const piece of pieces) for (let i = 0; i < piece.length; i++) all[at++] = piece[i];
  return all;
}

/** Bytes of a file. @throws FormatError where it ends before */
async function readBytes(file: FileHandle, start: number, size: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size; ) {
    const { bytesRead } = await file.read(bytes, done, size - done, start + done);
    if (bytesRead === 0) throw new FormatError(`the file ends at byte ${start + done}. ${DAMAGED}`);
    done += bytesRead;
  }
  return bytes.buffer;
}

const textOf = (bytes: ArrayBuffer) => new TextDecoder("latin1").decode(bytes);

async function readMetadata(name: string, file: FileHandle, size: number): Promise<FileMetaData> {
  const [begin, end] = [Math.min(size, 4), Math.min(size, 8)];
  const magic = textOf(await readBytes(file, 0, begin));
  if (magic === "PARE") throw new FormatError(`${name}: it is encrypted. Write it without encryption.`);
  if (magic !== MAGIC || size < 12) {
    throw new FormatError(`${name}: it is not a Parquet file: expected ${MAGIC} at its begin, got ${show(magic)}.`);
  }
  const tail = await readBytes(file, size - end, end);
  const length = new DataView(tail).getUint32(0, true);
  if (textOf(tail.slice(4)) !== MAGIC) {
    throw new FormatError(`${name}: expected ${MAGIC} at its end: it is not complete. Write or copy it again.`);
  }
  if (length > size - 12 || length > MOST_FOOTER) {
    throw new FormatError(`${name}: its description should have ${counted(length, "byte")} of ${size}. ${DAMAGED}`);
  }
  const { parquetMetadata } = await metadataReader();
  // Geometry is not read; looking for it takes forever in a damaged schema.
  const own = parquetMetadata(await readBytes(file, size - length - end, length + end), { geoparquet: false });
  return { ...own, schema: own.schema.map(withConvertedType) };
}
