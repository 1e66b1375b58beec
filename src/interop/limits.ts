/** Limits of what a file may claim, so that a small one cannot ask for much memory. */
import { counted } from "../base/counted.js";
import { FormatError } from "../base/errors.js";
import { type Shape, sizeOf } from "../base/shape.js";

/** The widest row of any file, and the deepest nesting of its JSON. */
const [LEAST_WIDTH, DEEPEST] = [1024, 32];

/** @throws FormatError for rows that need more weights than the file has bytes */
export function checkWidth(where: string, row: Shape, bytes: number): void {
  const size = sizeOf(row);
  if (size <= Math.max(LEAST_WIDTH, bytes)) return;
  throw new FormatError(
    `${where}: rows of ${counted(size, "value")} need more weights than the file's ${counted(bytes, "byte")} hold.`,
  );
}

/** Checks the widths that layers claim before anything is made of that size. @throws FormatError */
export function checkWidths(where: string, layers: readonly object[], bytes: number): void {
  for (const layer of layers) {
    const { units, numTokens } = layer as { units?: number; numTokens?: number };
    checkWidth(where, [units ?? numTokens ?? 1], bytes);
  }
}

/** More layers than any chain has. */
const MOST_LAYERS = 1000;

/** Checks the number of layers before any is placed: packed files of a few KB can list many thousands. @throws FormatError */
export function checkCount(where: string, count: number): void {
  if (count <= MOST_LAYERS) return;
  throw new FormatError(`${where}: ${counted(count, "layer")}, and at most ${MOST_LAYERS} can be read.`);
}

/** Room for values that a file leaves out: as many as it has bytes, or as in one row of any file. */
export class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = Math.max(LEAST_WIDTH, bytes);
  }

  /** Takes that many values. @throws FormatError if there are no more */
  take(where: string, count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw new FormatError(`${where}: it needs more values than the file has bytes.`);
  }
}

/** @throws FormatError for JSON that is nested deeper than any model's */
export function checkDepth(where: string, value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth >= DEEPEST) throw new FormatError(`${where}: it is nested more than ${DEEPEST} deep.`);
  for (const part of Object.values(value)) checkDepth(where, part, depth + 1);
}
