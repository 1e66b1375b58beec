/** Bytes to text: UTF-8, or UTF-16 of either byte order. Knows encodings, not CSV. */
import { FormatError } from "../base/errors.js";
import { refuseBinary } from "./otherFormats.js";

/** Detects UTF-16 by its byte order mark, or by the zero in every second byte of Latin text. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if ((first === 0xff && second === 0xfe) || (first > 0 && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second > 0)) return "utf-16be";
  return "utf-8";
}

/** For the function `where`. @throws FormatError for bytes that are not text, or text in another encoding. */
export function decode(where: string, input: Uint8Array | ArrayBuffer): string {
  const begin = new Uint8Array(ArrayBuffer.isView(input) ? input.subarray(0, 8) : input.slice(0, 8));
  refuseBinary(where, begin);
  const encoding = encodingOf(begin);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(input);
  } catch (cause) {
    const label = encoding === "utf-8" ? "windows-1252" : encoding;
    const hint = `Decode it yourself: new TextDecoder("${label}").decode(bytes).`;
    throw new FormatError(`${where}: the bytes are not ${encoding.toUpperCase()}. ${hint}`, { cause });
  }
}
