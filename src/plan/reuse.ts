/**
 * Where the row tensors of a section lie when each is given up after its last reader: a forward pass then takes the
 * memory of its widest layers, not of all. No bytes, no arithmetic.
 */
import type { TapeRecord } from "./record.js";
import { storageSize, type TensorRef } from "./tensor.js";

/** A tensor, from the first record that names it to the last. */
interface Life {
  readonly references: Set<TensorRef>;
  readonly size: number;
  begin: number;
  last: number;
}

/**
 * Moves the row tensors of `records` that lie at `floor` or after it to the lowest offsets at which nothing lies that is
 * still read, in place. Those of `kept` last to the end. Returns where the last one ends.
 */
export function reuseRows(records: readonly TapeRecord[], kept: readonly TensorRef[], floor: number): number {
  const lives = new Map<number, Life>();
  const births = records.map((record, place) => {
    const born: Life[] = [];
    for (const value of Object.values(record)) {
      if (!isRowTensor(value) || value.offset < floor) continue;
      let life = lives.get(value.offset);
      if (!life) {
        life = { references: new Set(), size: storageSize(value), begin: floor, last: place };
        lives.set(value.offset, life);
        born.push(life);
      }
      life.references.add(value);
      life.last = place;
    }
    return born;
  });
  for (const tensor of kept) {
    const life = lives.get(tensor.offset);
    life?.references.add(tensor);
    if (life) life.last = records.length;
  }
  let end = floor;
  let alive: Life[] = [];
  births.forEach((born, place) => {
    alive = alive.filter(({ last }) => last >= place);
    for (const life of born) {
      settle(life, alive);
      alive.push(life);
      alive.sort((a, b) => a.begin - b.begin);
      end = Math.max(end, life.begin + life.size);
    }
  });
  for (const { references, begin } of lives.values()) {
    for (const tensor of references) (tensor as { offset: number }).offset = begin;
  }
  return end;
}

function isRowTensor(value: unknown): value is TensorRef {
  return (value as TensorRef | null)?.slab === "rows";
}

/** Moves a life up to the first gap between those that are alive, which come in order. */
function settle(life: Life, alive: readonly Life[]): void {
  for (const { begin, size } of alive) {
    if (begin - life.begin >= life.size) return;
    life.begin = begin + size;
  }
}
