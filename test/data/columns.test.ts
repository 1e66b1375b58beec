// What columns of a table are read as, by their cells: days and angles worked by hand or by Date, numbers as people
// write them.
import { describe, expect, it } from "vitest";
import { dateOrderOf, dayOf, daysOfDate } from "../../src/data/dateText.js";
import { looseNumberReader, notationOf } from "../../src/data/looseNumber.js";
import { fromTable, TableEncoder, type TableOptions } from "../../src/index.js";

const tableOf = (cells: readonly unknown[]) => cells.map((c, y) => ({ c, y }));

/** x and its names of a table with this one column; read again by an encoder that went through JSON. */
function encoded(cells: readonly unknown[], options: Partial<TableOptions> = {}) {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const { data, encoder } = fromTable(tableOf(cells), { target: "y", onWarning, ...options });
  const restored = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
  expect(restored.toJSON()).toEqual(encoder.toJSON());
  const read = (cell: unknown) => [...restored.inputs([{ c: cell }])];
  return { x: [...data.x], names: data.featureNames, warnings, encoder, read };
}

describe("dates in text", () => {
  it.each([
    ["2024-02-29", "2024-02-29T00:00Z"],
    ["2024-2-9", "2024-02-09T00:00Z"],
    ["2024/12/31", "2024-12-31T00:00Z"],
    ["1969-12-31", "1969-12-31T00:00Z"],
    ["2024-01-01T12:00:00Z", "2024-01-01T12:00Z"],
    ["2024-01-01 06:00:00.5+06:00", "2024-01-01T00:00:00.5Z"],
    ["2024-01-01 18:30-0530", "2024-01-02T00:00Z"],
    ["31.12.2023", "2023-12-31T00:00Z"],
    ["31.12.23 17:05", "2023-12-31T17:05Z"],
    ["1/2/1999", "1999-02-01T00:00Z"],
    ["1/2/99", "1999-02-01T00:00Z"],
    ["1/2/24 3:04 PM", "2024-02-01T15:04Z"],
    ["1/2/24 12:04 am", "2024-02-01T00:04Z"],
    ["Dec 31, 2024", "2024-12-31T00:00Z"],
    ["december 1 2024", "2024-12-01T00:00Z"],
    ["31-Dec-2024", "2024-12-31T00:00Z"],
    ["3rd March 2021", "2021-03-03T00:00Z"],
    ["5 Sept. 2021", "2021-09-05T00:00Z"],
    [" 0001-03-01 ", "0001-03-01T00:00Z"],
    ["2000-02-29 24:00", "2000-03-01T00:00Z"],
    ["٢٠٢٤-٠٢-٢٩ ٠٣:٠٤", "2024-02-29T03:04Z"],
    ["３１／１２／２０２３", "2023-12-31T00:00Z"],
  ])("%s", (text, iso) => {
    expect(daysOfDate(text, "dmy")).toBeCloseTo(Date.parse(iso) / 86_400_000, 9);
  });

  it.each(
    [
      "",
      "2024",
      "2024-13-01",
      "2023-02-29",
      "1900-02-29",
      "2024-00-10",
      "2024-01-00",
      "31.11.2024",
      "31.12/2024",
    ].concat([
      "1/2/24 13:00 PM",
      "2024-01-01 25:00",
      "2024-01-01 10:60",
      "Foo 3, 2024",
      "mayday 3 2024",
      "12:30",
      "1.5",
      "20240101",
    ]),
  )("%j is none", (text) => {
    expect(daysOfDate(text, "dmy")).toBeNull();
  });

  it("are days of the same calendar as Date's, there and back", () => {
    for (let days = -800_000; days < 800_000; days += 97) {
      const date = new Date(days * 86_400_000);
      const { year, month, day } = dayOf(days + 0.75);
      expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
    }
  });

  it.each<[readonly string[], ReturnType<typeof dateOrderOf>]>([
    [["1/2/2024", "13/2/2024"], { order: "dmy", isAmbiguous: false }],
    [["1/2/2024", "2/13/2024"], { order: "mdy", isAmbiguous: false }],
    [["1/2/2024", "3/4/2024"], { order: "dmy", isAmbiguous: true }],
    [["2/2/2024", "2024-03-04"], { order: "dmy", isAmbiguous: false }],
    [["13/1/2024", "1/13/2024"], null],
    [["1/1/2024", "soon"], null],
  ])("the order of %j", (texts, expected) => {
    expect(dateOrderOf(texts)).toEqual(expected);
  });
});

