/** The warnings of predictions, counted by column: a line for each instead of one for each row. */
import type { TablePrediction } from "simdgrad/table";
import { countOf, shown } from "./text.js";

/** Different warnings that are counted, and those that are shown. */
const KEPT = 1000;
const SHOWN = 10;

export class Summary {
  /** The first warning of its kind, and the rows that have one. */
  readonly #kinds = new Map<string, { readonly first: string; rows: number }>();

  add(predictions: readonly TablePrediction[]): void {
    for (const { warnings } of predictions) for (const warning of warnings) this.#count(warning);
  }

  /** The most frequent first. */
  lines(rows: number): string[] {
    const sorted = [...this.#kinds.values()].sort((a, b) => b.rows - a.rows);
    const lines = sorted.slice(0, SHOWN).map(({ first, rows: own }) => {
      const share = own === rows ? "every row" : countOf(own, "row");
      return `${shown(first, 120)} (${share})`;
    });
    return sorted.length > SHOWN ? [...lines, `and ${sorted.length - SHOWN} more columns with such values.`] : lines;
  }

  /** Warnings are alike if only the value differs. */
  #count(warning: string): void {
    const key = warning.replace(/: "(?:[^"\\]|\\.)*" is /, ": … is ");
    const kind = this.#kinds.get(key);
    if (kind) kind.rows++;
    else if (this.#kinds.size < KEPT) this.#kinds.set(key, { first: warning, rows: 1 });
  }
}
