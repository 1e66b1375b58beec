/**
 * Small pictures of 256 colours as PNG data addresses: one byte per pixel, not compressed (PNG specification 1.2,
 * RFC 1950 and 1951). Enough for weights; a photograph would be large.
 */

import { crc32 } from "../base/crc32.js";
import { encodeBase64 } from "../base/encodeBase64.js";

/** Bytes that one stored block of a deflate stream may hold. */
const MOST_STORED = 65_535;

/** `data:image/png;base64,…` of [height, width] palette indices. */
export function pngAddress(pixels: Uint8Array, width: number, height: number, palette: Uint8Array): string {
  const lines = new Uint8Array(height * (width + 1)); // each line begins with its filter: 0, none
  for (let row = 0; row < height; row++) {
    lines.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  const header = Uint8Array.of(...bigEndian(width), ...bigEndian(height), 8, 3, 0, 0, 0);
  const file = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", stored(lines)),
    chunk("IEND", new Uint8Array(0)),
  ];
  return `data:image/png;base64,${encodeBase64(Uint8Array.from(file.flatMap((part) => [...part])))}`;
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Uint8Array.of(...Array.from(name, (char) => char.charCodeAt(0)), ...data);
  return Uint8Array.of(...bigEndian(data.length), ...body, ...bigEndian(crc32(body)));
}

/** A zlib stream of blocks that are stored as they are. */
function stored(data: Uint8Array): Uint8Array {
  const parts: number[] = [0x78, 0x01];
  for (let begin = 0; begin < data.length; begin += MOST_STORED) {
    const block = data.subarray(begin, begin + MOST_STORED);
    const isLast = begin + MOST_STORED >= data.length;
    const { length } = block;
    parts.push(isLast ? 1 : 0, length & 255, length >>> 8, ~length & 255, (~length >>> 8) & 255);
    for (const byte of block) parts.push(byte);
  }
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  parts.push(...bigEndian(((b << 16) | a) >>> 0));
  return Uint8Array.from(parts);
}
