/** The first bytes of a file, by which its format is told. */

/** True if the first bytes are those of `start`. */
export function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
