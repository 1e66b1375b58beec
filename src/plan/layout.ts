/**
 * From slabs to bytes: where each slab starts and how large the memory must be, for a number of rows.
 * Pure: it creates nothing.
 */
import { BackendError } from "../errors.js";
import { Place } from "./op.js";
import type { Plan } from "./tape.js";
import { roundUp, type SlabName, type TensorRef } from "./tensor.js";

/** Byte addresses of everything in one session's memory. */
export interface Layout {
  /** Rows that fit. */
  readonly capacity: number;
  /** Rows that are set aside per tensor: the capacity, rounded up so that every tensor stays aligned. */
  readonly rowSlots: number;
  readonly slabs: Readonly<Record<SlabName, { readonly address: number; readonly floats: number }>>;
  readonly bytes: number;
}

const SLAB_ORDER: readonly SlabName[] = [
  "params",
  "grads",
  "slot1",
  "slot2",
  "slot3",
  "accumulated",
  "average",
  "constants",
  "zeros",
  "scratch",
  "sums",
  "rows",
];
const LINE_BYTES = 64;
const ADDRESSABLE = 2 ** 32 - 2 ** 16;

/** @throws BackendError when the plan needs more than the 4 GiB that WebAssembly can address. */
export function layOut(plan: Plan, capacity: number): Layout {
  const rowSlots = roundUp(capacity, LINE_BYTES / 4);
  const copies = (name: SlabName) => {
    if (name === "rows") return rowSlots;
    return name !== "sums" || capacity > Place.PlainRows ? 1 : 0;
  };
  let address = Place.Free + plan.records.length * Place.RecordBytes;
  const slabs = {} as Record<SlabName, { address: number; floats: number }>;
  for (const name of SLAB_ORDER) {
    const floats = plan.slabSizes[name] * copies(name);
    slabs[name] = { address, floats };
    address = roundUp(address + floats * 4, LINE_BYTES);
  }
  // Kernels read whole vectors, so the last row may be read a little beyond its end.
  const bytes = address + LINE_BYTES;
  if (bytes > ADDRESSABLE) {
    const size = (bytes / 2 ** 30).toFixed(1);
    throw new BackendError(
      `A batch of ${capacity} rows needs ${size} GiB of memory, more than the 4 GiB of WebAssembly. Use a smaller batchSize.`,
    );
  }
  return { capacity, rowSlots, slabs, bytes };
}

/** Byte address of a tensor's first value. */
export function addressOf(tensor: TensorRef, layout: Layout): number {
  const perRow = tensor.slab === "rows" ? layout.rowSlots : 1;
  return layout.slabs[tensor.slab].address + tensor.offset * perRow * 4;
}
