/** Rows of a CSV file for a model that takes numbers: columns by the names that the model keeps, or in their order. */
import type { Sequential } from "simdgrad";
import { failure } from "../failure.js";
import type { Io } from "../io.js";
import { countOf } from "../ui/text.js";
import { readTable, totalOf } from "./tables.js";

/**
 * x and y for a model. The targets are the named columns, or the last ones.
 * @throws Ending naming the column and row that cannot be used
 */
export async function trainingRows(
  path: string,
  targets: readonly string[] | undefined,
  { metadata, layers, compiled }: Sequential,
  io: Io,
  warn: (message: string) => void,
) {
  const table = await readTable(path, io, warn, { maxRows: 2 ** 31 });
  if (totalOf(table) > table.rows) throw failure(`${path} is too large to be converted. Write x and y to a .npz file.`);
  const { names, columns, rows } = table;
  const features = Array.isArray(metadata?.features) ? (metadata.features as string[]) : null;
  const inputs = layers[0].inputShape.reduce((product, size) => product * size, 1);
  const own = targets ?? (features ? names.filter((name) => !features.includes(name)) : names.slice(inputs));
  const others = features ?? names.filter((name) => !own.includes(name));
  for (const name of [...others, ...own]) {
    if (names.includes(name)) continue;
    throw failure(`${path}: there is no column ${JSON.stringify(name)}. It has ${names.slice(0, 8).join(", ")}.`);
  }
  if (others.length !== inputs || own.length === 0) {
    const plan = `${countOf(inputs, "column")} of inputs, and one or more of targets`;
    throw failure(`${path}: expected ${plan}, got ${others.length} and ${own.length}. Name the targets: --target a,b.`);
  }
  const classes = Array.isArray(metadata?.classes) ? metadata.classes.map(String) : [];
  const numbers = (name: string, known: readonly string[]) =>
    Float32Array.from({ length: rows }, (_, row) => {
      const cell = columns[name][row];
      const place = known.indexOf(String(cell));
      if (place >= 0) return place;
      if (typeof cell !== "string" && cell !== null && Number.isFinite(Number(cell))) return Number(cell);
      const wanted = known.length > 0 ? `one of ${known.slice(0, 8).join(", ")}` : "a number";
      throw failure(`${path}: row ${row + 1}: ${name}: expected ${wanted}, got ${JSON.stringify(cell)}.`);
    });
  const oneHot = compiled?.loss.type === "categoricalCrossentropy" && own.length === 1 && classes.length > 0;
  const y = own.map((name) => numbers(name, classes));
  const x = others.map((name) => numbers(name, []));
  const rowsOf = (table: readonly Float32Array[]) =>
    Array.from({ length: rows }, (_, row) => table.map((column) => column[row]));
  const label = (row: number) => classes.map((_, i) => (y[0][row] === i ? 1 : 0));
  const yRows = oneHot ? Array.from({ length: rows }, (_, row) => label(row)) : own.length > 1 ? rowsOf(y) : y[0];
  return { x: interleaved(x, rows), y: yRows };
}

/** Columns as rows, one after the other. */
function interleaved(columns: readonly Float32Array[], rows: number): Float32Array {
  const all = new Float32Array(columns.length * rows);
  columns.forEach((column, i) => {
    for (let row = 0; row < rows; row++) all[row * columns.length + i] = column[row];
  });
  return all;
}
