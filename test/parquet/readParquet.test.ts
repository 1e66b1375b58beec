// Parquet as other programs write it, in several codecs; and files that are damaged, hostile, or of something else.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer/src/write.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, FormatError, OptionError, SimdgradError } from "../../src/index.js";
import { parquetChunks, readParquet } from "../../src/parquet/index.js";
import { checkPages } from "../../src/parquet/pages.js";
import { checkRuns, type RunPage } from "../../src/parquet/runs.js";
import { partOf, readDamaged } from "../interop/mutate.js";
import { columns, parquetBytes, ROWS, rows } from "../scoring/tables.js";

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-parquet-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (bytes: Uint8Array | string, name = `${count++}.parquet`) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

type Written = Parameters<typeof parquetWriteBuffer>[0];
const written = (options: Written) => file(new Uint8Array(parquetWriteBuffer(options)));

describe("readParquet", () => {
  it("reads numbers, text, booleans and dates, with what is missing", async () => {
    const table = await readParquet(file(parquetBytes()));
    expect(table.names).toEqual(["id", "age", "income", "colour", "member", "since"]);
    expect(table.rows).toBe(ROWS);
    expect(table.columns).toEqual({
      id: columns.id.map(String), // numbers could not hold them
      age: columns.age,
      income: columns.income,
      colour: columns.colour,
      member: columns.member,
      since: rows.map(({ since }) => since),
    });
  });

  it.each([
    ["GZIP", { GZIP: gzipSync }],
    ["BROTLI", { BROTLI: brotliCompressSync }],
    ["SNAPPY", {}],
    ["UNCOMPRESSED", {}],
  ] as const)("reads %s", async (codec, compressors) => {
    const data = columns.colour;
    const path = written({ columnData: [{ name: "a", data, type: "STRING" }], codec, compressors });
    expect((await readParquet(path, { columns: ["a"] })).columns.a).toEqual(data);
  });

  it.each([
    ["INT32", 5, 2, [0.3, 0.07, -999.92, 12.1, 0]],
    ["INT64", 15, 6, [0.3, -123456.789012, 1e-6, 5]],
    ["INT32", 9, 9, [0.3, -0.000000003]],
    ["INT64", 12, 0, [3, -7]],
  ] as const)("gives decimals as they are written: %s of %d digits, %d of them after the point", async (...given) => {
    const [type, precision, scale, data] = given;
    const element = { name: "a", type, converted_type: "DECIMAL" as const, precision, scale };
    const schema = [
      { name: "schema", num_children: 1 },
      { ...element, repetition_type: "OPTIONAL" as const },
    ];
    const path = written({ schema, columnData: [{ name: "a", data: [...data, null] }] });
    expect((await readParquet(path)).columns.a).toEqual([...data, null]);
  });

  it("reads decimals and dates whose type is told in the new way alone", async () => {
    const elements = [
      { name: "amount", type: "INT32", logical_type: { type: "DECIMAL", precision: 5, scale: 2 } },
      { name: "day", type: "INT32", logical_type: { type: "DATE" } },
    ] as const;
    const schema = [{ name: "schema", num_children: 2 }, ...elements];
    const columnData = [
      { name: "amount", data: [123, -30, 0] },
      { name: "day", data: [0, 19782, -1] },
    ];
    const path = written({
      schema: schema.map((element) => ({ ...element, repetition_type: "OPTIONAL" })),
      columnData,
    });
    const { columns } = await readParquet(path);
    expect(columns).toEqual({ amount: [1.23, -0.3, 0], day: ["1970-01-01", "2024-02-29", "1969-12-31"] });
  });

  it("gives whole numbers as text where a number holds one of them only rounded", async () => {
    const columnOf = async (data: bigint[]) =>
      (await readParquet(written({ columnData: [{ name: "a", data, type: "INT64" }] }))).columns.a;
    expect(await columnOf([1n, 2n ** 53n - 1n, -5n])).toEqual([1, 2 ** 53 - 1, -5]);
    expect(await columnOf([1n, 2n ** 53n + 1n, -5n])).toEqual(["1", "9007199254740993", "-5"]);
  });

  it.each([true, false])(
    "does so in all pieces of a file, whose row groups have statistics: %s",
    async (statistics) => {
      const [small, large] = [
        [1n, -2n, 3n, 4n],
        [5n, 6n, -7n, 2n ** 60n + 1n],
      ];
      const columnsIn = async (a: bigint[]) => {
        const all: unknown[] = [];
        const columnData = [{ name: "a", data: a, type: "INT64" as const }];
        for await (const piece of parquetChunks(
          file(new Uint8Array(parquetWriteBuffer({ columnData, statistics, rowGroupSize: 2 }))),
        ))
          all.push(...piece.columns.a);
        return all;
      };
      expect(await columnsIn(small)).toEqual([1, -2, 3, 4]);
      expect(await columnsIn([...small, ...large])).toEqual([...small, ...large].map(String));
    },
  );

  it.each([
    ["MICROS", 1n],
    ["NANOS", 1000n],
  ] as const)(
    "gives times in %s before 1970 as those after it: the millisecond that has begun",
    async (unit, factor) => {
      const times = [-1n, -1000n, -1001n, -86_400_000_001n, 0n, 999n, 1001n];
      const element = { type: "INT64", logical_type: { type: "TIMESTAMP", unit, isAdjustedToUTC: true } } as const;
      const path = written({
        schema: [
          { name: "schema", num_children: 1 },
          { ...element, name: "a", repetition_type: "OPTIONAL" },
        ],
        columnData: [{ name: "a", data: times.map((time) => time * factor) }],
      });
      const before = ["1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.998Z"];
      const after = ["1970-01-01", "1970-01-01", "1970-01-01T00:00:00.001Z"];
      expect((await readParquet(path)).columns.a).toEqual([...before, "1969-12-30T23:59:59.999Z", ...after]);
    },
  );

  it("gives rows in pieces", async () => {
    const ages: unknown[] = [];
    for await (const { columns: own, done, totalRows } of parquetChunks(file(parquetBytes(300)))) {
      ages.push(...own.age);
      expect([done, totalRows]).toEqual([ages.length, ROWS]);
    }
    expect(ages).toEqual(columns.age);
  });
});

