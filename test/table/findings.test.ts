// Columns that stand out, and those that only look like it.
import { expect, it } from "vitest";
import { readNamed } from "../../src/data/preprocess/tableSource.js";
import { findingsOf } from "../../src/table/findings.js";

const COUNT = 60;
const column = (make: (row: number) => unknown) => Array.from({ length: COUNT }, (_, row) => make(row));
/** No two rows have the same, and no order. */
const scattered = (row: number) => (row * 37 + 11) % 61;

const columns: Readonly<Record<string, readonly [cells: unknown[], kind: string | null]>> = {
  amount: [column((row) => scattered(row) + 0.5), null],
  other: [column((row) => scattered(row) ** 2), null],
  date: [
    column(
      (row) => `2024-${String(1 + (row % 12)).padStart(2, "0")}-${String(1 + Math.floor(row / 3)).padStart(2, "0")}`,
    ),
    null,
  ],
  money: [column((row) => `$${scattered(row)}.${row % 10}0`), null],
  review: [column((row) => `the ${scattered(row)} best of all`), null],
  key: [column((row) => `A${scattered(row)}x`), "identifier"],
  uuid: [column((row) => `${scattered(row).toString(16)}-f00d-${row}`), "identifier"],
  place: [column((row) => row + 1), "identifier"],
  group: [column((row) => ["a", "b", "c"][row % 3]), null],
  groupCode: [column((row) => [7, 3, 9][row % 3]), "copy"],
  halfGroup: [column((row) => ["a", "b", "a"][row % 3]), null],
  doubled: [column((row) => 2 * scattered(row) - 7), "copy"],
  empty: [column(() => null), "empty"],
  blank: [column(() => ""), "empty"],
  same: [column(() => "DE"), "constant"],
  sometimes: [column((row) => (row % 2 ? 1 : null)), "constant"],
};

it.each(Object.entries(columns).map(([name, [, kind]]) => [name, kind]))("%s: %s", (name, kind) => {
  const table = {
    rows: COUNT,
    columns: Object.fromEntries(Object.entries(columns).map(([key, [cells]]) => [key, cells])),
  };
  const source = readNamed("test", table);
  const found = findingsOf(
    source,
    [...source.names],
    Array.from({ length: COUNT }, (_, row) => row),
  );
  expect(found.find(({ column }) => column === name)?.kind ?? null).toBe(kind);
});

it("says nothing of identifiers in a few rows", () => {
  const source = readNamed("test", [{ id: "a" }, { id: "b" }, { id: "c" }]);
  expect(findingsOf(source, ["id"], [0, 1, 2])).toEqual([]);
});
