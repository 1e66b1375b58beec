/**
 * A session: one plan in one memory for one number of rows, and a backend that runs it.
 * Rows and scalars go in, slabs and tensors come out as copies. Knows nothing about layers or epochs.
 */
import { allocate, newArray } from "../base/errors.js";
import { kindOf, type NumericArray } from "../base/kinds.js";
import { sizeOf } from "../base/shape.js";
import { addressOf, encode, type Layout, layOut, tooMuch } from "../plan/layout.js";
import { ControlField, Place, type Status } from "../plan/op.js";
import type { Script, ScriptMaker } from "../plan/record.js";
import type { Plan, Section } from "../plan/tape.js";
import { type SlabName, type TensorRef, unpack } from "../plan/tensor.js";
import type { Backend, BackendFactory, Batches } from "./backend.js";

const CONTROL_WORD = Place.Control / 4;
const CONTROL_DOUBLE = Place.Control / 8;
const SUMS_BEGIN = CONTROL_DOUBLE + ControlField.LossSum / 8;
const SUMS = 1 + Place.MetricSlots;
/** Narrower rows are copied value by value. Wider ones are copied by `set`, which is cheaper for them. */
const WIDE_ROW = 32;
/** Scattered rows of a large source that are fetched together before the copy: a first-level cache holds them. */
const SCATTERED_ROWS = 8;
/** Numbers of a row from which that pays off; next, bytes of a source that no cache holds. */
const LONG_ROW = 256;
const LARGE_SOURCE = 1 << 23;
/** Bytes in a cache line. */
const LINE = 64;

/** Floating-point operations above which threads outweigh the cost of their barriers, measured (see bench/). */
export const LARGE_WORK = 1e6;

/** Numbers laid out in rows, as data sets hold them. */
export type RowValues = NumericArray;

export class Session {
  readonly plan: Plan;
  readonly layout: Layout;
  readonly #backend: Backend;
  /** Records that run here instead of in the backend. */
  readonly #scripts: readonly (readonly [index: number, script: Script])[];
  #rows = 0;
  #writes = 0;
  /** Never read. It keeps engines from removing a loop that does nothing but fetch. */
  readonly #fetched = new Float64Array(1);

