/** The choice of rows to keep of a table with more than are wanted. Knows numbers of rows, not rows. */
import { Random } from "../base/random.js";

/** Keeps each row with the same probability, without knowing how many there will be (Vitter 1985, Algorithm R). */
export class Reservoir {
  readonly #random: Random;
  readonly #most: number;
  /** Number of the row at each place. */
  readonly rows: number[] = [];
  #seen = 0;

  constructor(most: number, seed: number) {
    this.#most = most;
    this.#random = Random.fromSeed(seed, 0x5253);
  }

  /** Rows so far. */
  get seen(): number {
    return this.#seen;
  }

  /** The place of the next row, whose former row is dropped; `null` if it is not kept. */
  next(): number | null {
    const row = this.#seen++;
    const place = row < this.#most ? row : this.#random.integerBelow(row + 1);
    if (place >= this.#most) return null;
    this.rows[place] = row;
    return place;
  }
}

/** The numbers of that many rows. */
export const everyRow = (rows: number): Uint32Array => new Uint32Array(rows).map((_, row) => row);

/** The rows to keep, at most `most` of them, rising; `null` for all. The same as a `Reservoir` keeps. */
export function chosenRows(rows: number, most: number, seed: number): Uint32Array | null {
  if (rows <= most) return null;
  const reservoir = new Reservoir(most, seed);
  for (let row = 0; row < rows; row++) reservoir.next();
  return Uint32Array.from(reservoir.rows).sort();
}