describe("numbers as people write them", () => {
  it.each<[readonly string[], readonly number[], string]>([
    [["1,200.50", "3"], [1200.5, 3], ""],
    [["1.200,50", "2,5"], [1200.5, 2.5], ""],
    [["1,5", "2,75"], [1.5, 2.75], ""],
    [["1,234", "5,678.9"], [1234, 5678.9], ""],
    [["$12", "$1,000", "-$5", "($7)"], [12, 1000, -5, -7], "$"],
    [["$(1,234.50)", "$ (7)", "$5"], [-1234.5, -7, 5], "$"],
    [["1\u2009234,5", "12\u2009345", "1\u2007000"], [1234.5, 12_345, 1000], ""],
    [["5\u2009%", "7 %"], [5, 7], "%"],
    [["US$ 12", "us$3"], [12, 3], "US$"],
    [["12 %", "5%"], [12, 5], "%"],
    [["12 kg", "15kg", "7 KG", "3"], [12, 15, 7, 3], "kg"],
    [["1 200,5 €", "3 €"], [1200.5, 3], "€"],
    [["EUR 5", "EUR 1.000,00"], [5, 1000], "EUR"],
    [["1'000.5"], [1000.5], ""],
    [["\u22125", "1e3"], [-5, 1000], ""],
    [["21 °C"], [21], "°C"],
    [["١٬٢٣٤٫٥ كغ", "٣ كغ"], [1234.5, 3], "كغ"],
    [["08:30", "8:30", "23:59:30", "0:00", "24:00"], [8.5, 8.5, 23.991666666666667, 0, 24], "h:mm"],
    [["8:30 AM", "12:15am", "12:15 p.m.", "1:00PM"], [8.5, 0.25, 12.25, 13], "h:mm"],
    [["٠٨:٣٠", "０９：１５"], [8.5, 9.25], "h:mm"],
  ])("%j", (texts, expected, unit) => {
    const found = notationOf(texts);
    expect(found?.count).toBe(texts.length);
    expect(found?.notation.unit).toBe(unit);
    expect(texts.map(looseNumberReader(found?.notation as never))).toEqual(expected);
  });

  it.each(["abc", "room 12", "A12", "12-14", "1,2,3", "1.2.3", "", "-", "kg", "0x10", "$", "12 kg 5", "1,23,456"])(
    "%j is none",
    (text) => {
      expect(notationOf([text])).toBeNull();
    },
  );

  it.each<[readonly string[], readonly number[]]>([
    [
      ["1.200", "35.000"],
      [1200, 35_000],
    ],
    [
      ["1.200 €", "5 €"],
      [1200, 5],
    ],
    [
      ["1,250", "2,5"],
      [1.25, 2.5],
    ],
    [["1,250"], [1.25]],
    [
      ["1.25", "2.5"],
      [1.25, 2.5],
    ],
  ])("with the decimal comma, where both signs fit: %j", (texts, expected) => {
    expect(encoded(texts, { decimal: ",", types: { c: "number" } }).x).toEqual(expected);
  });

  it("ends soon for long cells", () => {
    expect(notationOf(["1".repeat(1e6), ` ${"1 ".repeat(1e6)}x`, `${"(".repeat(1e6)}`])).toBeNull();
  });
});

