/**
 * Protocol buffers: bytes to plain objects and back, by tables of the fields that matter; other fields are skipped.
 * Numbers of 64 bits become JavaScript numbers. Reading trusts nothing: every length is checked against the bytes
 * before anything is made of it, and messages do not nest deeper than their tables. Knows no format by name.
 */
import { counted } from "../base/counted.js";
import { FormatError, newArray } from "../base/errors.js";

/** Values of a field: `int` covers int32, int64, their unsigned relatives, bool and enums. */
type Scalar = "int" | "float" | "double" | "text" | "bytes";

interface ScalarTypes {
  readonly int: number;
  readonly float: number;
  readonly double: number;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A field: its number, its kind or the table of its message, and whether it may occur more than once. */
export interface Field<Kind = Scalar | object, Many extends boolean = boolean> {
  readonly number: number;
  readonly kind: Kind;
  readonly many: Many;
}

/** Fields of a message by name. */
export type Fields = Readonly<Record<string, Field>>;

type Value<Kind> = Kind extends Scalar ? ScalarTypes[Kind] : Message<Kind>;

/** A message as an object. Repeated fields that do not occur are empty, others are absent. */
export type Message<Table> = {
  readonly [K in keyof Table as Table[K] extends Field<unknown, true> ? K : never]: Table[K] extends Field<infer Kind>
    ? readonly Value<Kind>[]
    : never;
} & {
  readonly [K in keyof Table as Table[K] extends Field<unknown, false> ? K : never]?: Table[K] extends Field<infer Kind>
    ? Value<Kind>
    : never;
};

/** A message to write: anything may be absent. */
export type Draft<Table> = {
  readonly [K in keyof Table]?: Table[K] extends Field<infer Kind, infer Many>
    ? Many extends true
      ? readonly DraftValue<Kind>[]
      : DraftValue<Kind>
    : never;
};

type DraftValue<Kind> = Kind extends Scalar ? ScalarTypes[Kind] : Draft<Kind>;

/** A field that occurs at most once. */
// @__NO_SIDE_EFFECTS__
export function one<const Kind extends Scalar | object>(number: number, kind: Kind): Field<Kind, false> {
  return { number, kind, many: false };
}

/** A field that may occur any number of times. */
// @__NO_SIDE_EFFECTS__
export function many<const Kind extends Scalar | object>(number: number, kind: Kind): Field<Kind, true> {
  return { number, kind, many: true };
}

/** The ways in which the bytes of a field end. */
const Wire = { Varint: 0, Eight: 1, Counted: 2, Four: 5 } as const;
const WIRE: Readonly<Record<Scalar, number>> = {
  int: Wire.Varint,
  float: Wire.Four,
  double: Wire.Eight,
  text: Wire.Counted,
  bytes: Wire.Counted,
};

/** Messages of a file beyond these are refused: each needs an object, which is larger than its bytes. */
const MESSAGES = { least: 1000, bytesEach: 8 };
/** Bytes of the longest number. */
const LONGEST_VARINT = 10;
/** Files from this size on cannot be read by other libraries. */
const PROTOBUF_LIMIT = 2 ** 31;

class Reader {
  private messages = 0;

  constructor(
    private readonly where: string,
    private readonly bytes: Uint8Array,
  ) {}

  private fail(what: string, at: number): never {
    throw new FormatError(`${this.where}: ${what} at byte ${at}: the file is truncated, altered or of another format.`);
  }

  private number(at: number, end: number): { value: number; next: number } {
    let [low, high] = [0, 0];
    for (let i = 0; i < LONGEST_VARINT && at + i < end; i++) {
      const byte = this.bytes[at + i];
      const part = byte & 0x7f;
      if (i < 5) low |= part << (7 * i);
      if (i > 3) high |= i === 4 ? part >> 4 : part << (7 * i - 32);
      // The upper half carries the sign.
      if (byte < 0x80) return { value: high * 2 ** 32 + (low >>> 0), next: at + i + 1 };
    }
    this.fail("a number without end", at);
  }

  /** Reads one value of some wire type; `next` is the byte after it. */
  private extent(wire: number, at: number, end: number): { from: number; next: number } {
    if (wire === Wire.Varint) return { from: at, next: this.number(at, end).next };
    let from = at;
    let length = wire === Wire.Eight ? 8 : 4;
    if (wire === Wire.Counted) ({ value: length, next: from } = this.number(at, end));
    else if (wire !== Wire.Eight && wire !== Wire.Four) this.fail(`a field of the unknown wire type ${wire}`, at);
    if (length < 0 || length > end - from)
      this.fail(`a field of ${counted(length, "byte")}, where ${end - from} are left,`, at);
    return { from, next: from + length };
  }