/** A column of numbers without missing ones, in pages that are not compressed. */
const plainColumn = { type: "DOUBLE", isOptional: false, isCompressed: false };

describe("bad input", () => {
  const whole = parquetBytes(500, "UNCOMPRESSED");
  const changed = (at: number, bytes: readonly number[]) => {
    const own = whole.slice();
    own.set(bytes, at < 0 ? own.length + at : at);
    return own;
  };
  /** The bytes of a file in which some bytes are others, wherever they are. */
  const replaced = (path: string, from: readonly number[], to: readonly number[]) => {
    const bytes = readFileSync(path);
    const isHere = (at: number) => from.every((byte, i) => bytes[at + i] === byte);
    for (let at = 0; at < bytes.length; at++) if (isHere(at)) bytes.set(to, at);
    return bytes;
  };
  const nested = () => ({
    schema: [
      { name: "schema", num_children: 2 },
      { name: "a", type: "DOUBLE" as const, repetition_type: "OPTIONAL" as const },
      { name: "point", num_children: 1, repetition_type: "OPTIONAL" as const },
      { name: "x", type: "DOUBLE" as const, repetition_type: "OPTIONAL" as const },
    ],
    columnData: [
      { name: "a", data: [1, 2] },
      { name: "point", data: [{ x: 1 }, { x: 2 }] },
    ],
  });

  it.each<[string, () => string, object, RegExp]>([
    [
      "another file",
      () => file("age,income\n1,2\n", "x.parquet"),
      FormatError,
      /^x\.parquet: it is not a Parquet file/,
    ],
    ["an empty file", () => file("", "empty.parquet"), FormatError, /^empty\.parquet: it is not a Parquet file/],
    ["an encrypted one", () => file(changed(0, [0x50, 0x41, 0x52, 0x45])), FormatError, /it is encrypted/],
    [
      "one that ends too early",
      () => file(whole.subarray(0, 3000)),
      FormatError,
      /PAR1 at its end: it is not complete/,
    ],
    [
      "a description of 4 GB",
      () => file(changed(-8, [255, 255, 255, 255])),
      FormatError,
      /should have 4294967295 bytes of/,
    ],
    [
      "a description of nothing",
      () => file(changed(-8, [0, 0, 0, 0])),
      FormatError,
      /\.parquet: .*damaged or incomplete/,
    ],
    [
      "pages of zeros",
      () => file(changed(4, new Array(2000).fill(0))),
      FormatError,
      /row group 0, column "id": .*damaged/,
    ],
    [
      "a codec that nobody has",
      () => written({ columnData: [{ name: "a", data: [1] }], codec: "LZO", compressors: { LZO: (bytes) => bytes } }),
      FormatError,
      /row group 0, column "a": no decompressor for LZO. Run: npm install hyparquet-compressors/,
    ],
    [
      "two columns of one name",
      () =>
        written({
          columnData: [
            { name: "a", data: [1] },
            { name: "a", data: [2] },
          ],
        }),
      FormatError,
      /\.parquet: two columns are called "a"\. Write the file with different names\./,
    ],
    [
      "bytes that are no text",
      () =>
        written({ columnData: [{ name: "a", type: "BYTE_ARRAY", data: [Uint8Array.of(97), Uint8Array.of(0, 255)] }] }),
      FormatError,
      /row group 0, column "a": it holds bytes that are not text in UTF-8\. Leave it out/,
    ],
    [
      "cells of another type than their column",
      // Field 1 of the description of the cells is the type, twice its number; a list of encodings follows.
      () =>
        file(replaced(written({ columnData: [{ name: "a", data: [1.5, 2.5] }] }), [0x15, 10, 0x19], [0x15, 12, 0x19])),
      FormatError,
      /column "a": its cells are BYTE_ARRAY, its column is DOUBLE/,
    ],
    [
      "more rows in a group than memory should hold",
      // 1048577 as the format has it, twice the number and 7 bits a byte; then 133169153.
      () =>
        file(
          replaced(
            written({ columnData: [{ name: "a", data: new Array(2 ** 20 + 1).fill(true) }], rowGroupSize: 2 ** 21 }),
            [0x82, 0x80, 0x80, 0x01],
            [0x82, 0x80, 0x80, 0x7f],
          ),
        ),
      FormatError,
      /row group 0, column "a": it has 133169153 rows, more than memory should hold. Write the file with smaller row groups/,
    ],
    [
      "a schema that goes back",
      () =>
        written({
          schema: [
            { name: "schema", num_children: 1 },
            { name: "a", type: "DOUBLE", num_children: -1 },
          ],
          columnData: [],
        }),
      FormatError,
      /its schema cannot be/,
    ],
    ["a nested column", () => written(nested()), FormatError, /column "point": it is nested\. Leave it out/],
    ["a file that is not there", () => join(folder, "gone"), DataError, /^gone: it could not be read: ENOENT/],
    ["a folder", () => folder, SimdgradError, /simdgrad-parquet-\w+: /],
  ])("refuses %s", async (_what, path, kind, message) => {
    const error = await readParquet(path()).catch((caught) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  it("refuses a column that is not there, with the nearest name; and unknown options", async () => {
    const path = file(whole);
    await expect(readParquet(path, { columns: ["agee"] })).rejects.toThrow(/no column "agee"\. Did you mean "age"\?/);
    await expect(readParquet(path, { column: [] } as object)).rejects.toThrow(OptionError);
    await expect(readParquet(7 as never)).rejects.toThrow(/expected a path, got 7/);
    await expect(readParquet(written(nested()), { columns: ["a"] })).resolves.toMatchObject({ columns: { a: [1, 2] } });
  });

  it.each([
    ["more bytes than there are", { compressed_page_size: 101 }, /a page says that it has 101 bytes/],
    ["a size below zero", { uncompressed_page_size: -1 }, /a page says that it has -0\.0 MiB/],
    ["4 GB", { uncompressed_page_size: 2 ** 32 }, /a page says that it has 4\.0 GiB. Pages may have/],
    [
      "more values than rows",
      { data_page_header: { num_values: 2 ** 31 } },
      /a page says that it has 2147483648 of 10/,
    ],
    ["no header", { data_page_header: undefined }, /a page says that it has undefined of 10 values/],
    [
      "a dictionary of everything",
      { type: "DICTIONARY_PAGE", dictionary_page_header: { num_values: 2 ** 31 } },
      /a dictionary says that it has 2147483648 values/,
    ],
    [
      "an encoding of another type",
      { data_page_header: { num_values: 10, encoding: "DELTA_BYTE_ARRAY" } },
      /a page of DOUBLE is in DELTA_BYTE_ARRAY/,
    ],
    ["too few values", { data_page_header: { num_values: 3 } }, /expected 10 values, got 9/],
  ])("refuses a page with %s", (_what, header, message) => {
    const plain = { compressed_page_size: 30, uncompressed_page_size: 30, data_page_header: { num_values: 10 } };
    const check = () => checkPages("place", () => ({ ...plain, ...header }), new ArrayBuffer(90), 10, plainColumn);
    expect(check).toThrow(FormatError);
    expect(check).toThrow(message);
  });

  // Runs of the format: an even number is twice the length of a run, an odd one twice the count of eights that are packed.
  const MANY = [0xfe, 0xff, 0xff, 0xff, 0x0f];
  it.each<[string, readonly number[], Partial<RunPage>, string | null]>([
    ["10 in one run", [2, 20, 1], {}, null],
    ["a run of 2 billion", [2, ...MANY, 1], {}, "2147483647 of 10"],
    ["a second run that is too long", [2, 10, 1, 12, 0], {}, "6 of 5"],
    ["two eights of 2 bits", [2, 5, 0, 0, 0, 0], {}, null],
    ["2 billion packed in no bits", [0, ...MANY.with(0, 0xff)], {}, "17179869176 of 10"],
    ["levels, 4 present in one run", [2, 0, 0, 0, 3, 0b1111, 2, 8, 1], { values: 8, hasLevels: true }, null],
    ["a run longer than what is present", [2, 0, 0, 0, 3, 0b1111, 2, 10, 1], { values: 8, hasLevels: true }, "5 of 4"],
    ["levels of 2 billion", [6, 0, 0, 0, ...MANY, 1, 2, 20, 1], { hasLevels: true }, "2147483647 of 10"],
    ["missing ones that the header counts", [2, 8, 1], { nulls: 6 }, null],
    ["true and false in a run", [2, 0, 0, 0, 20, 1], { encoding: "RLE", isBoolean: true }, null],
    ["too many of true", [2, 0, 0, 0, 22, 1], { encoding: "RLE", isBoolean: true }, "11 of 10"],
    ["nothing but missing ones", [2, 0, 0, 0, 20, 0], { hasLevels: true }, null],
    ["numbers as they are", [2, ...MANY], { encoding: "PLAIN" }, null],
  ])("looks through runs: %s", (_what, bytes, page, message) => {
    const plain = { values: 10, encoding: "RLE_DICTIONARY", hasLevels: false, nulls: 0, isBoolean: false };
    const check = () => checkRuns(Uint8Array.from(bytes), { ...plain, ...page });
    if (message === null) expect(check).not.toThrow();
    else expect(check).toThrow(`a run says that it has ${message} values`);
  });

  it.each(["UNCOMPRESSED", "GZIP"] as const)("refuses a file whose runs would fill the memory: %s", async (codec) => {
    const data = Array.from({ length: 1000 }, () => "x");
    // 1000 levels in one run: twice 1000 as a number of two bytes, and the level.
    const longer = (bytes: Uint8Array) => {
      const at = bytes.findIndex((byte, i) => byte === 0xd0 && bytes[i + 1] === 0x0f && (bytes[i + 2] ?? 0) <= 1);
      const own = bytes.slice();
      own[at + 1] = 0x7f;
      return at < 0 ? bytes : own;
    };
    const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(longer(bytes)) };
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: "a", data, type: "STRING", nullable: true }], codec, compressors }),
    );
    const path = file(codec === "GZIP" ? bytes : longer(bytes), `long${codec}.parquet`);
    await expect(readParquet(path)).rejects.toThrow(/column "a": a run says that it has 8168 of 1000 values/);
  });

  it("reads or refuses damaged files, and names them", async () => {
    const small = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "a", data: [1.5, null, 3, 4], type: "DOUBLE" },
          { name: "b", data: ["x", "y", "x", "x"], type: "STRING" },
          { name: "c", data: [1, 2, 3, 4], type: "INT32" },
        ],
        rowGroupSize: 2,
      }),
    );
    const unnamed: string[] = [];
    const read = async (bytes: Uint8Array) => {
      try {
        await readParquet(file(bytes, "damaged.parquet"));
      } catch (error) {
        const { message } = error as Error;
        if (!message.startsWith("damaged.parquet")) unnamed.push(message);
        throw error;
      }
    };
    const count = partOf(10);
    const { accepted } = await readDamaged([small], read, { count });
    expect(unnamed).toEqual([]);
    expect(accepted).toBeLessThan((count * 3) / 4);
  });
});