describe("columns of text", () => {
  it("dates become days since 1970", () => {
    const { x, names, encoder, read } = encoded(["2024-01-01", "2024-01-03T12:00", null], { missing: "mean" });
    expect(x).toEqual([19723, 19725.5, 19724.25]);
    expect(names).toEqual(["c"]);
    expect(encoder.toJSON().features[0]).toMatchObject({ kind: "date", order: "dmy", parts: ["days"] });
    expect(read("2031-01-01")).toEqual([22280]);
    expect(read(new Date(Date.UTC(1970, 0, 2)))).toEqual([1]);
    expect(() => read("soon")).toThrow('column "c", row 0: expected a date, got "soon"');
  });

  it("dates become parts, and angles", () => {
    const parts = ["year", "month", "weekday", "hour", "monthCycle", "weekdayCycle", "hourCycle"] as const;
    const { x, names } = encoded(["2024-03-31 06:00"], { dates: parts });
    // March is a quarter of the year, 6 o'clock a quarter of the day; the day was a Sunday.
    const sunday = (2 * Math.PI * 6) / 7;
    expect(x).toBeAllClose([2024, 3, 6, 6, 1, 0, Math.sin(sunday), Math.cos(sunday), 1, 0], { atol: 1e-7 });
    const cycles = ["month", "weekday", "hour"].flatMap((part) => [`c_${part}CycleSin`, `c_${part}CycleCos`]);
    expect(names).toEqual(["c_year", "c_month", "c_weekday", "c_hour", ...cycles]);
  });

  it("dates that can be read in two ways are warned of, unless the order is said", () => {
    expect(encoded(["1/2/2024", "3/4/2024"]).warnings).toEqual([expect.stringContaining('dateOrder: "mdy"')]);
    const { x, warnings } = encoded(["1/2/2024", "3/4/2024"], { dateOrder: "mdy" });
    expect([x, warnings]).toEqual([[19724, 19786], []]);
    expect(() => encoded(["13/2/2024"], { dateOrder: "mdy", types: { c: "date" } })).toThrow("row 0: expected a date");
  });

  it.each([
    [
      ["yes", "No", " YES "],
      [1, 0, 1],
    ],
    [
      ["t", "f", "f"],
      [1, 0, 0],
    ],
    [
      ["on", "off", "on", null],
      [1, 0, 1, 1],
    ],
    [
      ["TRUE", "False", "true"],
      [1, 0, 1],
    ],
    ...["nein ja", "no sí", "не да", "НЕТ Да", "não sim", "否 是", "FALSCH WAHR", "faux vrai"].map(
      (pair): [string[], number[]] => [
        [...pair.split(" ").reverse(), pair.split(" ")[1]],
        [1, 0, 1],
      ],
    ),
  ])("%j becomes 0 and 1", (cells, expected) => {
    const { x, names, read } = encoded(cells, { missing: "mostFrequent" });
    expect([x, names]).toEqual([expected, ["c"]]);
    expect([true, false, 1, "0", cells[0]].map((cell) => read(cell)[0])).toEqual([1, 0, 1, 0, 1]);
    expect(() => read("perhaps")).toThrow('got "perhaps"');
  });

  it("numbers become numbers, and further cells are read in their notation", () => {
    const { x, read } = encoded(["1.200,50 €", "3 €"]);
    expect(x).toEqual([1200.5, 3]);
    expect([read("7,5"), read("1.000"), read("2.5"), read(4)]).toEqual([[7.5], [1000], [2.5], [4]]);
    expect(() => read("5 $")).toThrow('expected a number, got "5 $"');
  });

  it.each([
    ["a minus of print", ["\u22121.5", "2", "3.25"], [-1.5, 2, 3.25], ["\u22120.5", -0.5]],
    ["brackets", ["(1.5)", "(2)", "(0.25)"], [-1.5, -2, -0.25], ["(4)", -4]],
    ["both, and codes", ["007", "(2)", "\u22123"], [7, -2, -3], ["-1", -1]],
  ])("numbers below zero keep their sign, with %s", (_, cells, expected, [cell, number]) => {
    const { x, read } = encoded(cells, { types: { c: "number" } });
    expect(x).toEqual(expected);
    expect(read(cell)).toEqual([number]);
    if (cells[0] !== "007") expect(encoded(cells).x).toEqual(expected);
  });

  it.each(Intl.supportedValuesOf("numberingSystem"))("digits of %s are read as 0 to 9", (numberingSystem) => {
    const written = (value: number) =>
      new Intl.NumberFormat("en", { numberingSystem, useGrouping: false }).format(value);
    const cells = [9_876_543_210, 12.5, -3].map(written);
    const isDecimal = /^\p{Nd}+$/u.test(cells[0]);
    if (isDecimal) expect(encoded(cells).x).toEqual([Math.fround(9_876_543_210), 12.5, -3]);
    else expect(encoded(cells).names).toHaveLength(3);
  });

  it("times of day become hours, and further cells may be hours too", () => {
    const { x, names, read } = encoded(["08:30", "17:45", null, "00:00"], { missing: "median" });
    expect([x, names]).toEqual([[8.5, 17.75, 8.5, 0], ["c"]]);
    expect([read("9:15"), read("9:15:36"), read("9:15 PM"), read(4.5), read("4.5")]).toEqual(
      [9.25, 9.26, 21.25, 4.5, 4.5].map((hours) => [hours]),
    );
    for (const other of ["25:00", "9:60", "9:5", "13:00 PM"]) expect(() => read(other)).toThrow("expected a number");
    const { report } = fromTable([{ c: "08:30", y: 1 }], { target: "y" }).encoder;
    expect(report[1]).toMatch(/^c: number, hours of times such as 08:30/);
  });

  it.each(["59:30", "3:2", "1:00:00:00", "12:30-13:00"])("%j among times leaves categories", (cell) => {
    expect(encoded(["08:30", "17:45", cell]).names).toHaveLength(3);
  });

  it("categories that seldom come again are told, with a remedy", () => {
    const cellsOf = (different: number) => Array.from({ length: 24 }, (_, i) => `u${i % different}`);
    expect(encoded(cellsOf(13)).warnings).toEqual([
      expect.stringMatching(/column "c", read as categories: 13 of 24 cells differ.*exclude.*types: \{ "c": "text" \}/),
    ]);
    expect(encoded(cellsOf(13), { types: { c: "text" } }).warnings).toEqual([]);
    expect(encoded(cellsOf(13), { types: { c: "category" } }).warnings).toEqual([]);
    expect(encoded(cellsOf(12)).warnings).toEqual([]);
    expect(encoded(cellsOf(19).slice(0, 19)).warnings).toEqual([]);
  });

  it("digits that a number would lose stay categories", () => {
    expect(encoded(["00501", "10001"]).names).toEqual(["c_00501", "c_10001"]);
    expect(encoded(["٠٠٥٠١", "١٠٠٠١"]).names).toEqual(["c_٠٠٥٠١", "c_١٠٠٠١"]);
    expect(encoded(["9007199254740993", "1"]).names).toHaveLength(2);
  });

  it("a few cells that are no numbers count as missing where that is asked for, and are named", () => {
    const cells = [...Array.from({ length: 18 }, (_, i) => String(i)), "?", "?"];
    expect(encoded(cells).names).toHaveLength(19);
    const { x, warnings, read } = encoded(cells, { handleInvalid: "missing", missing: "median" });
    expect(x.slice(-3)).toEqual([17, 8.5, 8.5]);
    expect(warnings).toEqual(Array(2).fill(expect.stringContaining('column "c", row 18: "?" cannot be read')));
    expect(read("n/a")).toEqual([8.5]);
    expect(() => encoded(cells, { handleInvalid: "missing", types: { c: "number" } })).toThrow("row 18");
  });

  it.each([
    ["1e39", ": it is not a number that float32 holds, up to 3.4e38."],
    [-1e39, ": it is not a number that float32 holds, up to 3.4e38."],
    [Infinity, "."],
    ["?", "."],
  ])("%j among numbers is missing, and the reason is told", (cell, reason) => {
    const cells = [...Array.from({ length: 18 }, (_, i) => (typeof cell === "string" ? String(i) : i)), cell];
    const { x, warnings } = encoded(cells, { handleInvalid: "missing", missing: "median" });
    expect(x.slice(-2)).toEqual([17, 8.5]);
    const shown = typeof cell === "string" ? JSON.stringify(cell) : cell;
    const told = `column "c", row 18: ${shown} cannot be read, and counts as missing${reason}`;
    expect(warnings).toEqual(Array(2).fill(expect.stringContaining(told)));
  });
});

