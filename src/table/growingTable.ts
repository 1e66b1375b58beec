/** Rows as objects that arrive one after the other, kept as columns of eight bytes a cell. Knows cells, not models. */
import { TextPool } from "../data/textPool.js";

/** Numbers as long as all cells are numbers or missing, which are NaN then; else cells as they came. */
class GrowingColumn {
  #numbers: Float64Array | null = new Float64Array(1024).fill(Number.NaN);
  #cells: unknown[] = [];
  readonly #pool = new TextPool();

  set(place: number, cell: unknown): void {
    const isMissing = cell === null || cell === undefined;
    if (this.#numbers && (isMissing || typeof cell === "number")) {
      if (place >= this.#numbers.length) this.#numbers = grown(this.#numbers, place);
      this.#numbers[place] = isMissing ? Number.NaN : (cell as number);
      return;
    }
    if (this.#numbers) {
      this.#cells = Array.from(this.#numbers.subarray(0, place), (value) => (Number.isNaN(value) ? null : value));
      this.#numbers = null;
    }
    while (this.#cells.length < place) this.#cells.push(null);
    this.#cells[place] = typeof cell === "string" ? this.#pool.take(cell) : cell;
  }

  /** The cells in this order. */
  inOrder(order: Uint32Array): ArrayLike<unknown> {
    const numbers = this.#numbers;
    if (!numbers) return Array.from(order, (place) => this.#cells[place]);
    return Float64Array.from(order, (place) => (place < numbers.length ? numbers[place] : Number.NaN));
  }
}

function grown(numbers: Float64Array, place: number): Float64Array {
  const larger = new Float64Array(Math.max(place + 1, 2 * numbers.length)).fill(Number.NaN, numbers.length);
  larger.set(numbers);
  return larger;
}

/** Columns that rows are put into, at places that may be taken again. */
export class GrowingTable {
  readonly #columns = new Map<string, GrowingColumn>();

  set(place: number, cells: Readonly<Record<string, unknown>>): void {
    for (const name of Object.keys(cells)) {
      if (!this.#columns.has(name)) this.#columns.set(name, new GrowingColumn());
    }
    for (const [name, column] of this.#columns) {
      column.set(place, Object.hasOwn(cells, name) ? cells[name] : null);
    }
  }

  /** Columns of the rows at these places, in this order. */
  columns(order: Uint32Array): { names: string[]; columns: Record<string, ArrayLike<unknown>> } {
    const columns = [...this.#columns].map(([name, column]) => [name, column.inOrder(order)] as const);
    return { names: [...this.#columns.keys()], columns: Object.fromEntries(columns) };
  }
}
