/** What a field of a record holds: its kind in words, which the compiler reads as well. */
import type { ActivationKind, LossKind, MetricKind } from "./op.js";
import type { TensorRef } from "./tensor.js";

/** Numbers, of one word each; a double takes two and begins on an even word. Enums are integers. */
interface Numbers {
  int: number;
  float: number;
  double: number;
  ActivationKind: ActivationKind;
  LossKind: LossKind;
  MetricKind: MetricKind;
}

/**
 * The kind of a field: a number, or the shape of a tensor in words. A word that is the name of a field means its value;
 * any other stands for a size that the record does not know. A tensor is an address; one of row after row, `[rows, …]`,
 * and a kernel, `panels […]`, are followed by a stride in bytes. A tensor with `?` may be null, which is written as zeros.
 * `out` marks what a record hands on to others, which a trace shows in this order.
 */
export type FieldKind = keyof Numbers | `${"" | "out "}${"" | "panels "}[${string}]${"" | "?"}`;

export type FieldKinds = Readonly<Record<string, FieldKind>>;

type IsStrided<Kind> = Kind extends `${string}[rows, ${string}` | `${string}panels ${string}` ? true : false;

/** The values of fields, with what stands for a tensor without a stride, for one with a stride, and for null. */
export type Values<Kinds, Vector, Strided, Null> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends keyof Numbers
    ? Numbers[Kinds[Name]]
    : (IsStrided<Kinds[Name]> extends true ? Strided : Vector) | (Kinds[Name] extends `${string}?` ? Null : never);
};

export interface OpEntry<Kinds> {
  readonly fields: Kinds;
  /** Floating-point operations per row; only of heavy work. */
  readonly flops: ((record: Values<Kinds, TensorRef, TensorRef, null>) => number) | undefined;
}

/** An entry of the table of ops. */
export function op<const Kinds extends FieldKinds>(fields: Kinds, flops?: OpEntry<Kinds>["flops"]): OpEntry<Kinds> {
  return { fields, flops };
}
