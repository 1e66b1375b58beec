/**
 * Tensors of a plan: the places of values, given as slabs and offsets, not yet in bytes.
 * No arithmetic, no memory: `layout.ts` turns these into addresses.
 */
import { newArray } from "../base/errors.js";
import { roundUp, sizeOf } from "../base/shape.js";
import { Place } from "./op.js";

/** Slabs in which an optimizer keeps a value for each parameter from one step to the next. */
export type SlotName = "slot1" | "slot2" | "slot3" | "accumulated" | "average";

/** Slabs that share the offsets of `params`. */
export type ParameterSlab = "params" | "grads" | SlotName;

/**
 * Regions of memory. `constants` holds values that a session writes once. `scratch` holds values that one record leaves
 * for a later one, but never from one step to the next. `sums` holds sums over many rows while one record adds them up;
 * it is empty if no batch has more than `Place.PlainRows` rows.
 * `rows` is the slab of everything with one row per sample; its offsets are in floats per row.
 */
export type SlabName = ParameterSlab | "constants" | "zeros" | "scratch" | "sums" | "rows";

/**
 * Layout of a tensor's values in memory:
 * - `vector`: contiguous;
 * - `panels`: a kernel [inputs, units] as [units / 8][inputs][8], the units of a panel side by side;
 * - `rows`: one row per sample, `stride` floats apart, zero beyond the columns;
 * - `labels`: one int32 per sample.
 */
export type Format = "vector" | "panels" | "rows" | "labels";

/** One tensor of a plan: plain data without methods. */
export interface TensorRef {
  readonly name: string;
  readonly slab: SlabName;
  readonly offset: number;
  readonly format: Format;
  /** Shape without the batch dimension. */
  readonly shape: readonly number[];
  /** Floats from one row, or one panel, to the next. */
  readonly stride: number;
}

const LINE = 16; // floats in a cache line

/**
 * Floats from one row to the next: whole panels for narrow rows, otherwise an odd number of cache lines. So the values
 * of a column spread over all sets of the first-level cache instead of sharing a few.
 */
export function rowStride(columns: number): number {
  if (columns <= Place.PanelWidth) return Place.PanelWidth;
  const lines = Math.ceil(columns / LINE);
  return (lines % 2 === 0 ? lines + 1 : lines) * LINE;
}

/** Floats from one panel to the next: inputs in fours, and one extra line so that panels do not share cache sets. */
export function panelStride(inputs: number): number {
  return roundUp(inputs, 4) * Place.PanelWidth + LINE;
}

/** Floats that a tensor takes in its slab; for the slab `rows`, per row. */
export function storageSize(tensor: Pick<TensorRef, "format" | "shape" | "stride">): number {
  switch (tensor.format) {
    case "vector":
      return roundUp(sizeOf(tensor.shape), LINE);
    case "panels":
      return roundUp(Math.ceil(tensor.shape[1] / Place.PanelWidth) * tensor.stride, LINE);
    case "rows":
    case "labels":
      return tensor.stride;
  }
}

/** A range of a parameter-shaped slab: whole tensors, one after the other. */
export interface Span {
  readonly offset: number;
  readonly count: number;
}

/** The fewest spans that cover the tensors, given in the order of their offsets. */
export function spansOf(tensors: readonly TensorRef[]): Span[] {
  const spans: Span[] = [];
  for (const tensor of tensors) {
    const last = spans[spans.length - 1];
    const count = storageSize(tensor);
    const joins = last !== undefined && last.offset + last.count === tensor.offset;
    if (joins) spans[spans.length - 1] = { offset: last.offset, count: last.count + count };
    else spans.push({ offset: tensor.offset, count });
  }
  return spans;
}

/** Copies one line of a panel that uses `left` lanes. */
function copyLanes(from: ArrayLike<number>, i: number, to: Float32Array | Float64Array, j: number, left: number): void {
  if (left < Place.PanelWidth) {
    for (let lane = 0; lane < left; lane++) to[j + lane] = from[i + lane];
    return;
  }
  // Written out, because it is twice as fast as a loop.
  to[j] = from[i];
  to[j + 1] = from[i + 1];
  to[j + 2] = from[i + 2];
  to[j + 3] = from[i + 3];
  to[j + 4] = from[i + 4];
  to[j + 5] = from[i + 5];
  to[j + 6] = from[i + 6];
  to[j + 7] = from[i + 7];
}

/** Copies a parameter, or a twin of one, out of its slab, in plain row-major order. */
export function unpack<Out extends Float32Array | Float64Array = Float32Array>(
  tensor: TensorRef,
  slab: Float32Array | Float64Array,
  out = newArray(Float32Array, sizeOf(tensor.shape), tensor.name) as Out,
): Out {
  if (tensor.format !== "panels") {
    out.set(slab.subarray(tensor.offset, tensor.offset + out.length));
    return out;
  }
  const [inputs, units] = tensor.shape;
  for (let input = 0, to = 0; input < inputs; input++) {
    let panel = tensor.offset + input * Place.PanelWidth;
    for (let left = units; left > 0; left -= Place.PanelWidth, panel += tensor.stride) {
      copyLanes(slab, panel, out, to, left);
      to += Math.min(left, Place.PanelWidth);
    }
  }
  return out;
}

/** Copies plain row-major values into a tensor's place in its slab; the padding stays unchanged. */
export function pack(tensor: TensorRef, values: ArrayLike<number>, slab: Float32Array | Float64Array): void {
  if (tensor.format !== "panels") {
    slab.set(values, tensor.offset);
    return;
  }
  const [inputs, units] = tensor.shape;
  for (let input = 0, from = 0; input < inputs; input++) {
    let panel = tensor.offset + input * Place.PanelWidth;
    for (let left = units; left > 0; left -= Place.PanelWidth, panel += tensor.stride) {
      copyLanes(values, from, slab, panel, left);
      from += Math.min(left, Place.PanelWidth);
    }
  }
}
