/** Decompressors by codec: those of Node, and those of hyparquet-compressors where Node has none. */
import { createRequire } from "node:module";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { FormatError, formatBytes } from "../base/errors.js";

type Decompress = (input: Uint8Array, size: number) => Uint8Array;

/** Snappy is part of the reader. */
const BUILT_IN = ["UNCOMPRESSED", "SNAPPY"];

const ofNode: Readonly<Record<string, Decompress | undefined>> = {
  GZIP: (input, size) => zlib.gunzipSync(input, { maxOutputLength: size }),
  BROTLI: (input, size) => zlib.brotliDecompressSync(input, { maxOutputLength: size }),
  ZSTD: zstdOfNode(),
};

/** Node has it from 22.15 on. */
function zstdOfNode(): Decompress | undefined {
  const own = (zlib as { zstdDecompressSync?: (input: Uint8Array, options: object) => Uint8Array }).zstdDecompressSync;
  return own && ((input, size) => own(input, { maxOutputLength: size }));
}

/** The optional package, beside this one or in the folder where the program runs. */
function ofPackage(codec: string): Decompress | undefined {
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      const { compressors } = createRequire(place)("hyparquet-compressors") as {
        compressors: Readonly<Record<string, Decompress | undefined>>;
      };
      return compressors[codec];
    } catch {} // not installed there
  }
  return undefined;
}

/**
 * The decompressor of a codec, as the reader wants it; none for codecs that it has itself.
 * @throws FormatError saying what to install
 */
export function compressorsFor(place: string, codec: string, most: number): Readonly<Record<string, Decompress>> {
  if (BUILT_IN.includes(codec)) return {};
  const own = ofNode[codec] ?? ofPackage(codec);
  if (!own) {
    const remedy = "Run: npm install hyparquet-compressors, or write the file with snappy, gzip or zstd";
    throw new FormatError(`${place}: no decompressor for ${codec}. ${remedy}.`);
  }
  const checked: Decompress = (input, size) => {
    if (size > most) throw new FormatError(`${place}: a page says that it has ${formatBytes(size)}.`);
    return own(input, size);
  };
  return { [codec]: checked };
}
