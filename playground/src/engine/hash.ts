/** A hash of all weights. */
import type { Weight } from "simdgrad";

/** FNV-1a (Fowler, Noll, Vo) over the bits of all weights: equal for equal bits. */
export function hashOf(weights: readonly Weight[]): string {
  let hash = 0x811c9dc5;
  for (const { data } of weights) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
    for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
