/** Kinds of the fields of records, written as strings that the type checker reads as well. */
import type { ActivationKind, LossKind, MetricKind } from "./op.js";
import type { TensorRef } from "./tensor.js";

/** Numbers. Each takes one word, but a double takes two and begins on an even word. Enums are integers. */
interface Numbers {
  int: number;
  float: number;
  double: number;
  ActivationKind: ActivationKind;
  LossKind: LossKind;
  MetricKind: MetricKind;
}

/**
 * The kind of a field: a number, or the shape of a tensor as a string. A size named like a field is the value of that
 * field, and `a * b` is a product; any other name is a size that the record does not know. A tensor is an address. A
 * row tensor, `[rows, …]`, and a kernel, `panels […]`, are followed by a stride in bytes. A tensor with `?` may be
 * null, which is written as zeros. `out` marks a tensor that the record hands on to others; a trace shows them in this
 * order.
 */
export type FieldKind = keyof Numbers | `${"" | "out "}${"" | "panels "}[${string}]${"" | "?"}`;

export type FieldKinds = Readonly<Record<string, FieldKind>>;

type IsStrided<Kind> = Kind extends `${string}[rows, ${string}` | `${string}panels ${string}` ? true : false;

/** The values of fields; the parameters are the types for a tensor without stride, a tensor with stride, and null. */
export type FieldValues<Kinds, Vector, Strided, Null> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends keyof Numbers
    ? Numbers[Kinds[Name]]
    : (IsStrided<Kinds[Name]> extends true ? Strided : Vector) | (Kinds[Name] extends `${string}?` ? Null : never);
};

/** An op: what its records hold, in the order of their words. */
export interface OpEntry<Kinds = FieldKinds> {
  /** The first word of its records; no other op has it. */
  readonly opcode: number;
  /** The name of its functions: `ColumnSum` for `columnSum`. */
  readonly name: string;
  readonly fields: Kinds;
  /** Floating-point operations per row; only for heavy work. */
  flops?(record: FieldValues<Kinds, TensorRef, TensorRef, null>): number;
}

/** The ops that this program holds, by opcode. */
export const opsByCode: OpEntry[] = [];

/**
 * Makes an op, and lists it. It counts as free of side effects, so that bundlers leave out ops that nothing uses; those
 * need not be listed either.
 */
// @__NO_SIDE_EFFECTS__
export function op<const Kinds extends FieldKinds>(
  opcode: number,
  name: string,
  fields: Kinds,
  flops?: NonNullable<OpEntry<Kinds>["flops"]>,
): OpEntry<Kinds> {
  const entry = { opcode, name, fields, ...(flops && { flops }) };
  opsByCode[opcode] = entry;
  return entry;
}
