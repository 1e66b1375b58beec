/** The bytes of a model's file as callers give them. */
import { bytesOf } from "../base/bytes.js";
import { FormatError, show } from "../base/errors.js";

/** A view of the bytes. @throws FormatError for anything else */
export function modelBytes(bytes: unknown): Uint8Array {
  const file = bytesOf(bytes);
  if (file) return file;
  throw new FormatError(`expected the bytes of a model file as Uint8Array or ArrayBuffer, got ${show(bytes)}.`);
}
