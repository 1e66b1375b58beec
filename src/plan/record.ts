/** Records as a tape holds them, before addresses are known. */
import type { FieldKind, FieldValues, OpEntry } from "./field.js";
import type * as Op from "./ops.js";
import type { TensorRef } from "./tensor.js";

/** A record of the op `Entry`. One without a kernel holds its script. */
export type RecordOf<Entry extends OpEntry> = {
  readonly op: Entry;
  readonly script?: ScriptMaker | undefined;
} & FieldValues<Entry["fields"], TensorRef, TensorRef, null>;

/** A record of any op. */
export interface TapeRecord {
  readonly op: OpEntry;
  readonly [field: string]: unknown;
}

/** Runs a record in TypeScript: the memory of its session as floats, and as integers. */
export type Script = (floats: Float32Array | Float64Array, ints: Int32Array) => void;

/** Makes the script of a record from the byte addresses of its tensors. */
export type ScriptMaker = (record: TapeRecord, addressOf: (tensor: TensorRef) => number) => Script;

/** The record of a loss. */
export type LossRecord = RecordOf<typeof Op.Loss>;

export function isTensor(kind: FieldKind): boolean {
  return kind.includes("[");
}

/** True for tensors with a stride. */
export function isStrided(kind: FieldKind): boolean {
  return /\[rows, |panels/.test(kind);
}

/** Calls `visit` for each field of an op, with the index of its first word. */
export function forEachField(op: OpEntry, visit: (name: string, kind: FieldKind, word: number) => void): void {
  let word = 1;
  for (const [name, kind] of Object.entries(op.fields)) {
    if (kind === "double" && word % 2 === 1) word++;
    visit(name, kind, word);
    word += kind === "double" || isStrided(kind) ? 2 : 1;
  }
}

/** The tensors that a record hands on to others, in order. */
export function outputsOf(record: TapeRecord): TensorRef[] {
  const outputs: TensorRef[] = [];
  forEachField(record.op, (name, kind) => {
    const tensor = record[name] as TensorRef | null;
    if (kind.startsWith("out ") && tensor) outputs.push(tensor);
  });
  return outputs;
}

/** Floating-point operations of a record per row; null unless it is heavy work. */
export function flopsOf(record: TapeRecord): number | null {
  return record.op.flops?.(record as RecordOf<OpEntry>) ?? null;
}
