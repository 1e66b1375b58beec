// Rows of a file in pieces of any size are those of the whole file.
import { expect, it } from "vitest";
import { csvRows } from "../../cli/files/csvRows.js";
import { parseCsv } from "../../src/csv/index.js";
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

const rows = Array.from({ length: 9000 }, (_, i) => `${i};"Grüße ""${i}""\n;${i % 7}"; ${i % 5 ? i / 3 : "NA"} ;é`);
const text = `\ufeffsep=;\r\n\r\nid;"text\nof two lines";x;x\r\n${rows.join("\r\n")}`;

it.each([
  ["UTF-8", new TextEncoder().encode(text), 1000],
  ["UTF-8 in large pieces", new TextEncoder().encode(text), 2 ** 22],
  ["UTF-16", Uint8Array.from(Buffer.from(text, "utf16le")), 997],
])("%s", async (_, bytes, size) => {
  const whole = await parseCsv(text, { dynamicTyping: false, onWarning: () => {} });
  const found: Record<string, string | null>[] = [];
  for await (const chunk of csvRows("x", pieces(bytes, size))) {
    expect([chunk.names, chunk.delimiter]).toEqual([whole.names, ";"]);
    found.push(...chunk.rows);
  }
  expect(found).toHaveLength(whole.rows);
  for (const name of whole.names) expect(found.map((row) => row[name])).toEqual(whole.columns[name]);
});
