/** Limits of what a file may claim, so that a small one cannot ask for much memory. */
import { FormatError } from "../base/errors.js";
import { type Shape, sizeOf } from "../base/shape.js";

/** The widest row of any file, and the deepest nesting of its JSON. */
const [LEAST_WIDTH, DEEPEST] = [4096, 64];

/** @throws FormatError for rows that need more weights than the file has bytes */
export function checkWidth(where: string, row: Shape, bytes: number): void {
  const size = sizeOf(row);
  if (size <= Math.max(LEAST_WIDTH, bytes)) return;
  throw new FormatError(`${where}: rows of ${size} values need more weights than the file's ${bytes} bytes hold.`);
}

/** @throws FormatError for JSON that is nested deeper than any model's */
export function checkDepth(where: string, value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth >= DEEPEST) throw new FormatError(`${where}: it is nested more than ${DEEPEST} deep.`);
  for (const part of Object.values(value)) checkDepth(where, part, depth + 1);
}
