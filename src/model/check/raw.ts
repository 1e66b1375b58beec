/** Faults of data as they were given: all of them at once, where `fit` stops at the first. */
import { type Shape, sizeOf } from "../../shape.js";
import { type Finding, list } from "./findings.js";

/** Rows and columns where something is wrong. */
interface Faults {
  readonly ragged: number[];
  readonly bad: number[];
  readonly badColumns: Set<number>;
}

/** Ragged rows, and values that are not finite numbers, in x and y. */
export function checkRaw(data: unknown, inputShape: Shape): Finding[] {
  const { x, y } = (typeof data === "object" && data !== null ? data : {}) as { x?: unknown; y?: unknown };
  return [...describeFaults("x", scan(x, sizeOf(inputShape))), ...describeFaults("y", scan(y, null))];
}

/** `width` is how long rows must be; `null` for as long as the first. */
function scan(value: unknown, width: number | null): Faults {
  const faults: Faults = { ragged: [], bad: [], badColumns: new Set() };
  const rows = rowsOf(value, width);
  const size = width ?? rows[0]?.length ?? 0;
  rows.forEach((row, i) => {
    if (row.length !== size) faults.ragged.push(i);
    let isBad = false;
    for (let column = 0; column < row.length; column++) {
      if (Number.isFinite(row[column])) continue;
      faults.badColumns.add(column);
      isBad = true;
    }
    if (isBad) faults.bad.push(i);
  });
  return faults;
}

/** Rows of numbers, or one flat array in rows of `width`. */
function rowsOf(value: unknown, width: number | null): ArrayLike<unknown>[] {
  if (!Array.isArray(value) && !(value instanceof Float32Array || value instanceof Float64Array)) return [];
  if (Array.isArray(value[0]) || ArrayBuffer.isView(value[0])) return Array.from(value, flatRow);
  const size = width ?? 1;
  if (value.length % size !== 0) return []; // said by the check of shapes
  const cut = Array.isArray(value) ? value.slice.bind(value) : value.subarray.bind(value);
  return Array.from({ length: value.length / size }, (_, i) => cut(i * size, (i + 1) * size) as ArrayLike<unknown>);
}

function flatRow(row: unknown): ArrayLike<unknown> {
  if (Array.isArray(row)) return row.flat(8);
  return ArrayBuffer.isView(row) ? (row as unknown as ArrayLike<unknown>) : [row];
}

function describeFaults(name: "x" | "y", { ragged, bad, badColumns }: Faults): Finding[] {
  const findings: Finding[] = [];
  if (ragged.length > 0) {
    findings.push({
      code: "raggedRows",
      severity: "error",
      message: `${name}: ${ragged.length} rows have another length than they must have: rows ${list(ragged)}.`,
      remedy: `Give every row the same columns; fill in what is missing, or drop the rows.`,
    });
  }
  if (bad.length > 0) {
    const columns = [...badColumns].sort((a, b) => a - b);
    findings.push({
      code: "notFinite",
      severity: "error",
      message:
        `${name}: ${bad.length} rows hold what is not a finite number: ` +
        `rows ${list(bad)}; columns ${list(columns)}.`,
      remedy:
        name === "x"
          ? `Fill in missing values, drop the rows, and turn text into numbers first.`
          : `Drop rows without a target, and turn names of classes into numbers from 0.`,
    });
  }
  return findings;
}
