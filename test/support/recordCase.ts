/**
 * One tape record with its operands, laid out in a memory that is poison everywhere else: whatever a kernel reads
 * or writes beyond its contract shows.
 */

import { roundUp } from "../../src/base/shape.js";
import { addressOf, encode, type Layout, layOut } from "../../src/plan/layout.js";
import { ControlField, Place, type Status } from "../../src/plan/op.js";
import type { TapeRecord } from "../../src/plan/record.js";
import type { Tape } from "../../src/plan/tape.js";
import { pack, type TensorRef } from "../../src/plan/tensor.js";
import type { Backend } from "../../src/runtime/backend.js";
import type { Tolerance } from "./toBeAllClose.js";

/** A NaN with the word's own number in it, so that a NaN that was computed from poison elsewhere is told from it. */
const poison = (word: number) => 0x7fc00000 | (word & 0x3fffff);
const WIDTH = Place.PanelWidth;
const CONTROL_WORD = Place.Control / 4;
const CONTROL_DOUBLE = Place.Control / 8;
/** Initial sums of the control block; exact in binary, so that additions show. */
const sumBefore = (index: number) => 0.5 + index;

export interface RecordCase {
  readonly label: string;
  readonly tape: Tape;
  readonly record: TapeRecord;
  readonly rows: number;
  /** Operands and their values in row-major order. */
  readonly inputs: readonly (readonly [tensor: TensorRef, values: ArrayLike<number>])[];
  readonly outputs: readonly TensorRef[];
  /** Sums of the control block that the record adds to: 0 is the loss, 1 the first metric. */
  readonly sums?: readonly number[];
  /** The status it sets. @default Running */
  readonly status?: Status;
  readonly step?: number;
  readonly learningRate?: number;
  readonly tolerance?: Tolerance;
}

/** A case in a backend's memory. */
export interface Prepared<B extends Backend = Backend> {
  readonly backend: B;
  readonly layout: Layout;
}

/**
 * Takes a stretch of a tensor's storage: values in words [begin, used), padding that its contract covers in [used,
 * end).
 */
type Visit = (begin: number, used: number, end: number) => void;

function forEachLine(tensor: TensorRef, layout: Layout, rows: number, visit: Visit): void {
  const at = addressOf(tensor, layout) / 4;
  const line = (begin: number, used: number, length = used) => visit(begin, begin + used, begin + length);
  const { format, shape, stride } = tensor;
  switch (format) {
    case "vector":
      line(at, shape[0], roundUp(shape[0], WIDTH));
      break;
    case "labels":
      line(at, rows);
      break;
    case "rows":
      if (shape.length === 0) line(at, rows);
      else for (let row = 0; row < rows; row++) line(at + row * stride, shape[0], roundUp(shape[0], WIDTH));
      break;
    case "panels": {
      const [inputs, units] = shape;
      for (let panel = 0; panel * WIDTH < units; panel++) {
        const used = Math.min(WIDTH, units - panel * WIDTH);
        for (let input = 0; input < roundUp(inputs, 4); input++) {
          line(at + panel * stride + input * WIDTH, input < inputs ? used : 0, WIDTH);
        }
      }
      break;
    }
    default:
      format satisfies never;
  }
}

function write({ backend, layout }: Prepared, tensor: TensorRef, values: ArrayLike<number>, rows: number): void {
  forEachLine(tensor, layout, rows, (_, used, end) => backend.floats.fill(0, used, end));
  if (tensor.format === "panels") {
    const { address, floats } = layout.slabs[tensor.slab];
    pack(tensor, values, backend.floats.subarray(address / 4, address / 4 + floats));
    return;
  }
  const target = tensor.format === "labels" ? backend.ints : backend.floats;
  let from = 0;
  forEachLine(tensor, layout, rows, (begin, used) => {
    for (let at = begin; at < used; at++) target[at] = values[from++];
  });
}

/** Poison of the first words of a memory, to be copied: most cases need no more. */
const poisoned = Int32Array.from({ length: 65536 }, (_, word) => poison(word));

function poisonFrom(begin: number, ints: Int32Array): void {
  ints.set(poisoned.subarray(begin, ints.length), begin);
  for (let word = poisoned.length; word < ints.length; word++) ints[word] = poison(word);
}

/**
 * Copies memories into one of its own, so that a copy lasts until the next one: `slice` takes new memory each time, which
 * takes longer than most cases.
 */
export function copier(): (ints: Int32Array) => Int32Array {
  let kept = new Int32Array(0);
  return (ints) => {
    if (kept.length < ints.length) kept = new Int32Array(ints.length);
    const copy = kept.subarray(0, ints.length);
    copy.set(ints);
    return copy;
  };
}

