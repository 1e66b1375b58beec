/** Bytes as text of 64 signs, for JSON. */
import { FormatError } from "../base/errors.js";

export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** @throws FormatError */
export function decodeBase64(where: string, text: unknown): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text as string), (sign) => sign.charCodeAt(0));
  } catch (cause) {
    throw new FormatError(`${where}: a network in the file cannot be read. The file was altered.`, { cause });
  }
}
