/** Decompressors by codec: those of Node and of the reader, and those of hyparquet-compressors where they have none. */
import { createRequire } from "node:module";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { FormatError, formatBytes } from "../base/errors.js";

export type Decompress = (input: Uint8Array, size: number) => Uint8Array;

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

/** Snappy of the reader. */
async function snappy(): Promise<Decompress> {
  const { snappyUncompress } = await import("hyparquet/src/snappy.js");
  return (input, size) => {
    const output = new Uint8Array(size);
    snappyUncompress(input, output);
    return output;
  };
}

/**
 * The decompressor of a codec; none for pages that are not compressed.
 * @throws FormatError saying what to install
 */
export async function decompressorOf(place: string, codec: string, most: number): Promise<Decompress | null> {
  if (codec === "UNCOMPRESSED") return null;
  const own = codec === "SNAPPY" ? await snappy() : (ofNode[codec] ?? ofPackage(codec));
  if (!own) {
    const others = ofNode.ZSTD ? "snappy, gzip or zstd" : "snappy or gzip";
    const remedy = `Run: npm install hyparquet-compressors, or write the file with ${others}`;
    throw new FormatError(`${place}: no decompressor for ${codec}. ${remedy}.`);
  }
  return (input, size) => {
    if (size > most) throw new FormatError(`${place}: a page says that it has ${formatBytes(size)}.`);
    return own(input, size);
  };
}