  private scalar(kind: Scalar, from: number, next: number): ScalarTypes[Scalar] {
    if (kind === "int") return this.number(from, next).value;
    const part = this.bytes.subarray(from, next);
    if (kind === "bytes") return part;
    if (kind === "text") {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
      } catch {
        this.fail("text that is not UTF-8", from);
      }
    }
    const view = new DataView(part.buffer, part.byteOffset);
    return kind === "float" ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }

  /** Adds numbers that are written one after the other without tags. */
  private packed(kind: Scalar, from: number, next: number, list: unknown[]): void {
    for (let at = from; at < next; ) {
      const value = this.extent(WIRE[kind], at, next);
      list.push(this.scalar(kind, value.from, value.next));
      at = value.next;
    }
  }

  message(table: Fields, from: number, end: number): Record<string, unknown> {
    this.messages++;
    if (this.messages > MESSAGES.least + this.bytes.length / MESSAGES.bytesEach) {
      throw new FormatError(`${this.where}: the file has too many parts for its size. Expected a model with weights.`);
    }
    const entries = Object.entries(table);
    const message: Record<string, unknown> = {};
    for (const [name, { many: isList }] of entries) if (isList) message[name] = [];
    for (let at = from; at < end; ) {
      const tag = this.number(at, end);
      const [number, wire] = [Math.floor(tag.value / 8), tag.value & 7];
      if (number < 1) this.fail("a field without a number", at);
      const value = this.extent(wire, tag.next, end);
      at = value.next;
      const entry = entries.find(([, field]) => field.number === number);
      if (!entry) continue;
      const [name, { kind, many: isList }] = entry;
      const list = message[name] as unknown[];
      const expected = typeof kind === "string" ? WIRE[kind as Scalar] : Wire.Counted;
      if (wire !== expected && !(isList && wire === Wire.Counted)) {
        this.fail(`the field ${name} in the wire type ${wire}, not ${expected},`, tag.next);
      }
      if (wire !== expected) {
        this.packed(kind as Scalar, value.from, value.next, list);
        continue;
      }
      const single =
        typeof kind === "string"
          ? this.scalar(kind as Scalar, value.from, value.next)
          : this.message(kind as Fields, value.from, value.next);
      if (isList) list.push(single);
      else message[name] = single;
    }
    return message;
  }
}

/** Reads a message. Byte fields are views. @throws FormatError beginning with `where` */
export function decodeMessage<Table extends Fields>(where: string, table: Table, bytes: Uint8Array): Message<Table> {
  return new Reader(where, bytes).message(table, 0, bytes.length) as Message<Table>;
}

/** Parts of a file, and their length together. */
interface Parts {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/** The bytes of a message. @throws FormatError beginning with `where` if it is too large for other libraries */
export function encodeMessage<Table extends Fields>(
  where: string,
  table: Table,
  message: Draft<Table>,
): Uint8Array<ArrayBuffer> {
  const { parts, length } = partsOf(table, message as Readonly<Record<string, unknown>>);
  if (length >= PROTOBUF_LIMIT) {
    throw new FormatError(`${where}: the file would have ${counted(length, "byte")}, and the format ends at 2 GiB.`);
  }
  const file = newArray(Uint8Array, length, where);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file as Uint8Array<ArrayBuffer>;
}

function partsOf(table: Fields, message: Readonly<Record<string, unknown>>): Parts {
  const parts: Uint8Array[] = [];
  let length = 0;
  const add = (...more: readonly Uint8Array[]) => {
    for (const part of more) length += part.length;
    parts.push(...more);
  };
  for (const [name, { number, kind, many: isList }] of Object.entries(table)) {
    const value = message[name];
    if (value === undefined) continue;
    const values = (isList ? value : [value]) as readonly unknown[];
    if (typeof kind !== "string") {
      for (const one of values) {
        const inner = partsOf(kind as Fields, one as Readonly<Record<string, unknown>>);
        add(varint(number * 8 + Wire.Counted), varint(inner.length), ...inner.parts);
      }
      continue;
    }
    const wire = WIRE[kind as Scalar];
    const encoded = values.map((one) => scalarBytes(kind as Scalar, one));
    if (!isList || wire === Wire.Counted) {
      const lead = (bytes: Uint8Array) => (wire === Wire.Counted ? [varint(bytes.length)] : []);
      for (const bytes of encoded) add(varint(number * 8 + wire), ...lead(bytes), bytes);
    } else if (encoded.length > 0) {
      const size = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
      add(varint(number * 8 + Wire.Counted), varint(size), ...encoded);
    }
  }
  return { parts, length };
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // Two's complement of 64 bits, as protocol buffers write negative numbers.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function scalarBytes(kind: Scalar, value: unknown): Uint8Array {
  if (kind === "int") return varint(value as number);
  if (kind === "bytes") return value as Uint8Array;
  if (kind === "text") return new TextEncoder().encode(value as string);
  const bytes = new Uint8Array(kind === "float" ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (kind === "float") view.setFloat32(0, value as number, true);
  else view.setFloat64(0, value as number, true);
  return bytes;
}
