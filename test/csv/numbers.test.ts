// Numbers of a CSV keep their meaning: in each format they are a number, or text with a warning; never another number.
import { describe, expect, it } from "vitest";
import { type CsvOptions, parseCsv } from "../../src/csv/index.js";
import { fromTable } from "../../src/index.js";

/** The column `n` of a table with these cells, its type, and the warnings. */
async function read(cells: readonly string[], options: CsvOptions = {}) {
  const warnings: string[] = [];
  const text = ["n|m", ...cells.map((cell, i) => `${cell}|${i}`)].join("\n");
  const { columns, report } = await parseCsv(text, {
    delimiter: "|",
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  return { type: report[0].type, cells: Array.from<unknown>(columns.n), warnings };
}

describe("numbers in a format that parseCsv was told", () => {
  it.each<[CsvOptions, string[], number[]]>([
    [{}, ["1.000", "-2.5", "+.5", "3.", "1E5", "0", "0.5", "-0.25e-1"], [1, -2.5, 0.5, 3, 1e5, 0, 0.5, -0.025]],
    [{ decimal: "," }, ["3,14", "-1,5", ",5", "7", "1,5e3"], [3.14, -1.5, 0.5, 7, 1500]],
    [{ thousands: "," }, ["1,200.50", "-1,000,000", "900", "12345", ".5"], [1200.5, -1e6, 900, 12345, 0.5]],
    [{ decimal: ",", thousands: "." }, ["1.000", "1.234.567,89", "12,5", "7"], [1000, 1234567.89, 12.5, 7]],
    [{ decimal: ",", thousands: " " }, ["1 000", "12 500,5", "1\u00a0000\u202f000"], [1000, 12500.5, 1e6]],
    [{ thousands: "'" }, ["1'000", "12’500.25", "3"], [1000, 12500.25, 3]],
    [{}, ["٣٥", "-١٫٥", "۱۲٫۵e١", "３．５", "१२", "7"], [35, -1.5, 125, 3.5, 12, 7]],
    [{ decimal: "," }, ["٣,٥", "１，５", "١٬٢٠٠", "٣٫٥"], [3.5, 1.5, 1200, 3.5]],
    [{ thousands: "," }, ["١٬٢٠٠٫٥", "١٬٢٠٠٬٠٠٠", "１，２００"], [1200.5, 1_200_000, 1200]],
  ])("%j", async (options, cells, numbers) => {
    expect(await read(cells, options)).toEqual({ type: "number", cells: numbers, warnings: [] });
  });
});

describe("numbers in another format stay text, and the warning names an option that reads them", () => {
  it.each<[CsvOptions, string[], string[], CsvOptions, number[]]>([
    [{}, ["3,14", "2,5"], ['line 2 holds "3,14"', 'decimal: ","'], { decimal: "," }, [3.14, 2.5]],
    [{}, ["7", "1,200.50"], ['line 3 holds "1,200.50"', 'thousands: ","'], { thousands: "," }, [7, 1200.5]],
    [{}, ["1,200"], ['thousands: ","', 'decimal: ","', "whichever is meant"], { thousands: "," }, [1200]],
    [{}, ["1.000", "1.000.000"], ['decimal: ",", thousands: "."'], { decimal: ",", thousands: "." }, [1000, 1e6]],
    [{}, ["1 000", "20"], ['thousands: " "'], { thousands: " " }, [1000, 20]],
    [{ decimal: "," }, ["1.000", "12,5"], ['thousands: "."'], { decimal: ",", thousands: "." }, [1000, 12.5]],
    [{ decimal: "," }, ["3.14", "2.5"], ['decimal: "."'], {}, [3.14, 2.5]],
    [{ thousands: "," }, ["12,5", "1,25"], ['decimal: ",", thousands: null'], { decimal: "," }, [12.5, 1.25]],
    [
      {},
      ["７", "１，２００．５"],
      ['line 3 holds "１，２００．５"', 'thousands: ","'],
      { thousands: "," },
      [7, 1200.5],
    ],
  ])("%j: %j", async (options, cells, says, better, numbers) => {
    const got = await read(cells, options);
    expect(got).toMatchObject({ type: "category", cells });
    expect(got.warnings).toHaveLength(1);
    expect(got.warnings[0].includes("whichever")).toBe(says.includes("whichever is meant"));
    for (const words of ['column "n"', "read as text", ...says]) expect(got.warnings[0]).toContain(words);
    expect(await read(cells, better)).toEqual({ type: "number", cells: numbers, warnings: [] });
  });

  it.each<[CsvOptions, string]>([
    [{ thousands: "," }, "12,34"],
    [{ thousands: "," }, "1,2345"],
    [{ thousands: "," }, ",123"],
    [{ thousands: "," }, "0,123"],
    [{ thousands: "," }, "1,,000"],
    [{ thousands: "," }, "1,000,"],
    [{ thousands: "," }, "1000,000"],
    [{ decimal: ",", thousands: "." }, "1.50"],
    [{ decimal: ",", thousands: "." }, "1,000.5"],
    [{ decimal: ",", thousands: "." }, "1.000,5,5"],
    [{ decimal: "," }, "1.5"],
    [{}, "١٢٬٣٤"],
    [{}, "٤/٥"],
  ])("%j: %j is not a number", async (options, cell) => {
    expect(await read([cell, "7"], options)).toMatchObject({ type: "category", cells: [cell, "7"] });
  });
});

describe("text that a number would not keep", () => {
  it.each([
    ["leading zeros", ["10115", "00501"], '"00501"'],
    ["a leading zero after a sign", ["-07", "5"], '"-07"'],
    ["a leading zero of another script", ["٠٠٥", "٧"], '"٠٠٥"'],
    ["ids beyond 2^53", ["9007199254740992", "9007199254740993"], '"9007199254740993"'],
    ["a fraction beyond 2^53", ["9007199254740994.5", "1"], '"9007199254740994.5"'],
  ])("%s: stays text, with a warning", async (_, cells, named) => {
    const got = await read(cells);
    expect(got).toMatchObject({ type: "category", cells });
    expect(got.warnings).toHaveLength(1);
    for (const words of ['column "n"', named, "lose", '{ "n": "number" }']) expect(got.warnings[0]).toContain(words);
  });

  it("large numbers that are kept are numbers", async () => {
    const cells = [
      "9007199254740991",
      "-9007199254740992",
      "100000000000000000000",
      "1e300",
      "0",
      "0.0",
      "9007199254740994.0",
    ];
    expect(await read(cells)).toEqual({ type: "number", cells: cells.map(Number), warnings: [] });
  });
});

describe("numbers with a sign", () => {
  it.each([
    ["5%", "7 %", "12%"],
    ["$5", "$1,200.50", "($3)"],
    ["￥１００", "￥２"],
    ["٥٪", "٧٪"],
  ])("stay text without a warning, as tables take them as numbers: %s", async (...cells) => {
    expect(await read(cells)).toEqual({ type: "category", cells, warnings: [] });
    const table = await parseCsv(["n|y", ...cells.map((cell) => `${cell}|1`)].join("\n"), { delimiter: "|" });
    expect(fromTable(table, { target: "y" }).encoder.report[1]).toMatch(/^n: number/);
  });

  it("name the cell that is not a number, and are numbers when it is gone", async () => {
    const cells = ["5%", "7%", "soon", "12%"];
    const { warnings } = await read(cells);
    expect(warnings).toEqual([
      expect.stringMatching(/line 2 holds "5%", a number with a sign, but line 4 holds "soon".*option missing/),
    ]);
    expect((await read(cells, { missing: ["soon"] })).warnings).toEqual([]);
  });
});

describe("a column that is nearly of one type", () => {
  it.each([
    ["numbers", ["49", "50", "unknown", "51"], ["3 of 4 cells are numbers", 'line 4 holds "unknown"', "missing"]],
    ["infinity", ["1", "Infinity"], ["1 of 2 cells are numbers", '"Infinity"']],
    ["booleans", ["true", "FALSE", "maybe"], ["2 of 3 cells are true or false", '"maybe"']],
    ["dates", ["2024-01-31", "never", "2024-02-01"], ["2 of 3 cells are dates", 'line 3 holds "never"']],
    ["money", ["$12", "€ 3.50", "-5%"], ['"$12"', "with a sign"]],
  ])("%s: says so, with line and cell", async (_, cells, says) => {
    const got = await read(cells);
    expect(got).toMatchObject({ type: "category", cells });
    expect(got.warnings).toHaveLength(1);
    for (const words of ['column "n"', ...says]) expect(got.warnings[0]).toContain(words);
  });

  it("is told through console.warn by default, and counts lines within cells", async () => {
    const { warn } = console;
    const told: unknown[] = [];
    console.warn = (message) => told.push(message);
    try {
      await parseCsv('n,m\n"x\ny",1\nz,2\nw,old\n');
    } finally {
      console.warn = warn;
    }
    expect(told).toEqual([expect.stringContaining('column "m": 2 of 3 cells are numbers, but line 5 holds "old"')]);
  });

  it("text is text without a word", async () => {
    for (const cells of [
      ["a1", "b2"],
      ["x", "y", "3"],
      ["1.2.3", "v2"],
      ["2024-01-31"],
      ["true", "false"],
      ["NA", "5"],
    ]) {
      expect((await read(cells)).warnings).toEqual([]);
    }
  });

  it("can be mended as the warning says: the cell is missing", async () => {
    const { cells, type, warnings } = await read(["49", "unknown"], { missing: ["unknown"] });
    expect([type, cells, warnings]).toEqual(["number", [49, Number.NaN], []]);
  });
});
