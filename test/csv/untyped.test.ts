// Cells as they stand in the file, for files that come in pieces; and the sign between them.
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../src/csv/index.js";

const quiet = { onWarning: (message: string) => expect(message).toBe("") };

describe("dynamicTyping: false", () => {
  it("keeps text, with null for missing cells, and warns of no types", async () => {
    const text = "n,b,d,t\n1.50,TRUE,2024-01-02,x\nNA,false,,$3\n007,?,1,4\n";
    const { columns, report } = await parseCsv(text, { dynamicTyping: false, ...quiet });
    expect(columns).toEqual({
      n: ["1.50", null, "007"],
      b: ["TRUE", "false", null],
      d: ["2024-01-02", null, "1"],
      t: ["x", "$3", "4"],
    });
    expect(report.map(({ type, missing }) => [type, missing])).toEqual([
      ["category", 1],
      ["category", 1],
      ["category", 1],
      ["category", 0],
    ]);
  });

  it.each(["no", 1, null])("refuses %j", async (dynamicTyping) => {
    await expect(parseCsv("a\n1\n", { dynamicTyping } as never)).rejects.toThrow(
      "dynamicTyping: expected true or false",
    );
  });
});

it.each([
  ["a,b\n1,2\n", {}, ","],
  ["a;b\n1;2\n", {}, ";"],
  ["a\tb\n1\t2\n", {}, "\t"],
  ["sep=|\na|b\n1|2\n", {}, "|"],
  ["a:b\n1:2\n", { delimiter: ":" }, ":"],
])("%j has the delimiter that was guessed, declared or given", async (text, options, delimiter) => {
  const table = await parseCsv(text, options);
  expect([table.delimiter, table.columns.b]).toEqual([delimiter, Float64Array.of(2)]);
});
