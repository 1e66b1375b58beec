// CSV in pieces of any size is that of the whole text; of many rows some are kept, each with the same probability.
import { describe, expect, it } from "vitest";
import { csvChunks, parseCsv, sampleCsv } from "../../src/csv/index.js";
import { RowEnds } from "../../src/csv/rowEnds.js";

it.each([
  ["a,b\n1,2", 4],
  ['a,b\n"x\ny",2\n', 12],
  ['"a""\n",b\n1', 9],
  ['a, "x\n', 0],
  ['5" pipe,3\n7', 10],
  ['5"" pipe,"3\n', 0],
  ['"a"\n"b', 4],
  ["", 0],
])("%j has rows up to %i, however it is cut", (text, end) => {
  expect(new RowEnds("").lastIn(text)).toBe(end);
  for (let cut = 0; cut <= text.length; cut++) {
    const ends = new RowEnds("");
    const [first, second] = [ends.lastIn(text.slice(0, cut)), ends.lastIn(text.slice(cut))];
    expect(second > 0 ? cut + second : first).toBe(end);
  }
});

async function* pieces(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const rows = Array.from({ length: 9000 }, (_, i) => `${i};"Grüße ""${i}""\n;${i % 7}"; ${i % 5 ? i / 3 : "NA"} ;é`);
const text = `\ufeffsep=;\r\n\r\nid;"text\nof two lines";x;x\r\n${rows.join("\r\n")}`;
const quiet = { onWarning: () => {} };

describe("csvChunks", () => {
  it.each([
    ["UTF-8", bytesOf(text), 1000],
    ["UTF-8 in large pieces", bytesOf(text), 2 ** 22],
    ["UTF-16", Uint8Array.from(Buffer.from(text, "utf16le")), 997],
  ])("%s", async (_, bytes, size) => {
    const whole = await parseCsv(text, { dynamicTyping: false, ...quiet });
    const found: (string | null)[][] = whole.names.map(() => []);
    let last = 0;
    for await (const chunk of csvChunks(pieces(bytes, size))) {
      expect([chunk.names, chunk.delimiter]).toEqual([whole.names, ";"]);
      whole.names.forEach((name, c) => {
        found[c].push(...chunk.columns[name]);
      });
      last = chunk.bytes;
    }
    expect(found).toEqual(whole.names.map((name) => whole.columns[name]));
    expect(last).toBe(bytes.length);
  });
});

it.each([1, 2, 7])("tells UTF-16 from its beginning, in pieces of %i bytes", async (size) => {
  const short = "a;b\né;2\n";
  const little = Buffer.from(short, "utf16le");
  for (const bytes of [
    little,
    Buffer.from(`\ufeff${short}`, "utf16le"),
    Buffer.from(little).swap16(),
    bytesOf(short),
  ]) {
    const found: unknown[] = [];
    for await (const { columns } of csvChunks(pieces(Uint8Array.from(bytes), size))) found.push({ ...columns });
    expect(found).toEqual([{ a: ["é"], b: ["2"] }]);
  }
});

describe("sampleCsv", () => {
  const all = `n,flag,day,code,word,none,__proto__\n${Array.from({ length: 5000 }, (_, i) =>
    [
      i % 9 ? i / 7 : "",
      i % 2 ? "TRUE" : "false",
      `2024-01-${10 + (i % 20)}`,
      `0${i % 50}`,
      i % 3 ? "word that is long" : "NA",
      "",
      `p${i}`,
    ].join(),
  ).join("\n")}`;
  const open = () => pieces(bytesOf(all), 5000);

  it("gives the table of parseCsv, where all rows are kept", async () => {
    const { rowNumbers, totalRows, ...table } = await sampleCsv(open);
    expect(table).toEqual(await parseCsv(all, quiet));
    expect(table.report.map(({ type }) => type)).toEqual([
      ...["number", "boolean", "date", "category", "category", "empty", "category"],
    ]);
    expect([rowNumbers, totalRows]).toEqual([null, 5000]);
  });

  it("keeps some rows, in their order, with the types of all", async () => {
    const whole = await parseCsv(all, quiet);
    const { rows, rowNumbers, totalRows, columns, names } = await sampleCsv(open, { maxRows: 40, seed: 3 });
    const numbers = Array.from(rowNumbers ?? []);
    expect([rows, numbers.length, totalRows, new Set(numbers).size]).toEqual([40, 40, 5000, 40]);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    for (const name of names) {
      expect(Array.from<unknown>(columns[name])).toEqual(numbers.map((row) => whole.columns[name][row]));
    }
    const other = await sampleCsv(open, { maxRows: 40, seed: 4 });
    expect(Array.from(other.rowNumbers ?? [])).not.toEqual(numbers);
  });

  it.each(["first", "last"])("waits for what onProgress promises, and ends with its error: the %s call", async (at) => {
    const told: number[] = [];
    await sampleCsv(open, { onProgress: (bytes) => told.push(bytes) });
    const place = at === "first" ? told[0] : told[told.length - 1];
    const onProgress = async (bytes: number) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (bytes === place) throw new Error("nobody listens");
    };
    await expect(sampleCsv(open, { onProgress })).rejects.toThrow("nobody listens");
  });

  it("tells how far it is, in bytes of two readings", async () => {
    const told: number[] = [];
    await sampleCsv(open, { onProgress: (bytes) => told.push(bytes) });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told[told.length - 1]).toBe(2 * bytesOf(all).length);
  });
});