describe("columns of many categories", () => {
  const cells = [..."aaabbbccdef"];

  it("keep the frequent ones; others share a column, with unknown ones", () => {
    const { x, names, read } = encoded(cells, { maxCategories: 3 });
    expect(names).toEqual(["c_a", "c_b", "c_other"]);
    expect(x.slice(0, 3)).toEqual([1, 0, 0]);
    expect(x.slice(-3)).toEqual([0, 0, 1]);
    expect(read("z")).toEqual([0, 0, 1]);
  });

  it("are hashed where types says so: FNV-1a", () => {
    const { x, names, read } = encoded(["a", "b"], { types: { c: "hash" }, hashPlaces: 7 });
    // The hash of the bytes 61 00 and of 62 00, modulo 7.
    const places = [0x61, 0x62].map((byte) => Number(fnv([byte, 0]) % 7n));
    expect(x).toEqual(places.flatMap((place) => Array.from({ length: 7 }, (_, i) => Number(i === place))));
    expect(names?.[0]).toBe("c_hash0");
    expect(read(null)).toEqual(Array(7).fill(0));
  });

  it("words of texts are counted", () => {
    const { x } = encoded(["To be, or not to BE", ""], { types: { c: "text" }, hashPlaces: 1000 });
    const counts = x.slice(0, 1000).filter((count) => count > 0);
    expect(counts.sort()).toEqual([1, 1, 2, 2]);
    expect(x.slice(1000).every((count) => count === 0)).toBe(true);
  });

  /** FNV-1a by its definition, in whole numbers of any size. */
  function fnv(bytes: readonly number[]): bigint {
    let hash = 2166136261n;
    for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 16777619n) % 2n ** 32n;
    return hash;
  }
});

describe("columns to leave out", () => {
  const rows = [
    { id: "x1", a: 1, y: 0 },
    { id: "x2", a: 2, y: 1 },
  ];

  it.each<[string, Partial<TableOptions>]>([
    ["exclude", { exclude: ["id"] }],
    ["types", { types: { id: "ignore" } }],
    ["features", { features: ["a"] }],
  ])("by %s", (_, options) => {
    expect(fromTable(rows, { target: "y", ...options }).data.featureNames).toEqual(["a"]);
  });
});
