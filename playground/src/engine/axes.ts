/** A plane through rows of any width: two of their principal axes, so that they can be drawn. Knows rows only. */
import { dot, strongest } from "./vectors.js";

/** Centre and spread of rows, column by column. */
interface Frame {
  readonly center: Float64Array;
  readonly scale: Float64Array;
}

/** A plane: a centre and two directions of length 1, scaled by column. */
export interface Axes extends Frame {
  readonly directions: readonly [Float64Array, Float64Array];
}

const ROUNDS = 60;
/** Number of rows that suffices to find the axes. */
const MOST_ROWS = 2000;

/** Standardized rows, evenly spread over all. */
interface Sample extends Frame {
  readonly rows: readonly Float64Array[];
}

/** Finds principal axes, each on first use. */
export class PrincipalAxes {
  readonly #sample: Sample;
  readonly #found: Float64Array[] = [];
  /** Number of axes. */
  readonly count: number;

  constructor(x: Float32Array, columns: number) {
    this.#sample = sampleOf(x, columns);
    this.count = columns;
  }

  /** The plane of two columns, counted from 0. */
  columns(places: readonly [number, number]): Axes {
    const { center, scale } = this.#sample;
    const along = (place: number) => Float64Array.from(center, (_, j) => Number(j === place));
    return { center, scale, directions: [along(places[0]), along(places[1])] };
  }

  /** The plane of two axes, counted from 1; beyond the last one, the last. */
  plane([horizontal, vertical]: readonly [number, number]): Axes {
    const { center, scale } = this.#sample;
    return { center, scale, directions: [this.#axis(horizontal), this.#axis(vertical)] };
  }

  #axis(number: number): Float64Array {
    const wanted = Math.min(number, this.count);
    const product = (direction: Float64Array) => times(this.#sample, direction);
    while (this.#found.length < wanted) this.#found.push(strongest(this.count, product, this.#found, ROUNDS));
    return this.#found[wanted - 1];
  }
}

function sampleOf(x: Float32Array, columns: number): Sample {
  const count = x.length / columns;
  const every = Math.ceil(count / MOST_ROWS);
  const rows = Array.from({ length: Math.ceil(count / every) }, (_, i) =>
    Float64Array.from(x.subarray(i * every * columns, (i * every + 1) * columns)),
  );
  const center = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (const row of rows) for (let j = 0; j < columns; j++) center[j] += row[j] / rows.length;
  for (const row of rows) for (let j = 0; j < columns; j++) scale[j] += (row[j] - center[j]) ** 2 / rows.length;
  for (let j = 0; j < columns; j++) scale[j] = Math.sqrt(scale[j]) || 1;
  for (const row of rows) for (let j = 0; j < columns; j++) row[j] = (row[j] - center[j]) / scale[j];
  return { center, scale, rows };
}

/** Multiplies by the rows' products of columns. */
function times({ rows, center }: Sample, direction: Float64Array): Float64Array {
  const product = new Float64Array(center.length);
  for (const row of rows) {
    const along = dot(row, direction);
    for (let j = 0; j < product.length; j++) product[j] += row[j] * along;
  }
  return product;
}

/** [n, columns] to [n, 2]. */
export function project(x: Float32Array, { center, scale, directions }: Axes): Float32Array {
  const columns = center.length;
  const points = new Float32Array((x.length / columns) * 2);
  for (let i = 0; i < points.length; i++) {
    const at = (i >> 1) * columns;
    let along = 0;
    for (let j = 0; j < columns; j++) along += ((x[at + j] - center[j]) / scale[j]) * directions[i & 1][j];
    points[i] = along;
  }
  return points;
}

/** [n, 2] to the rows of the plane: [n, columns]. */
export function unproject(points: Float32Array, { center, scale, directions }: Axes): Float32Array {
  const columns = center.length;
  const x = new Float32Array((points.length / 2) * columns);
  for (let row = 0; row < points.length / 2; row++) {
    for (let j = 0; j < columns; j++) {
      const offset = points[2 * row] * directions[0][j] + points[2 * row + 1] * directions[1][j];
      x[row * columns + j] = center[j] + offset * scale[j];
    }
  }
  return x;
}
