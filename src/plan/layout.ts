/**
 * Turns a plan into bytes, for a number of rows: the address of each slab, the size of the memory, and the records as
 * words that backends read. Pure: it creates no memory.
 */
import { BackendError, formatBytes } from "../base/errors.js";
import { roundUp } from "../base/shape.js";
import { Place } from "./op.js";
import { forEachField, isStrided, isTensor, type TapeRecord } from "./record.js";
import type { Plan, Section } from "./tape.js";
import type { SlabName, TensorRef } from "./tensor.js";

/** Byte addresses of everything in one session's memory. */
export interface Layout {
  /** Most rows that fit. */
  readonly capacity: number;
  /** Rows reserved per tensor: the capacity, rounded up so that every tensor stays aligned. */
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
/** Rows are reserved in multiples of this number, so that a tensor of one float per row ends on a line. */
const LEAST_ROWS = LINE_BYTES / 4;
const ADDRESSABLE = 2 ** 32 - 2 ** 16;

/**
 * Lays out a plan for a number of rows.
 * @param section The section that needs most of the slab `rows`. @default the largest
 * @throws BackendError if the plan needs more than the 4 GiB that WebAssembly can address
 */
export function layOut(plan: Plan, capacity: number, section?: Section): Layout {
  const rowSlots = roundUp(capacity, LEAST_ROWS);
  const sizes = { ...plan.slabSizes, rows: (section && plan.rowSizes[section]) ?? plan.slabSizes.rows };
  const copies = (name: SlabName) => {
    if (name === "rows") return rowSlots;
    return name !== "sums" || capacity > Place.PlainRows ? 1 : 0;
  };
  let address = Place.Free + plan.records.length * Place.RecordBytes;
  const slabs = {} as Record<SlabName, { address: number; floats: number }>;
  for (const name of SLAB_ORDER) {
    const floats = sizes[name] * copies(name);
    slabs[name] = { address, floats };
    address = roundUp(address + floats * 4, LINE_BYTES);
  }
  // Kernels read whole vectors, so they may read a little beyond the end of the last row.
  const layout = { capacity, rowSlots, slabs, bytes: address + LINE_BYTES };
  if (layout.bytes > ADDRESSABLE) throw new BackendError(tooMuch(layout, "more than the 4 GiB of WebAssembly"));
  return layout;
}

/** Message for a session that needs too much memory. Advises smaller batches if the batch takes most of it. */
export function tooMuch({ capacity, slabs, bytes }: Layout, limit: string): string {
  const isBatch = capacity > LEAST_ROWS && slabs.rows.floats * 8 > bytes;
  const [what, remedy] = isBatch
    ? [`A batch of ${capacity} rows`, "a smaller batchSize"]
    : ["This model", "fewer units or layers"];
  return `${what} needs ${formatBytes(bytes)} of memory, ${limit}. Use ${remedy}.`;
}

/** Byte address of a tensor's first value. */
export function addressOf(tensor: TensorRef, layout: Layout): number {
  const perRow = tensor.slab === "rows" ? layout.rowSlots : 1;
  return layout.slabs[tensor.slab].address + tensor.offset * perRow * 4;
}

const RECORD_WORDS = Place.RecordBytes / 4;

/** All records of a plan, `RECORD_WORDS` words each. */
export function encode(records: readonly TapeRecord[], layout: Layout): Int32Array {
  const words = new Int32Array(records.length * RECORD_WORDS);
  const view = new DataView(words.buffer);
  records.forEach((record, index) => {
    const start = index * Place.RecordBytes;
    view.setInt32(start, record.op.opcode, true);
    forEachField(record.op, (name, kind, word) => {
      const value = record[name] as TensorRef | number | null;
      const at = start + word * 4;
      if (kind === "float") view.setFloat32(at, value as number, true);
      else if (kind === "double") view.setFloat64(at, value as number, true);
      else if (!isTensor(kind)) view.setInt32(at, value as number, true);
      else if (value !== null) {
        const tensor = value as TensorRef;
        view.setUint32(at, addressOf(tensor, layout), true);
        if (isStrided(kind)) view.setUint32(at + 4, tensor.stride * 4, true);
      }
    });
  });
  return words;
}
