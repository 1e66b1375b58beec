/** The checksum CRC-32. */

const TABLES = 16;
let tables: Int32Array | undefined;

/** 16 tables of 256 entries: table k holds the remainder of each byte followed by k zero bytes. */
function crcTables(): Int32Array {
  if (tables) return tables;
  tables = new Int32Array(TABLES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) tables[i] = tables[tables[i - 256] & 255] ^ (tables[i - 256] >>> 8);
  return tables;
}

/** CRC-32 (ISO 3309) over several parts in order, 16 bytes at a time ("slicing", Kounavis and Berry 2005). */
export function crc32(...parts: readonly Uint8Array[]): number {
  const table = crcTables();
  /** Contribution of a word followed by `at / 256` bytes. */
  const share = (word: number, at: number) =>
    table[at + 768 + (word & 255)] ^
    table[at + 512 + ((word >>> 8) & 255)] ^
    table[at + 256 + ((word >>> 16) & 255)] ^
    table[at + (word >>> 24)];
  let crc = -1;
  for (const part of parts) {
    // Whole words. Every machine that runs WebAssembly is little-endian. A part that is not aligned is copied.
    const { buffer, byteOffset } = part.byteOffset % 4 === 0 ? part : new Uint8Array(part);
    const words = new Int32Array(buffer, byteOffset, 4 * Math.floor(part.length / TABLES));
    for (let i = 0; i < words.length; i += 4) {
      crc =
        share(crc ^ words[i], 3072) ^ share(words[i + 1], 2048) ^ share(words[i + 2], 1024) ^ share(words[i + 3], 0);
    }
    for (let i = words.length * 4; i < part.length; i++) crc = table[(crc ^ part[i]) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
