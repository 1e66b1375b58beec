/** Bytes to text: UTF-8, or UTF-16 of either byte order. Knows encodings, not CSV. */
import { FormatError } from "../base/errors.js";

/** First bytes of files that are not text, and advice on how to get text from them. */
const archives: readonly (readonly [first: readonly number[], advice: string])[] = [
  [[0x50, 0x4b, 3, 4], "They are a ZIP archive, as spreadsheets (.xlsx) are. Save the sheet as CSV."],
  [[0x1f, 0x8b], "They are compressed by gzip. Decompress them: DecompressionStream, or gunzip."],
];

/** Detects UTF-16 by its byte order mark, or by the zero in every second byte of Latin text. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if ((first === 0xff && second === 0xfe) || (first > 0 && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second > 0)) return "utf-16be";
  return "utf-8";
}

/** @throws FormatError for bytes that are not text, or text in another encoding. */
export function decode(input: Uint8Array | ArrayBuffer): string {
  const begin = ArrayBuffer.isView(input)
    ? input.subarray(0, 4)
    : new Uint8Array(input, 0, Math.min(4, input.byteLength));
  const archive = archives.find(([first]) => first.every((byte, i) => begin[i] === byte));
  if (archive) throw new FormatError(`parseCsv: the bytes are not text. ${archive[1]}`);
  const encoding = encodingOf(begin);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(input);
  } catch (cause) {
    const label = encoding === "utf-8" ? "windows-1252" : encoding;
    const hint = `Decode it yourself: new TextDecoder("${label}").decode(bytes).`;
    throw new FormatError(`parseCsv: the bytes are not ${encoding.toUpperCase()}. ${hint}`, { cause });
  }
}
