/** FNV-1a (Fowler, Noll, Vo), 32 bits: byte after byte is mixed into a hash that begins with `FNV_START`. */

export const FNV_START = 0x811c9dc5;

/** Mixes a byte in. The result may be negative: `>>> 0` at the end. */
export function mixByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}
