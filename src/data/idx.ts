/**
 * IDX, the format of the MNIST files: a big-endian header, then numbers. Plain or gzipped.
 * http://yann.lecun.com/exdb/mnist describes it. Knows bytes only: nothing about files, networks or models.
 */

import { bytesOf } from "../base/bytes.js";
import { counted } from "../base/counted.js";
import { checkArguments, DataError, FormatError, show } from "../base/errors.js";
import { formatShape, sizeOf } from "../base/shape.js";

/** The contents of an IDX file. */
export interface IdxArray {
  /** Sizes, outermost first: [10000, 28, 28] for the MNIST test images. */
  shape: number[];
  /** The numbers in row-major order, in the element type that the file names. Owns its memory. */
  data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** The decoded header. */
interface Header {
  type: ElementType;
  shape: number[];
  /** Offset at which the numbers begin. */
  offset: number;
  /** Bytes of the whole file, header included. */
  totalBytes: number;
}

interface ElementType {
  bytes: number;
  read: (view: DataView, count: number) => IdxArray["data"];
}

/** Type codes of the format, the third byte of a file. */
const elementTypes: Record<number, ElementType> = {
  8: { bytes: 1, read: (v, n) => new Uint8Array(v.buffer, v.byteOffset, n).slice() },
  9: { bytes: 1, read: (v, n) => new Int8Array(v.buffer, v.byteOffset, n).slice() },
  11: { bytes: 2, read: (v, n) => fill(new Int16Array(n), (i) => v.getInt16(2 * i)) },
  12: { bytes: 4, read: (v, n) => fill(new Int32Array(n), (i) => v.getInt32(4 * i)) },
  13: { bytes: 4, read: (v, n) => fill(new Float32Array(n), (i) => v.getFloat32(4 * i)) },
  14: { bytes: 8, read: (v, n) => fill(new Float64Array(n), (i) => v.getFloat64(8 * i)) },
};

const MAX_BYTES = 0x7fffffff;
const MAX_RANK = 8;
const MEND = "The file is damaged or incomplete: fetch it again.";

function fill<Data extends IdxArray["data"]>(data: Data, read: (i: number) => number): Data {
  for (let i = 0; i < data.length; i++) data[i] = read(i);
  return data;
}

/**
 * Reads an IDX file, gzipped or not. The inflated size of a gzipped file is bounded by its own header.
 * @param bytes The whole file: `new Uint8Array(await (await fetch(url)).arrayBuffer())` or what `readFile` returns.
 * @throws FormatError when the bytes are not one complete IDX file of at most 2³¹ - 1 bytes and 8 dimensions.
 */
export async function parseIdx(bytes: Uint8Array | ArrayBuffer): Promise<IdxArray> {
  checkArguments("parseIdx", arguments, 1);
  const given = bytesOf(bytes);
  if (given === null) {
    throw new DataError(`parseIdx: expected a Uint8Array or an ArrayBuffer, got ${show(bytes)}. Read the file first.`);
  }
  const isGzip = given.length >= 2 && given[0] === 0x1f && given[1] === 0x8b;
  return readIdx(isGzip ? await inflate(given) : given);
}

function readIdx(file: Uint8Array): IdxArray {
  const header = readHeader(file);
  if (!header)
    throw new FormatError(`parseIdx: ${counted(file.length, "byte")} are too few for an IDX header. ${MEND}`);
  const { type, shape, offset, totalBytes } = header;
  if (file.length < totalBytes) {
    const expected = `expected ${counted(totalBytes, "byte")} for shape ${formatShape(shape)}, got ${file.length}`;
    throw new FormatError(`parseIdx: truncated: ${expected}. ${MEND}`);
  }
  if (file.length > totalBytes) throw tooLong(header, `got ${file.length}`);
  const view = new DataView(file.buffer, file.byteOffset + offset, totalBytes - offset);
  return { shape, data: type.read(view, sizeOf(shape)) };
}

/** Decodes the header; `undefined` while there are too few bytes. @throws FormatError for a foreign header. */
function readHeader(file: Uint8Array): Header | undefined {
  if (file.length < 4) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [zero, alsoZero, code, rank] = file;
  if (zero !== 0 || alsoZero !== 0) {
    const got = [...file.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const hint = zero === 0x3c ? " This looks like an HTML page: check the address it came from." : "";
    throw new FormatError(`parseIdx: not an IDX file: expected two zero bytes first, got ${got}.${hint}`);
  }
  const type = elementTypes[code];
  if (!type) {
    const known = Object.keys(elementTypes).join(", ");
    throw new FormatError(`parseIdx: unknown element type ${code}: expected one of ${known}. ${MEND}`);
  }
  if (rank === 0 || rank > MAX_RANK) {
    throw new FormatError(`parseIdx: expected 1 to ${MAX_RANK} dimensions, got ${rank}. ${MEND}`);
  }
  const offset = 4 + 4 * rank;
  if (file.length < offset) return undefined;
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const totalBytes = offset + sizeOf(shape) * type.bytes;
  if (totalBytes > MAX_BYTES) {
    throw new FormatError(`parseIdx: shape ${formatShape(shape)} is over the limit of ${MAX_BYTES} bytes. ${MEND}`);
  }
  return { type, shape, offset, totalBytes };
}

function tooLong({ shape, totalBytes }: Header, got: string): FormatError {
  const expected = `expected ${counted(totalBytes, "byte")} for shape ${formatShape(shape)}`;
  return new FormatError(`parseIdx: trailing bytes: ${expected}, ${got}. Pass the bytes of exactly one IDX file.`);
}

/** Inflates a gzipped IDX file, and stops as soon as it holds more than its header promises. */
async function inflate(compressed: Uint8Array): Promise<Uint8Array> {
  // Not through a Blob: that of jsdom has no stream().
  const { readable, writable } = new DecompressionStream("gzip");
  const reader = readable.getReader();
  const writer = writable.getWriter();
  // The copy gives the stream an ArrayBuffer of its own, whatever memory the caller's bytes view.
  const written = [writer.write(new Uint8Array(compressed)), writer.close()];
  for (const promise of written) promise.catch(() => {}); // reading reports the error
  const chunks: Uint8Array[] = [];
  let header: Header | undefined;
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return concatenate(chunks, length);
      chunks.push(value);
      length += value.length;
      header ??= readHeader(concatenate(chunks, length));
      if (header && length > header.totalBytes) throw tooLong(header, `the gzip data holds at least ${length}`);
    }
  } catch (error) {
    await reader.cancel().catch(() => {}); // the error at hand says more
    if (error instanceof FormatError) throw error;
    throw new FormatError(`parseIdx: damaged gzip data after ${length} inflated bytes. ${MEND}`, { cause: error });
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
