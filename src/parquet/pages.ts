/** Looks through the pages of a column before they are read: what headers declare must fit the file. */
import { FormatError, formatBytes } from "../base/errors.js";
import { DAMAGED } from "./errors.js";

/** The part of a page's header that is checked. */
interface Header {
  readonly type?: string;
  readonly uncompressed_page_size: number;
  readonly compressed_page_size: number;
  readonly data_page_header?: { readonly num_values: number } | undefined;
  readonly data_page_header_v2?: {
    readonly num_values: number;
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

/** @throws FormatError for pages that do not fit the bytes, or the rows of their group. */
export function checkPages(
  place: string,
  readHeader: (reader: { view: DataView; offset: number }) => Header,
  chunk: ArrayBuffer,
  rows: number,
): void {
  const reader = { view: new DataView(chunk), offset: 0 };
  const fail = (what: string) => new FormatError(`${place}: ${what}. ${DAMAGED}`);
  let values = 0;
  while (values < rows) {
    if (reader.offset >= chunk.byteLength - 1) throw fail(`expected ${rows} values, got ${values}`);
    const header = readHeader(reader);
    const { uncompressed_page_size: size, compressed_page_size: packed } = header;
    if (!isCount(packed, chunk.byteLength - reader.offset)) throw fail(`a page says that it has ${packed} bytes`);
    if (!isCount(size, MOST_PAGE)) {
      const remedy = `Pages may have ${formatBytes(MOST_PAGE)}: write the file with smaller ones.`;
      throw new FormatError(`${place}: a page says that it has ${formatBytes(Number(size))}. ${remedy}`);
    }
    if (header.type === "DICTIONARY_PAGE") {
      const count = header.dictionary_page_header?.num_values;
      // A boolean takes a bit; nothing takes less.
      if (!isCount(count, size * 8)) throw fail(`a dictionary says that it has ${count} values`);
    } else {
      const count = (header.data_page_header ?? header.data_page_header_v2)?.num_values;
      if (!isCount(count, rows - values)) throw fail(`a page says that it has ${count} of ${rows - values} values`);
      values += count as number;
      if (header.data_page_header_v2 && !areLevels(header.data_page_header_v2, packed)) {
        throw fail("the levels of a page do not fit it");
      }
    }
    reader.offset += packed;
  }
}