  /**
   * @param section The section to run, or of several the one that needs most memory. @default any
   * @throws BackendError if there is not enough memory
   */
  constructor(plan: Plan, capacity: number, createBackend: BackendFactory, section?: Section) {
    this.plan = plan;
    this.layout = layOut(plan, capacity, section);
    const { bytes } = this.layout;
    this.#backend = allocate(
      () => createBackend(encode(plan.records, this.layout), bytes),
      () => tooMuch(this.layout, "which could not be had"),
    );
    this.#scripts = plan.records.flatMap((record, index) => {
      const make = record.script as ScriptMaker | undefined;
      return make ? [[index, make(record, (tensor) => addressOf(tensor, this.layout))] as const] : [];
    });
    for (const [tensor, values] of plan.constants) this.#backend.floats.set(values, addressOf(tensor, this.layout) / 4);
  }

  /** Bytes of memory that the session holds. */
  get bytes(): number {
    return this.#backend.ints.byteLength;
  }

  /** Number of writes to row tensors. While it is unchanged, so are they. */
  get writes(): number {
    return this.#writes;
  }

  /** True if batches of that many rows fit through a section, and other sections that need no more memory. */
  fits(rows: number, section: Section): boolean {
    const { capacity, rowSlots, slabs } = this.layout;
    const needed = (this.plan.rowSizes[section] ?? 0) * rowSlots;
    return !this.#backend.isBroken && capacity >= rows && slabs.rows.floats >= needed;
  }

  /** Most rows that fit. */
  get capacity(): number {
    return this.layout.capacity;
  }

  /** Number of rows in the next batch. */
  set rows(rows: number) {
    this.#rows = rows;
    this.#backend.ints[CONTROL_WORD + ControlField.Rows / 4] = rows;
  }

  /**
   * Number of the next optimizer step, from 1. Kernels add 1 to it, take remainders by powers of 2, and raise numbers
   * below 1 to its power, which gives 0 long before 2^30. So at the end of 31 bits it continues from 2^30.
   */
  set step(step: number) {
    const { ints } = this.#backend;
    ints[CONTROL_WORD + ControlField.Step / 4] = step < 2 ** 31 - 1 ? step : 2 ** 30 + (step % 2 ** 29);
  }

  /** Number of the next batch, from 1, modulo 2^32. The random draws of layers depend on it. */
  set batch(batch: number) {
    this.#backend.ints[CONTROL_WORD + ControlField.Batch / 4] = batch;
  }

  set learningRate(rate: number) {
    this.#backend.floats[CONTROL_WORD + ControlField.LearningRate / 4] = rate;
  }

  get status(): Status {
    return this.#backend.ints[CONTROL_WORD + ControlField.Status / 4];
  }

  /** Clears the status after a stopped run, so that the next run is possible; sums stay. */
  clearStatus(): void {
    this.#backend.ints[CONTROL_WORD + ControlField.Status / 4] = 0;
  }

  /** Sum of the weighted losses of all rows since `resetSums`. */
  get lossSum(): number {
    return this.#backend.doubles[CONTROL_DOUBLE + ControlField.LossSum / 8];
  }

  /** Sum number `slot` since `resetSums`: first the weighted losses, then each metric. */
  sum(slot: number): number {
    return this.#backend.doubles[SUMS_BEGIN + slot];
  }

  /** Sets loss and metric sums to zero and the status to running. */
  resetSums(): void {
    const { doubles } = this.#backend;
    // A loop, not fill(): it is cheaper for these nine values, and small models do this on every step.
    for (let i = 0; i < SUMS; i++) doubles[SUMS_BEGIN + i] = 0;
    this.clearStatus();
  }

  /** A copy of the sums since `resetSums`: first the weighted losses of all rows, then each metric. */
  readSums(): Float64Array {
    return this.#backend.doubles.slice(SUMS_BEGIN, SUMS_BEGIN + SUMS);
  }

  /** Restores the sums that `readSums` returned. */
  writeSums(sums: Float64Array): void {
    this.#backend.doubles.set(sums, SUMS_BEGIN);
  }

  /** Runs a section of the plan on the rows that were written. */
  run(section: Section): void {
    const range = this.plan.sections[section];
    if (range) this.#run(range[0], range[1], this.#rows * this.plan.flopsPerRow[section] >= LARGE_WORK);
  }

  /** Runs a single record: for traces, profiles and tests. */
  runRecord(index: number): void {
    this.#run(index, index + 1, false);
  }

  /** Runs records [begin, end), or fewer if one sets a status. */
  #run(begin: number, end: number, isLarge: boolean): void {
    const { floats, ints } = this.#backend;
    for (const [index, script] of this.#scripts) {
      if (index < begin || index >= end) continue;
      if (begin < index) {
        this.#backend.run(begin, index, isLarge);
        if (this.status) return;
      }
      script(floats, ints);
      if (this.status) return;
      begin = index + 1;
    }
    this.#backend.run(begin, end, isLarge);
  }

  /** Releases the memory. Sums can still be read. */
  release(): void {
    this.#backend.release();
  }

  /** Writes the next batch. If nobody watches the step, the one after it may be written before the step ends. */
  writeNext(batches: Batches, watcher: unknown): void {
    if (watcher || !this.#backend.writeNext) batches.write(this);
    else this.#backend.writeNext(batches, this);
  }

  /**
   * Copies `count` rows of `source`, from position `begin` of `order` (or of the source itself), into a row tensor, and
   * multiplies them by `scale`.
   */
  writeRows(
    tensor: TensorRef,
    source: RowValues,
    order: Uint32Array | null,
    begin: number,
    count: number,
    scale = 1,
  ): void {
    const columns = tensor.shape.length === 0 ? 1 : tensor.shape[0];
    this.#writes++;
    if (columns >= WIDE_ROW) {
      this.#writeWideRows(tensor, source, order, begin, count, scale);
      return;
    }
    const { floats } = this.#backend;
    let to = addressOf(tensor, this.layout) / 4;
    for (let row = begin; row < begin + count; row++, to += tensor.stride) {
      const from = (order === null ? row : order[row]) * columns;
      for (let j = 0; j < columns; j++) floats[to + j] = source[from + j];
    }
    if (scale !== 1) this.scaleRows(tensor, scale, count);
  }

  /** `writeRows`, by copies of whole rows. Engines write narrow ones faster where this is a function by itself. */
  #writeWideRows(
    tensor: TensorRef,
    source: RowValues,
    order: Uint32Array | null,
    begin: number,
    count: number,
    scale: number,
  ): void {
    const { floats, ints } = this.#backend;
    const [columns] = tensor.shape;
    const address = addressOf(tensor, this.layout);
    const end = begin + count;
    // Engines turn bytes into floats one by one. The backend is faster, given the bytes in the place of the floats.
    const isBytes = this.#backend.widen && kindOf(source).startsWith("Uint8");
    let to = isBytes ? address + 3 * columns : address / 4;
    const target = isBytes ? new Uint8Array(ints.buffer) : floats;
    const stride = isBytes ? 4 * tensor.stride : tensor.stride;
    // Rows without gaps are copied at once, and a whole source without a view of it.
    if (order === null && stride === columns) {
      const isWhole = source.length === count * columns;
      floats.set(isWhole ? source : source.subarray(begin * columns, end * columns), to);
    } else {
      const isScattered = order !== null && columns >= LONG_ROW && source.byteLength >= LARGE_SOURCE;
      for (let row = begin; row < end; row++, to += stride) {
        if (isScattered && (row - begin) % SCATTERED_ROWS === 0) {
          this.#fetched[0] = fetchRows(source, order, row, Math.min(row + SCATTERED_ROWS, end), columns);
        }
        const from = (order === null ? row : order[row]) * columns;
        target.set(source.subarray(from, from + columns), to);
      }
    }
    if (isBytes) this.#backend.widen?.(address, count, columns, stride, scale);
    else if (scale !== 1) this.scaleRows(tensor, scale, count);
  }

  /** `writeRows` for integer labels. */
  writeLabels(tensor: TensorRef, source: RowValues, order: Uint32Array | null, begin: number, count: number): void {
    const { ints } = this.#backend;
    this.#writes++;
    const to = addressOf(tensor, this.layout) / 4 - begin;
    for (let row = begin; row < begin + count; row++) ints[to + row] = source[order === null ? row : order[row]];
  }

  /** Sets the first `count` rows of a scalar-per-row tensor. */
  fillRows(tensor: TensorRef, value: number, count: number): void {
    const at = addressOf(tensor, this.layout) / 4;
    this.#writes++;
    this.#backend.floats.fill(value, at, at + count);
  }

  /** Multiplies the first `count` rows of a row tensor. */
  scaleRows(tensor: TensorRef, factor: number, count: number): void {
    const { floats } = this.#backend;
    const at = addressOf(tensor, this.layout) / 4;
    for (let i = at; i < at + count * tensor.stride; i++) floats[i] *= factor;
  }

  /** Copies the first `count` rows of a row tensor out, without padding. */
  readRows(tensor: TensorRef, count: number, out: Float32Array, outOffset = 0): void {
    const { floats } = this.#backend;
    const columns = tensor.shape.length === 0 ? 1 : tensor.shape[0];
    let from = addressOf(tensor, this.layout) / 4;
    for (let to = outOffset; to < outOffset + count * columns; to += columns, from += tensor.stride) {
      if (columns < WIDE_ROW) for (let j = 0; j < columns; j++) out[to + j] = floats[from + j];
      else out.set(floats.subarray(from, from + columns), to);
    }
  }

  /** Copies the first `count` integer labels out. */
  readLabels(tensor: TensorRef, count: number, out: Float32Array, outOffset = 0): void {
    const { ints } = this.#backend;
    const from = addressOf(tensor, this.layout) / 4;
    for (let row = 0; row < count; row++) out[outOffset + row] = ints[from + row];
  }

  /** A copy of any tensor in plain row-major order: of a row tensor the first `rows` rows. */
  read(tensor: TensorRef, rows = 0): Float32Array {
    if (tensor.slab !== "rows") return unpack(tensor, this.#slab(tensor.slab));
    const out = newArray(Float32Array, rows * sizeOf(tensor.shape), tensor.name);
    this.readRows(tensor, rows, out);
    return out;
  }

  /** A copy of a slab as it lies in memory. */
  readSlab(name: SlabName): Float32Array {
    const slab = this.#slab(name);
    const copy = newArray(Float32Array, slab.length, "A copy of the weights");
    copy.set(slab);
    return copy;
  }

  writeSlab(name: SlabName, values: ArrayLike<number>): void {
    this.#slab(name).set(values);
  }

  #slab(name: SlabName): Float32Array | Float64Array {
    const { address, floats } = this.layout.slabs[name];
    return this.#backend.floats.subarray(address / 4, address / 4 + floats);
  }
}

const rowBegins = new Int32Array(SCATTERED_ROWS);

/**
 * Reads a value of each cache line of rows [begin, end) of `order`, line by line across the rows. This way cache misses
 * overlap, while copying one row after the other would wait for each. Returns the sum of the values.
 */
function fetchRows(source: RowValues, order: Uint32Array, begin: number, end: number, columns: number): number {
  const count = end - begin;
  for (let i = 0; i < count; i++) rowBegins[i] = order[begin + i] * columns;
  let sum = 0;
  for (let column = 0; column < columns; column += LINE / source.BYTES_PER_ELEMENT) {
    for (let i = 0; i < count; i++) sum += source[rowBegins[i] + column];
  }
  return sum;
}
