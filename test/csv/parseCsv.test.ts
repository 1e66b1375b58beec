// parseCsv: text to columns, worked by hand; then to a Dataset, and a million rows.
import { describe, expect, it } from "vitest";
import { type CsvOptions, parseCsv } from "../../src/csv/index.js";
import { fromTable } from "../../src/index.js";
import { partOf, readDamaged } from "../interop/mutate.js";
import { isWhole, itInFull } from "../support/inFull.js";

const text = `name,height,member,joined,species
"Rex, the old",1.5,true,2024-01-31,dog
Tom, 2e-1 ,FALSE,2023-12-01T10:00Z,cat

"say ""hi""
twice",,,,dog
Ida,-3,true,2020-02-29,?
`;

const quiet = { onWarning: () => {} };

/** Columns as plain arrays, NaN as null. */
async function columnsOf(input: string, options: CsvOptions = {}): Promise<Record<string, unknown[]>> {
  const { columns } = await parseCsv(input, { ...quiet, ...options });
  const plain = (cells: ArrayLike<unknown>) => Array.from(cells, (cell) => (Number.isNaN(cell) ? null : cell));
  return Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, plain(cells)]));
}

describe("parseCsv", () => {
  it("reads or refuses damaged text", async () => {
    const rows = new TextEncoder().encode(text);
    const read = (bytes: Uint8Array) => parseCsv(new TextDecoder().decode(bytes), quiet);
    const { accepted } = await readDamaged([rows], read, { count: partOf(5) });
    expect(accepted).toBeGreaterThan(0);
  });

  it("reads quotes, line breaks in cells, blanks, blank lines, and what is missing", async () => {
    expect(await columnsOf(text)).toEqual({
      name: ["Rex, the old", "Tom", 'say "hi"\ntwice', "Ida"],
      height: [1.5, 0.2, null, -3],
      member: [true, false, null, true],
      joined: ["2024-01-31", "2023-12-01T10:00Z", null, "2020-02-29"],
      species: ["dog", "cat", "dog", null],
    });
  });

  it("reports each column", async () => {
    const { rows, report } = await parseCsv(text);
    expect(rows).toBe(4);
    const [name, height, member, joined, species] = report;
    expect(name).toEqual({ name: "name", type: "category", missing: 0, unique: 4 });
    expect(height).toMatchObject({ name: "height", type: "number", missing: 1, unique: 3, min: -3, max: 1.5 });
    expect(height.mean).toBeCloseTo(-1.3 / 3, 12);
    expect(member).toEqual({ name: "member", type: "boolean", missing: 1, unique: 2 });
    expect(joined).toEqual({ name: "joined", type: "date", missing: 1, unique: 3 });
    expect(species).toEqual({ name: "species", type: "category", missing: 1, unique: 2 });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it.each([
    [";", "a;b\n1;x\n2;y"],
    ["\t", "a\tb\n1\tx\n2\ty"],
    ["|", "a|b\r\n1|x\r\n2|y\r\n"],
    [",", '\ufeff"a","b"\n1,x\n2,y\n'],
  ])("guesses the delimiter %j, and takes it when told", async (delimiter, input) => {
    const expected = { a: [1, 2], b: ["x", "y"] };
    expect(await columnsOf(input)).toEqual(expected);
    expect(await columnsOf(input, { delimiter })).toEqual(expected);
  });

  it("takes a header, none, or names", async () => {
    expect(await columnsOf("1,2\n3,4", { header: false })).toEqual({ c0: [1, 3], c1: [2, 4] });
    expect(await columnsOf("1,2\n3,4", { header: ["a", "b"] })).toEqual({ a: [1, 3], b: [2, 4] });
    expect(await columnsOf("n\n1\n2\n")).toEqual({ n: [1, 2] });
    expect(Object.keys(await columnsOf("__proto__,constructor\n1,2"))).toEqual(["__proto__", "constructor"]);
  });

  it("types a column by all its cells", async () => {
    const types = async (...cells: string[]) =>
      (await parseCsv(`a\n${cells.join("\n")}`, { ...quiet, delimiter: "," })).report[0].type;
    expect(await types("1", "-2.5", "+.5", "3.", "1E5")).toBe("number");
    expect(await types("1", "NA", "NaN")).toBe("number");
    expect(await types("1", "x")).toBe("category");
    expect(await types("0x10")).toBe("category");
    expect(await types("1e999")).toBe("category");
    expect(await types("Infinity")).toBe("category");
    expect(await types("true", "1")).toBe("category");
    expect(await types("2024-1-1")).toBe("category");
    expect(await types("2024-01-01 12:30:01.5+01:00")).toBe("date");
    expect(await types("NA", "?")).toBe("empty");
  });

  it("knows other signs of missing values, and decimal commas", async () => {
    expect(await columnsOf("a\n-9\n1", { missing: ["-9"], delimiter: "," })).toEqual({ a: [null, 1] });
    expect(await columnsOf("a;b\n3,14;x,y\n-,5;1,5", { decimal: "," })).toEqual({ a: [3.14, -0.5], b: ["x,y", "1,5"] });
  });

  it("takes bytes", async () => {
    const bytes = new TextEncoder().encode("größe\n1,5");
    const options = { ...quiet, delimiter: ";" };
    expect((await parseCsv(bytes, options)).columns).toEqual({ größe: ["1,5"] });
    expect((await parseCsv(bytes.buffer, options)).rows).toBe(1);
  });

  it("goes into a Dataset, with the target of one's choice", async () => {
    const table = await parseCsv("size,colour,price\n1,red,10\n2,blue,20\n,red,30\n");
    const { data } = fromTable(table, { target: "price", missing: "mean" });
    expect([...data.x]).toEqual([1, 0, 1, 2, 1, 0, 1.5, 0, 1]);
    expect([...data.y]).toEqual([10, 20, 30]);
    const byColour = fromTable(table, { target: "colour", features: ["price"] });
    expect(byColour.data.classNames).toEqual(["blue", "red"]);
    expect([...byColour.data.y]).toEqual([1, 0, 1]);
  });

  const count = isWhole ? 1_000_000 : 200_000;
  itInFull(`reads ${count} rows`, async () => {
    const lines = ["id,half,parity"];
    for (let i = 0; i < count; i++) lines.push(`${i},${i / 2},${i % 2 ? "odd" : "even"}`);
    const { rows, columns, report } = await parseCsv(lines.join("\n"));
    expect(rows).toBe(count);
    expect(columns.half[count - 1]).toBe((count - 1) / 2);
    expect(report.map(({ unique }) => unique)).toEqual([count, count, 2]);
    expect(report[0]).toMatchObject({ min: 0, max: count - 1, mean: (count - 1) / 2 });
  });
});
