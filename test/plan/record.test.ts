// src/plan/record.ts and assembly/record.ts describe the same words: fields, order, offsets and types.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../src/plan/encode.js";
import { addressOf, layOut } from "../../src/plan/layout.js";
import { ControlField, Op, Place, SyncField } from "../../src/plan/op.js";
import { type FieldKind, forEachField, type TapeRecord } from "../../src/plan/record.js";
import { Tape } from "../../src/plan/tape.js";

interface Member {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
}

const BYTES: Record<string, number> = { i32: 4, f32: 4, usize: 4, f64: 8 };

/** Classes of assembly/record.ts with the offsets that AssemblyScript gives their members: aligned to their size. */
function parseClasses(source: string): Map<string, Member[]> {
  const classes = new Map<string, Member[]>();
  for (const [, name, body] of source.matchAll(/@unmanaged\s+export class (\w+) \{([^}]*)\}/g)) {
    let end = 0;
    const members = [...body.matchAll(/^\s*(\w+): (\w+);/gm)].map(([, member, type]) => {
      const size = BYTES[type];
      const offset = Math.ceil(end / size) * size;
      end = offset + size;
      return { name: member, type, offset };
    });
    classes.set(name, members);
  }
  return classes;
}

const source = ["record.ts", "optimizer/record.ts"]
  .map((path) => readFileSync(new URL(`../../assembly/${path}`, import.meta.url), "utf8"))
  .join("\n");
const classes = parseClasses(source);
const ops = Object.values(Op).filter((op): op is Op => typeof op === "number");

const TYPES: Record<FieldKind, string> = {
  vector: "usize",
  "vector?": "usize",
  strided: "usize",
  "strided?": "usize",
  int: "i32",
  float: "f32",
  double: "f64",
};

/** What assembly/record.ts must say about an opcode. */
function expectedMembers(op: Op): Member[] {
  const members: Member[] = [{ name: "op", type: "i32", offset: 0 }];
  forEachField(op, (name, kind, word) => {
    members.push({ name, type: TYPES[kind], offset: word * 4 });
    if (kind.startsWith("strided")) members.push({ name: `${name}Stride`, type: "usize", offset: word * 4 + 4 });
  });
  return members;
}

describe("assembly/record.ts and assembly/optimizer/record.ts", () => {
  it("has a class for each opcode, and no other", () => {
    expect([...classes.keys()].sort()).toEqual(ops.map((op) => Op[op]).sort());
  });

  it.each(ops.map((op) => [Op[op], op] as const))("%s has the words of src/plan/record.ts", (name, op) => {
    const members = classes.get(name) ?? [];
    expect(members).toEqual(expectedMembers(op));
    const last = members[members.length - 1];
    expect(last.offset + BYTES[last.type]).toBeLessThanOrEqual(Place.RecordBytes);
  });
});

/** A record with a value of its own in every field. */
function sample(op: Op): { tape: Tape; record: TapeRecord } {
  const tape = new Tape();
  const fields: Record<string, unknown> = {};
  forEachField(op, (name, kind, word) => {
    if (kind === "int") fields[name] = word * 1000 + 7;
    else if (kind === "float") fields[name] = word + 0.5;
    else if (kind === "double") fields[name] = word + 0.1;
    else if (kind.startsWith("strided")) fields[name] = tape.rows(name, 10 + 20 * word);
    else fields[name] = tape.parameter(name, [10 + word]);
  });
  return { tape, record: { op, ...fields } as unknown as TapeRecord };
}

describe("encode and decode", () => {
  it.each(ops.map((op) => [Op[op], op] as const))("%s comes back", (_, op) => {
    const { tape, record } = sample(op);
    tape.emit(record);
    const plan = tape.build();
    const layout = layOut(plan, 5);
    const words = encode(plan.records, layout);
    expect(words).toHaveLength(Place.RecordBytes / 4);
    const decoded = decode(new DataView(words.buffer), 0);
    expect(decoded.op).toBe(op);
    forEachField(op, (name, kind) => {
      const value = (record as unknown as Record<string, never>)[name];
      if (kind === "int" || kind === "float" || kind === "double") expect(decoded[name]).toBe(value);
      else if (kind.startsWith("vector")) expect(decoded[name]).toBe(addressOf(value, layout) / 4);
      else
        expect(decoded[name]).toEqual({
          at: addressOf(value, layout) / 4,
          stride: (value as { stride: number }).stride,
        });
    });
  });

  it("writes a null tensor as zeros", () => {
    const { tape, record } = sample(Op.Loss);
    const words = encode([{ ...record, dPredictions: null } as TapeRecord], layOut(tape.build(), 1));
    const decoded = decode(new DataView(words.buffer), 0);
    expect(decoded.dPredictions).toEqual({ at: 0, stride: 0 });
  });
});

describe("fixed places", () => {
  it("keep out of each other's way", () => {
    expect(Place.Control).toBeGreaterThan(0);
    expect(Place.Control % 8).toBe(0);
    expect(ControlField.LossSum % 8).toBe(0);
    expect(ControlField.MetricSums).toBe(ControlField.LossSum + 8);
    const controlEnd = Place.Control + ControlField.MetricSums + 8 * Place.MetricSlots;
    expect(controlEnd).toBeLessThanOrEqual(Place.Control + ControlField.Batch);
    expect(Place.Control + ControlField.Batch + 4).toBeLessThanOrEqual(Place.Sync);
    expect(Place.Sync % 64).toBe(0);
    const syncFields = Object.values(SyncField).filter((field): field is SyncField => typeof field === "number");
    expect(Place.Sync + Math.max(...syncFields) + 4).toBeLessThanOrEqual(Place.Free);
    expect(new Set(syncFields).size).toBe(syncFields.length);
    expect(Place.Free % 64).toBe(0);
  });
});
