/** Files of another format that are given as CSV: how they begin, and how to read them instead. Knows no cells. */
import { beginsWith } from "../base/beginsWith.js";
import { FormatError } from "../base/errors.js";

const JSON_LINES = 'text.trim().split("\\n").map((line) => JSON.parse(line))';

/** First bytes of files that are not text; more than letters, as columns are called PK and PAR1, too. */
const binary: readonly (readonly [first: readonly number[], advice: string])[] = [
  [[0x50, 0x4b, 3, 4], "They are a ZIP archive, as spreadsheets (.xlsx) are. Save the sheet as CSV."],
  [[0xd0, 0xcf, 0x11, 0xe0], "They are an old spreadsheet (.xls). Save the sheet as CSV."],
  [[0x1f, 0x8b], "They are compressed by gzip. Decompress them: DecompressionStream, or gunzip."],
  [[0x50, 0x41, 0x52, 0x31, 0x15], "They are a Parquet file: await readParquet(path) of simdgrad/parquet."],
];

/** The beginning of text that is not CSV. No two parts of an expression take the same white space: it would cost its square. */
const textual: readonly (readonly [first: RegExp, advice: string])[] = [
  [/^\s*\[\s*[[{]/, "It is JSON: JSON.parse(text) has its rows."],
  [/^\s*\{\s*"[^\n]*\}[^\S\n]*\n\s*\{\s*"/, `It is JSON Lines: ${JSON_LINES} are its rows.`],
  [/^\s*\{\s*"/, "It is JSON: JSON.parse(text) has its rows."],
  [/^\s*<(?:!doctype html|html|\?xml)\b/i, "It is a page or XML, as a server sends it with an error. Look at it."],
];

/** @throws FormatError naming the format, for bytes that do not begin as text does */
export function refuseBinary(where: string, bytes: Uint8Array): void {
  const found = binary.find(([first]) => beginsWith(bytes, first));
  if (found) throw new FormatError(`${where}: the bytes are not text. ${found[1]}`);
}

/** @throws FormatError naming the format, for text that begins as CSV does not */
export function refuseOtherText(where: string, text: string): void {
  const found = textual.find(([first]) => first.test(text));
  if (found) throw new FormatError(`${where}: the text is not CSV. ${found[1]}`);
}
