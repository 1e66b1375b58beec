/** Bytes as callers hand them over. */
import { kindOf } from "./kinds.js";

/**
 * The bytes of a Uint8Array (a Buffer is one) or an ArrayBuffer, as a view that shares their memory; `null` for
 * anything else. A detached buffer has no bytes.
 */
export function bytesOf(value: unknown): Uint8Array | null {
  const kind = kindOf(value);
  if (kind !== "ArrayBuffer" && !(kind === "Uint8Array" && ArrayBuffer.isView(value))) return null;
  const { buffer = value as ArrayBuffer, byteOffset, byteLength } = value as Partial<Uint8Array>;
  // A detached buffer allows no views.
  return byteLength ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array();
}
