/** Faults of data as they were given: all of them at once, whereas `fit` stops at the first. */

import { isNumericArray } from "../base/kinds.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { fitsShape, shapeOf } from "../data/matrix.js";
import { count, type Finding, named } from "./findings.js";

/** Rows and columns with a fault. */
interface Faults {
  readonly ragged: number[];
  readonly bad: number[];
  readonly badColumns: Set<number>;
}

/** Ragged rows, and values that are not finite numbers, in x and y. */
export function checkRaw(data: unknown, inputShape: Shape): Finding[] {
  const { x, y } = (typeof data === "object" && data !== null ? data : {}) as { x?: unknown; y?: unknown };
  return [...describeFaults("x", scan("x", x, inputShape)), ...describeFaults("y", scan("y", y, null))];
}

/** `shape` is the required shape of rows; `null` for that of the first. */
function scan(name: "x" | "y", value: unknown, shape: Shape | null): Faults {
  const faults: Faults = { ragged: [], bad: [], badColumns: new Set() };
  const rows = rowsOf(value, shape);
  const wanted = shape ?? shapeOf(rows[0]);
  rows.forEach((row, i) => {
    if (!hasShape(row, wanted)) faults.ragged.push(i);
    let isBad = false;
    flatten(row).forEach((number, column) => {
      if (typeof number === "boolean" && name === "y") return;
      if (Number.isFinite(number) && Number.isFinite(Math.fround(number as number))) return;
      faults.badColumns.add(column);
      isBad = true;
    });
    if (isBad) faults.bad.push(i);
  });
  return faults;
}

/** Rows unchanged, or one flat array cut into rows of `shape`. */
function rowsOf(value: unknown, shape: Shape | null): unknown[] {
  if (!Array.isArray(value) && !isNumericArray(value)) return [];
  if (Array.isArray(value[0]) || isNumericArray(value[0])) return Array.from(value as unknown[]);
  const size = sizeOf(shape ?? []);
  if (value.length % size !== 0) return []; // reported by the check of shapes
  return Array.from({ length: value.length / size }, (_, i) => value.slice(i * size, (i + 1) * size));
}

/** All values within a row, nested or not. */
function flatten(row: unknown): unknown[] {
  return Array.isArray(row) || isNumericArray(row) ? Array.from<unknown>(row).flatMap(flatten) : [row];
}

/** True if a row can be read as one of `shape`, whatever its values. */
function hasShape(row: unknown, shape: Shape): boolean {
  const own = shapeOf(row);
  const isEven = (list: unknown, depth: number): boolean => {
    if (depth === own.length) return true;
    const isList = Array.isArray(list) || isNumericArray(list);
    return isList && list.length === own[depth] && Array.from<unknown>(list).every((inner) => isEven(inner, depth + 1));
  };
  return own.length > 0 && fitsShape(own, shape) && isEven(row, 0);
}

function describeFaults(name: "x" | "y", { ragged, bad, badColumns }: Faults): Finding[] {
  const findings: Finding[] = [];
  if (ragged.length > 0) {
    findings.push({
      code: "raggedRows",
      severity: "error",
      message: `${name}: ${count(ragged, "row has", "rows have")} another length than needed: ${named("row", ragged)}.`,
      remedy: `Give every row the same columns; fill in what is missing, or drop the rows.`,
    });
  }
  if (bad.length > 0) {
    const columns = [...badColumns].sort((a, b) => a - b);
    findings.push({
      code: "notFinite",
      severity: "error",
      message:
        `${name}: ${count(bad, "row holds", "rows hold")} something that is not a finite number: ` +
        `${named("row", bad)}; ${named("column", columns)}.`,
      remedy:
        name === "x"
          ? `Fill in missing values, drop the rows, and turn text into numbers first.`
          : `Drop rows without a target, and turn names of classes into numbers from 0.`,
    });
  }
  return findings;
}
