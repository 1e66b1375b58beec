// Files as other programs write them: headers with gaps, other encodings, mixed line ends, comments; and their cost.
import { describe, expect, it } from "vitest";
import { type CsvOptions, type CsvTable, parseCsv } from "../../src/csv/index.js";
import { fromTable } from "../../src/index.js";
import { itInFull } from "../support/inFull.js";

type Cells = Record<string, unknown[]>;

async function read(input: string | Uint8Array, options: CsvOptions = {}) {
  const warnings: string[] = [];
  const table = await parseCsv(input, { onWarning: (message) => warnings.push(message), ...options });
  const cells: Cells = Object.fromEntries(table.names.map((name) => [name, Array.from<unknown>(table.columns[name])]));
  return { table, names: table.names, cells, warnings };
}

describe("headers", () => {
  it.each([
    ["pandas to_csv", ",a,b\n0,1.5,x\n1,2.5,y\n", { column_1: [0, 1], a: [1.5, 2.5], b: ["x", "y"] }],
    ["R write.csv", '"","a","b"\n"1",1.5,"x"\n"2",2.5,"y"\n', { column_1: [1, 2], a: [1.5, 2.5], b: ["x", "y"] }],
    ["a name twice", "a,b,a\n1,2,3\n", { a: [1], b: [2], a_2: [3] }],
    ["a name twice, next to its successor", "a,a,a_2,a\n1,2,3,4\n", { a: [1], a_3: [2], a_2: [3], a_4: [4] }],
    ["no names at all", ",,\n1,2,3\n", { column_1: [1], column_2: [2], column_3: [3] }],
    ["a name that is invented elsewhere", ",column_1\n1,2\n", { column_1_: [1], column_1: [2] }],
    ["names of Object.prototype", "__proto__,constructor,toString,__proto__\n1,2,3,4\n", undefined],
  ])("%s", async (_, text, expected) => {
    const { names, cells, warnings, table } = await read(text);
    const lines = text.trim().split("\n");
    expect(names).toHaveLength(lines[0].split(",").length);
    expect(new Set(names).size).toBe(names.length);
    expect(table.report.map(({ name }) => name)).toEqual(names);
    if (expected) expect(cells).toEqual(expected);
    else expect(names).toEqual(["__proto__", "constructor", "toString", "__proto___2"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("line 1: column");
  });

  it("says which column got which name", async () => {
    const { warnings } = await read("a,,a\n1,2,3\n");
    expect(warnings[0]).toContain('column 2 is called "column_2", for it has no name');
    expect(warnings[0]).toContain('column 3 is called "a_2", for "a" is there twice');
  });

  it.each(["PK,b", "PAR1,b", "[b],c", "{b},c", "<b>,c"])(
    "takes the names %s, as other formats begin",
    async (names) => {
      const table = await parseCsv(new TextEncoder().encode(`${names}\n1,2\n`));
      expect(table.names).toEqual(names.split(","));
    },
  );

  it.each([
    ["flowers", "5.1,3.5,setosa\n4.9,3,setosa\n", true],
    ["a number twice", "1.4,1.4,setosa\n4.9,3,setosa\n", true],
    ["people", "39,State-gov,77516,13\n50,Private,83311,9\n", true],
    ["years", "country,2019,2020,2021\nx,1,2,3\n", false],
    ["every fifth year", "1990,1995,2000\n1,2,3\n", false],
    ["places", "0,1,2,label\n0.5,0.1,0.2,a\n", false],
    ["one number", "name,2024\nx,1\n", false],
    ["words", "a,b\n1.5,2\n", false],
    ["a word over numbers", "1.5,b\n1.5,2\n", false],
    ["numbers over text", "1.5,3.25\nx,y\n", false],
  ])("warns of names that look like a row of data: %s", async (_, text, isTold) => {
    const { warnings } = await read(text);
    expect(warnings.filter((warning) => warning.includes("look like a row of data"))).toHaveLength(Number(isTold));
    expect((await read(text, { header: false })).warnings.join()).not.toContain("look like a row");
  });

  it.each([
    ["the same names", "a,b\n1,x\n2,y\n", []],
    ["the same in capitals", "A, B \n1,x\n2,y\n", []],
    ["other names", "Height,Name\n1,x\n2,y\n", ["line 1", '"Height", "Name" looks', "header"]],
    ["a gap", ",b\n1,x\n2,y\n", []],
  ])("names given replace the file's own: %s", async (_, text, says) => {
    const { cells, warnings } = await read(text, { header: ["a", "b"] });
    expect(cells).toEqual({ a: [1, 2], b: ["x", "y"] });
    expect(warnings).toHaveLength(says.length > 0 ? 1 : 0);
    for (const words of says) expect(warnings[0]).toContain(words);
  });

  it("names given to a file without a header leave its first row alone", async () => {
    expect((await read("1,x\n2,y\n", { header: ["a", "b"] })).cells).toEqual({ a: [1, 2], b: ["x", "y"] });
    expect((await read("u,x\nv,y\n", { header: ["a", "b"] })).cells).toEqual({ a: ["u", "v"], b: ["x", "y"] });
    expect((await read("NA,x\n2,y\n", { header: ["a", "b"] })).cells).toEqual({ a: [Number.NaN, 2], b: ["x", "y"] });
  });

  it("a header that is said not to be one is a row, with a warning", async () => {
    const { cells, warnings } = await read("a,b\n1,x\n2,y\n", { header: false });
    expect(cells).toEqual({ c0: ["a", "1", "2"], c1: ["b", "x", "y"] });
    expect(warnings).toEqual([expect.stringContaining('column "c0": 2 of 3 cells are numbers, but line 1 holds "a"')]);
  });

  it("keeps the order of the file where names are integers, into the Dataset", async () => {
    const { table } = await read("2024,b,2023,-1,y\n3,2,1,0,10\n6,5,4,3,20\n");
    expect(table.names).toEqual(["2024", "b", "2023", "-1", "y"]);
    const { data } = fromTable(table, { target: "y" });
    expect(data.featureNames).toEqual(["2024", "b", "2023", "-1"]);
    expect([...data.x]).toEqual([3, 2, 1, 0, 6, 5, 4, 3]);
  });
});

describe("text", () => {
  const expected = { a: [1, 3], b: ["x", "ä;z"] };
  const text = '\ufeffa;b\n1;x\n3;"ä;z"\n';
  const utf16 = (shift: number, source = text) =>
    Uint8Array.from(
      [...source].flatMap((sign) => [(sign.charCodeAt(0) >> shift) & 255, (sign.charCodeAt(0) >> (8 - shift)) & 255]),
    );

  it.each([
    ["UTF-8", new TextEncoder().encode(text)],
    ["UTF-16, little end first", utf16(0)],
    ["UTF-16, big end first", utf16(8)],
    ["UTF-16 without a mark, little end first", utf16(0, text.slice(1))],
    ["UTF-16 without a mark, big end first", utf16(8, text.slice(1))],
  ])("in %s", async (_, bytes) => {
    expect((await read(bytes)).cells).toEqual(expected);
  });

  it.each([
    ["sep=;", 'sep=;\na;b\n1;x\n3;"ä;z"\n', {}],
    ["sep=; with Windows line ends and a mark", '\ufeffSEP=;\r\na;b\r\n1;x\r\n3;"ä;z"\r\n', {}],
    ["sep= in quotes", '"sep=|"\na|b\n1|x\n3|ä;z\n', {}],
    ["sep= that the option repeats", "sep=|\na|b\n1|x\n3|ä;z\n", { delimiter: "|" }],
    ["mixed line ends", "a,b\r\n1,x\n3,ä;z\r", {}],
    ["mixed line ends and quotes", '"a","b"\n1,"x"\r3,"ä;z"\r\n', {}],
    ["blanks before quotes", '"a", "b"\n"1",\t "x"\n "3" , "ä;z" \n', {}],
    ["blanks before quotes, tabs between", '"a"\t "b"\n "1"\t"x"\n3\t"ä;z"\n', {}],
    ["comments", '# by me, 2024\na,b\n1,x\n  # "and you\n3,ä;z\n#', { comment: "#" }],
    ["comments that begin with two signs", "// a\na,b\n1,x\n3,ä;z\n", { comment: "//" }],
  ])("%s", async (_, input, options) => {
    expect(await read(input, options)).toMatchObject({ cells: expected, warnings: [] });
  });

  it("within quotes, everything stays", async () => {
    const { cells } = await read('a, "b"\n1, "x, ""y"", \n# z\r\nw"\n', { comment: "#" });
    expect(cells).toEqual({ a: [1], b: ['x, "y", \n# z\r\nw'] });
  });

  it("lines keep their numbers", async () => {
    const input = "sep=,\r\n# c\r\na,b\r\n1,2\r\n\r\n# d\r\n3\r\n";
    await expect(read(input, { comment: "#" })).rejects.toThrow("line 7: expected 2 cells, got 1");
  });

  it("a name that begins like a comment is told, and #, #1 are names and cells", async () => {
    expect((await read("# a,b\n1,2\n")).warnings).toEqual([expect.stringContaining('comment: "#"')]);
    expect((await read("#,b\n#1,2\n")).cells).toEqual({ "#": ["#1"], b: [2] });
  });
});

describe("sizes at which quadratic work would take hours, not a part of a second", () => {
  const repeated = (n: number, text: string) => text.repeat(n);

  itInFull.each<[string, string]>([
    ["a cell of digits and a letter", `a,b\n${repeated(2_000_000, "1")}x,2\n`],
    ["a cell of zeros", `a,b\n${repeated(2_000_000, "0")},2\n`],
    ["a cell of money", `a,b\n$${repeated(2_000_000, "1")}x,2\n`],
    ["groups of digits", `a,b\n"1${repeated(500_000, ",111")}x",2\n`],
    ["blanks", `a,b\n${repeated(2_000_000, " ")}"1",${repeated(2_000_000, " ")}x\n`],
  ])("%s", async (_, text) => {
    const { columns } = await parseCsv(text, { delimiter: ",", onWarning: () => {} });
    expect(columns.b).toHaveLength(1);
  });

  itInFull.each<[string, (place: number) => string]>([
    ["names", (place) => `n${place}`],
    ["equal names", () => "a"],
  ])("%s", async (_, name) => {
    const count = 60_000;
    const header = Array.from({ length: count }, (_, place) => name(place)).join();
    const { names } = await parseCsv(`${header}\n${repeated(count - 1, "1,")}1\n`, { onWarning: () => {} });
    expect(new Set(names).size).toBe(count);
  });
});

describe("a table", () => {
  it("of some columns of another keeps their order", async () => {
    const table: CsvTable = (await read("3,2,1,y\n1,2,3,4\n")).table;
    const { 2: _, ...columns } = table.columns;
    expect(fromTable({ ...table, columns }, { target: "y" }).data.featureNames).toEqual(["3", "1"]);
  });
});