const imageOf = copier();

interface Placed {
  readonly recordCase: RecordCase;
  readonly layout: Layout;
  readonly words: Int32Array;
  /** The whole memory before the run, in float32, to be copied for the next backend. */
  image?: Int32Array;
}

/** The last case, which is mostly the next one too, for another backend. */
let last: Placed | undefined;

function place(recordCase: RecordCase): Placed {
  if (last?.recordCase !== recordCase) {
    const { tape, record, rows } = recordCase;
    const plan = { ...tape.build(), records: [record] };
    // At least one row more than the batch has, to be left alone.
    const layout = layOut(plan, rows + 1);
    last = { recordCase, layout, words: encode(plan.records, layout) };
  }
  return last;
}

/** Poisons the whole memory after the tape, then writes operands and control block. */
export function prepare<B extends Backend>(
  recordCase: RecordCase,
  create: (words: Int32Array, bytes: number) => B,
): Prepared<B> {
  const { rows, inputs, step = 1, learningRate = 0.125 } = recordCase;
  const placed = place(recordCase);
  const { layout, words } = placed;
  const backend = create(words, layout.bytes);
  if (placed.image?.length === backend.ints.length && backend.floats instanceof Float32Array) {
    backend.ints.set(placed.image);
    return { backend, layout };
  }
  const begin = (Place.Free + Place.RecordBytes) / 4;
  const { floats, ints } = backend;
  if (floats instanceof Float64Array) floats.fill(NaN, begin);
  else poisonFrom(begin, ints);
  for (const [tensor, values] of inputs) write({ backend, layout }, tensor, values, rows);
  backend.ints[CONTROL_WORD + ControlField.Rows / 4] = rows;
  backend.ints[CONTROL_WORD + ControlField.Step / 4] = step;
  backend.ints[CONTROL_WORD + ControlField.Batch / 4] = step;
  backend.floats[CONTROL_WORD + ControlField.LearningRate / 4] = learningRate;
  for (let i = 0; i <= Place.MetricSlots; i++) {
    backend.doubles[CONTROL_DOUBLE + ControlField.LossSum / 8 + i] = sumBefore(i);
  }
  if (floats instanceof Float32Array) placed.image = imageOf(ints);
  return { backend, layout };
}

/** The values of a tensor, in the order of its storage, and its padding. */
export function read(
  { backend, layout }: Prepared,
  tensor: TensorRef,
  rows: number,
): { values: number[]; padding: number[] } {
  const values: number[] = [];
  const padding: number[] = [];
  const { floats } = backend;
  forEachLine(tensor, layout, rows, (begin, used, end) => {
    for (let at = begin; at < used; at++) values.push(floats[at]);
    for (let at = used; at < end; at++) padding.push(floats[at]);
  });
  return { values, padding };
}

export function readSum({ backend }: Prepared, sum: number): number {
  return backend.doubles[CONTROL_DOUBLE + ControlField.LossSum / 8 + sum] - sumBefore(sum);
}

export function readStatus({ backend }: Prepared): Status {
  return backend.ints[CONTROL_WORD + ControlField.Status / 4];
}

/**
 * Index of the first word that changed though the record has no business there; -1 when all is well.
 * @param before The memory before the run, which is used up.
 */
export function firstTrespass(
  { outputs, rows, sums = [], status }: RecordCase,
  { backend, layout }: Prepared,
  before: Int32Array,
  padded: boolean,
): number {
  const { ints } = backend;
  const allow = (begin: number, end: number) => before.set(ints.subarray(begin, end), begin);
  for (const tensor of outputs) {
    forEachLine(tensor, layout, rows, (begin, used, end) => allow(begin, padded ? end : used));
  }
  for (const sum of sums) {
    const at = (Place.Control + ControlField.LossSum) / 4 + sum * 2;
    allow(at, at + 2);
  }
  const { address, floats } = layout.slabs.sums;
  allow(address / 4, address / 4 + floats);
  const statusAt = CONTROL_WORD + ControlField.Status / 4;
  if (status !== undefined) allow(statusAt, statusAt + 1);
  return firstDifference(ints, before);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** Index of the first word in which two memories differ, or -1. */
export function firstDifference(a: Int32Array, b: Int32Array): number {
  // Browsers have no Buffer, which compares ten times as fast as the loop.
  if (typeof Buffer === "function" && Buffer.compare(bytesOf(a), bytesOf(b)) === 0) return -1;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
