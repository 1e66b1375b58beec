/**
 * Places the row tensors of a section so that the memory of each is reused after its last reader. A forward pass then
 * takes the memory of its widest layers, not of all layers. No bytes, no arithmetic.
 */
import type { TapeRecord } from "./record.js";
import { storageSize, type TensorRef } from "./tensor.js";

/** A tensor, with the first and the last record that name it. */
interface Life {
  readonly references: Set<{ offset: number }>;
  readonly size: number;
  readonly first: number;
  last: number;
  begin: number;
}

/**
 * Moves the row tensors of `records` that lie at or after `floor`, in place, to the lowest offsets that are free at the
 * time. Tensors in `kept` stay in use to the end. Returns the end of the last tensor.
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
