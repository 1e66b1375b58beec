// Pictures in letters.
import { expect, it } from "vitest";
import { sparkline, table } from "../../src/plot/index.js";

it("sparkline: eighths of the range", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([1, Number.NaN, 0])).toBe("█ ▁");
  expect(sparkline([3, 3])).toBe("▅▅");
  expect(sparkline([])).toBe("");
  expect(sparkline([0.5, 2], { min: 0, max: 1 })).toBe("▅█");
  expect(sparkline([0, 0, 4, 4, 8, 8, 1], { width: 3 })).toBe("▁▆█");
});

it("table: words left, numbers right, under their heads", () => {
  const rows = [
    ["a", 1, "x"],
    ["bcd", 10.5, "yz"],
  ];
  const lines = ["name     n  w", "─".repeat(14), "a        1  x", "bcd   10.5  yz"];
  expect(table(rows, { head: ["name", "n", "w"] })).toBe(lines.join("\n"));
});

it("table: objects, a footer, and colours that take no room", () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  const rows = [{ epoch: 1, loss: red("0.5") }, { epoch: 2, loss: "0.25" }, { epoch: "all", loss: null }]; // biome-ignore format: one
  expect(table(rows, { footerRows: 1, gap: 1, dim: (text) => `<${text}>` }).split("\n")).toEqual([
    "<epoch loss>",
    `<${"─".repeat(10)}>`,
    `1      ${red("0.5")}`,
    "2     0.25",
    `<${"─".repeat(10)}>`,
    "all",
  ]);
});
