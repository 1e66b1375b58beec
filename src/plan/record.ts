/** Records as a tape holds them, before addresses are known, and lookups in the table of ops. */
import type { FieldKind, Values } from "./field.js";
import type { moreOps } from "./moreOps.js";
import type { Op } from "./op.js";
import { ops } from "./ops.js";
import type { TensorRef } from "./tensor.js";

/** Both tables of ops. */
export type Ops = typeof ops & typeof moreOps;

/** A record with one of the opcodes `O`. */
export type RecordOf<O extends Op> = {
  [One in O]: { readonly op: One } & Values<Ops[One]["fields"], TensorRef, TensorRef, null>;
}[O];

export type TapeRecord = RecordOf<Op>;

/** The record of a loss. */
export type LossRecord = RecordOf<Op.Loss>;

const table = ops as object as Ops;

/** Runs a record in TypeScript: the memory of its session as floats, and as integers. */
export type Script = (floats: Float32Array | Float64Array, ints: Int32Array) => void;

/** Makes the script of a record from the byte addresses of its tensors; `undefined` for a record with a kernel. */
export type ScriptMaker = (record: TapeRecord, addressOf: (tensor: TensorRef) => number) => Script | undefined;

/** Scripts of ops without a kernel. */
export const scripts: { [O in Op]?: ScriptMaker } = {};

/** Makes the ops of the second table known, and scripts of some of them. Until then no record may have them. */
export function addOps(more: typeof moreOps, made: typeof scripts): void {
  Object.assign(table, more);
  Object.assign(scripts, made);
}

export function isTensor(kind: FieldKind): boolean {
  return kind.includes("[");
}

/** True for tensors with a stride. */
export function isStrided(kind: FieldKind): boolean {
  return /\[rows, |panels/.test(kind);
}

/** Calls `visit` for each field of an opcode, with the index of its first word. */
export function forEachField(op: Op, visit: (name: string, kind: FieldKind, word: number) => void): void {
  let word = 1;
  for (const [name, kind] of Object.entries<FieldKind>(table[op].fields)) {
    if (kind === "double" && word % 2 === 1) word++;
    visit(name, kind, word);
    word += kind === "double" || isStrided(kind) ? 2 : 1;
  }
}

/** The tensors that a record hands on to others, in order. */
export function outputsOf(record: TapeRecord): TensorRef[] {
  const tensors = record as unknown as Record<string, TensorRef | null>;
  const outputs: TensorRef[] = [];
  forEachField(record.op, (name, kind) => {
    const tensor = tensors[name];
    if (kind.startsWith("out ") && tensor) outputs.push(tensor);
  });
  return outputs;
}

const work: { readonly [O in Op]: { readonly flops: ((record: RecordOf<O>) => number) | undefined } } = table;

/** Floating-point operations of a record per row; null unless it is heavy work. */
export function flopsOf<O extends Op>(record: RecordOf<O>): number | null {
  return work[record.op].flops?.(record) ?? null;
}
