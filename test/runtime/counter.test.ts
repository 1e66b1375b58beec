// The counter-based random bits: Random123's known answers, and what dropout needs of them: fair, independent words.
import { describe, expect, it } from "vitest";
import { drawAt, threefry } from "../../src/runtime/reference/counter.js";

/** Key, counter, answer: examples/kat_vectors of Random123 1.14. */
const KNOWN: [rounds: number, key: [number, number], counter: [number, number], answer: [number, number]][] = [
  [13, [0, 0], [0, 0], [0x9d1c5ec6, 0x8bd50731]],
  [13, [0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0xfd36d048, 0x2d17272c]],
  [13, [0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xba3e4725, 0xf27d669e]],
  [20, [0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [20, [0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
  [20, [0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
];

it.each(KNOWN)("threefry with %i rounds, key %o, counter %o", (rounds, key, counter, answer) => {
  expect(threefry(key, counter, rounds).map((word) => word >>> 0)).toEqual(answer);
});

const ROWS = 96;
const COLUMNS = 64;
const KEY = [0x12345678, 0x0abcdef0] as const;

/** -1 or 1 for each element, by whether its word is below `rate` of all, row by row. */
function signs(key: readonly [number, number], step: number, rate = 0.5): number[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const { words, own } = drawAt(key, step, Math.floor(i / COLUMNS), i % COLUMNS);
    return words[own] >>> 0 < rate * 2 ** 32 ? -1 : 1;
  });
}

/** Mean product in standard errors: of independent signs it is standard normal. */
function correlation(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.sqrt(a.length);
}

describe("words of neighbouring elements", () => {
  const base = signs(KEY, 1);
  const shifted = (by: number) => base.map((_, i) => base[(i + by) % base.length]);

  it.each([
    ["the next column", () => shifted(1)],
    ["the column of the other word", () => shifted(4)],
    ["the next block", () => shifted(8)],
    ["the next row", () => shifted(COLUMNS)],
    ["the next row and column", () => shifted(COLUMNS + 1)],
    ["the next step", () => signs(KEY, 2)],
    ["the step with one more bit", () => signs(KEY, 1 + 2 ** 20)],
    ["the next key", () => signs([KEY[0] + 1, KEY[1]], 1)],
    ["the key with its halves changed", () => signs([KEY[1], KEY[0]], 1)],
  ])("are independent of those of %s", (_, other) => {
    expect(Math.abs(correlation(base, other()))).toBeLessThan(4);
  });

  it.each([0.1, 0.25, 0.5, 0.9])("fall below %d of all words that often, in every step, column and row", (rate) => {
    const error = (values: number[]) => {
      const below = values.filter((value) => value < 0).length;
      return (below - rate * values.length) / Math.sqrt(rate * (1 - rate) * values.length);
    };
    const all = signs(KEY, 7, rate);
    expect(Math.abs(error(all))).toBeLessThan(4);
    const perColumn = Array.from({ length: COLUMNS }, (_, j) => error(all.filter((_, i) => i % COLUMNS === j)));
    const perRow = Array.from({ length: ROWS }, (_, row) => error(all.slice(row * COLUMNS, (row + 1) * COLUMNS)));
    for (const errors of [perColumn, perRow]) {
      const variance = errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
      // Chi-squared with as many degrees: mean 1, deviation √(2 / n).
      expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / errors.length));
    }
  });
});
