/**
 * Where the row tensors of a section lie when each is given up after its last reader: a forward pass then takes the
 * memory of its widest layers, not of all. No bytes, no arithmetic.
 */
import type { TapeRecord } from "./record.js";
import { storageSize, type TensorRef } from "./tensor.js";

/** A tensor, from the first record that names it to the last. */
interface Life {
  readonly references: Set<{ offset: number }>;
  readonly size: number;
  readonly first: number;
  last: number;
  begin: number;
}

/**
 * Moves the row tensors of `records` that lie at `floor` or after it, in place, to the lowest offsets at which nothing
 * lies that is still read. Those of `kept` last to the end. Returns where the last one ends.
 */
export function reuseRows(records: readonly TapeRecord[], kept: readonly TensorRef[], floor: number): number {
  const lives = new Map<number, Life>();
  [...records, kept].forEach((record, place) => {
    for (const tensor of Object.values<TensorRef | null>(record as object as Record<string, TensorRef | null>)) {
      if (tensor?.slab !== "rows" || tensor.offset < floor) continue;
      const life = lives.get(tensor.offset);
      if (life) {
        life.references.add(tensor);
        life.last = place;
      } else {
        const references = new Set([tensor]);
        lives.set(tensor.offset, { references, size: storageSize(tensor), first: place, last: place, begin: floor });
      }
    }
  });
  let end = floor;
  let alive: Life[] = [];
  for (const life of lives.values()) {
    alive = alive.filter(({ last }) => last >= life.first);
    for (const { begin, size } of alive) {
      if (begin - life.begin >= life.size) break;
      life.begin = begin + size;
    }
    alive.push(life);
    alive.sort((a, b) => a.begin - b.begin);
    end = Math.max(end, life.begin + life.size);
    for (const tensor of life.references) tensor.offset = life.begin;
  }
  return end;
}
