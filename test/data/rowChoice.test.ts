// Rows kept of many: each with the same probability, and the same rows whether or not their number is known.
import { expect, it } from "vitest";
import { chosenRows, Reservoir } from "../../src/data/rowChoice.js";

it("keeps all rows if there are no more than wanted", () => {
  expect([chosenRows(7, 7, 0), chosenRows(3, 7, 0)]).toEqual([null, null]);
});

it("keeps each row equally often: 4 of 20, 5000 times", () => {
  const counts = new Float64Array(20);
  for (let seed = 0; seed < 5000; seed++) for (const row of chosenRows(20, 4, seed) ?? []) counts[row]++;
  // 1000 each, with a deviation of 28: five of them either way.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(141);
});

it("keeps the same rows while they arrive", () => {
  const reservoir = new Reservoir(5, 9);
  const places: (number | null)[] = [];
  for (let row = 0; row < 100; row++) {
    const place = reservoir.next();
    if (place !== null) places[place] = row;
  }
  expect(places).toEqual(reservoir.rows);
  expect([...places].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from(chosenRows(100, 5, 9) ?? []));
  expect(reservoir.seen).toBe(100);
});
