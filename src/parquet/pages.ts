/** Looks through the pages of a column before they are read: what headers declare must fit the file. */
import { counted } from "../base/counted.js";
import { FormatError, formatBytes } from "../base/errors.js";
import { DAMAGED } from "./errors.js";
import { checkLevels, checkRuns, type RunPage } from "./runs.js";

/** The part of a page's header that is checked. */
interface Header {
  readonly type?: string;
  readonly uncompressed_page_size: number;
  readonly compressed_page_size: number;
  readonly data_page_header?: { readonly num_values: number; readonly encoding?: string } | undefined;
  readonly data_page_header_v2?: {
    readonly num_values: number;
    readonly encoding?: string;
    readonly is_compressed?: boolean;
    readonly num_nulls: number;
    readonly definition_levels_byte_length: number;
    readonly repetition_levels_byte_length: number;
  };
  readonly dictionary_page_header?: { readonly num_values: number };
}

/** Bytes of a page when it is read, at most. */
export const MOST_PAGE = 2 ** 27;

const isCount = (value: unknown, most: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

/** True if the levels at the begin of a page of version 2 are within it. */
function areLevels(page: NonNullable<Header["data_page_header_v2"]>, size: number): boolean {
  const { num_values, num_nulls, definition_levels_byte_length: one, repetition_levels_byte_length: other } = page;
  return isCount(one, size) && isCount(other, size - one) && isCount(num_nulls, num_values);
}

/** A column, as far as its pages depend on it. */
export interface PagedColumn {
  /** Type of the values, as the schema has it. */
  readonly type: string;
  /** True if cells may be missing. */
  readonly isOptional: boolean;
  readonly isCompressed: boolean;
}

/** Types of encodings that not every type has. */
const TYPES: Readonly<Record<string, readonly string[] | undefined>> = {
  RLE: ["BOOLEAN"],
  DELTA_BINARY_PACKED: ["INT32", "INT64"],
  DELTA_LENGTH_BYTE_ARRAY: ["BYTE_ARRAY"],
  DELTA_BYTE_ARRAY: ["BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"],
};

/** Pages by the place of their packed bytes in the chunk: what is left to check when they are unpacked. */
export type PackedPages = ReadonlyMap<number, RunPage>;

/** @throws FormatError for pages that do not fit the bytes, or the rows of their group. */
export function checkPages(
  place: string,
  readHeader: (reader: { view: DataView; offset: number }) => Header,
  chunk: ArrayBuffer,
  rows: number,
  column: PagedColumn,
): PackedPages {
  const reader = { view: new DataView(chunk), offset: 0 };
  const fail = (what: string) => new FormatError(`${place}: ${what}. ${DAMAGED}`);
  const left = new Map<number, RunPage>();
  let values = 0;
  while (values < rows) {
    if (reader.offset >= chunk.byteLength - 1) throw fail(`expected ${counted(rows, "value")}, got ${values}`);
    const header = readHeader(reader);
    const { uncompressed_page_size: size, compressed_page_size: packed } = header;
    if (!isCount(packed, chunk.byteLength - reader.offset))
      throw fail(`a page says that it has ${counted(packed, "byte")}`);
    if (!isCount(size, MOST_PAGE)) {
      const remedy = `Pages may have ${formatBytes(MOST_PAGE)}: write the file with smaller ones.`;
      throw new FormatError(`${place}: a page says that it has ${formatBytes(Number(size))}. ${remedy}`);
    }
    if (header.type === "DICTIONARY_PAGE") {
      const count = header.dictionary_page_header?.num_values;
      // A boolean takes a bit; nothing takes less.
      if (!isCount(count, size * 8)) throw fail(`a dictionary says that it has ${count} values`);
    } else {
      const one = header.data_page_header;
      const two = header.data_page_header_v2;
      const count = (one ?? two)?.num_values;
      if (!isCount(count, rows - values)) throw fail(`a page says that it has ${count} of ${rows - values} values`);
      values += count as number;
      if (two && !areLevels(two, packed)) throw fail("the levels of a page do not fit it");
      const bytes = new Uint8Array(chunk, reader.offset, packed);
      const { definition_levels_byte_length: levels = 0, repetition_levels_byte_length: others = 0 } = two ?? {};
      const encoding = (one ?? two)?.encoding ?? "";
      if (TYPES[encoding]?.includes(column.type) === false) throw fail(`a page of ${column.type} is in ${encoding}`);
      const page = {
        values: count as number,
        encoding,
        hasLevels: !two && column.isOptional,
        nulls: two?.num_nulls ?? 0,
        isBoolean: column.type === "BOOLEAN",
      };
      if (two && column.isOptional) checkLevels(bytes.subarray(others, others + levels), page.values);
      const own = bytes.subarray(others + levels);
      if (column.isCompressed && two?.is_compressed !== false) left.set(own.byteOffset, page);
      else checkRuns(own, page);
    }
    reader.offset += packed;
  }
  return left;
}
