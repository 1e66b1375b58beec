// src/plan/ops.ts: the words of records, and the AssemblyScript that is made from it.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generate } from "../../scripts/generate.mjs";
import * as common from "../../src/plan/common.js";
import type { OpEntry } from "../../src/plan/field.js";
import * as layerScriptOps from "../../src/plan/layerScriptOps.js";
import { addressOf, encode, layOut } from "../../src/plan/layout.js";
import * as vocabulary from "../../src/plan/op.js";
import { ControlField, Place, SyncField } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import {
  flopsOf,
  forEachField,
  isStrided,
  isTensor,
  outputsOf,
  type RecordOf,
  type TapeRecord,
} from "../../src/plan/record.js";
import * as scriptOps from "../../src/plan/scriptOps.js";
import * as stageOps from "../../src/plan/stageOps.js";
import { Tape } from "../../src/plan/tape.js";
import { decode } from "../../src/runtime/reference/fields.js";
import { shapeFaults } from "../support/shapes.js";

const ops = Object.entries<OpEntry>(Op);

describe("assembly/ops/", () => {
  const plan = { ...vocabulary, ...common, Op, forEachField, isStrided, isTensor };
  const made = generate(plan);
  const textOf = (name: string) => made[Object.keys(made).find((path) => path.endsWith(name)) ?? ""];

  it.each(Object.keys(made))("%s is what the ops give: run `npm run build`, and commit it", (path) => {
    expect(readFileSync(path, "utf8")).toBe(made[path]);
  });

  it("has no other file", () => {
    const folder = new URL("../../assembly/ops/", import.meta.url);
    expect(readdirSync(folder)).toHaveLength(Object.keys(made).length);
  });

  it.each(ops)("%s has its own name", (name, op) => expect(op.name).toBe(name));

  it.each(ops)("has a view of %s, and calls its kernel", (name, { opcode }) => {
    expect(textOf("/records.ts")).toContain(`export class ${name} {`);
    expect(textOf("/dispatch.ts")).toMatch(new RegExp(`case ${opcode}:\\s.*changetype<${name}>`));
  });

  it("is not made from opcodes that leave gaps, or without a kernel", () => {
    expect(() => generate({ ...plan, Op: { ...Op, Late: { opcode: 1000, name: "Late", fields: {} } } })).toThrow(
      /Late.*is free is/,
    );
    const fresh = { opcode: ops.length, name: "Fresh", fields: {} };
    expect(() => generate({ ...plan, Op: { ...Op, Fresh: fresh } })).toThrow(/no function fresh\(op: Fresh/);
  });
});

describe("the table of ops", () => {
  const scripts = Object.entries<OpEntry>({ ...scriptOps, ...stageOps, ...layerScriptOps });

  it.each([...ops, ...scripts])("%s fits into a record", (_, op) => {
    let end = 1;
    forEachField(op, (_name, kind, word) => {
      if (kind === "double") expect(word % 2).toBe(0);
      expect(word).toBeGreaterThanOrEqual(end);
      end = word + (kind === "double" || isStrided(kind) ? 2 : 1);
    });
    expect(end * 4).toBeLessThanOrEqual(Place.RecordBytes);
  });

  const tape = new Tape();
  const [x, y] = [tape.rows("x", 5), tape.rows("y", 3)];
  const [kernel, bias] = [tape.parameter("kernel", [5, 3]), tape.parameter("bias", [3])];
  const dense = { op: Op.DenseForward, x, kernel, bias, y, inputs: 5, units: 3, activation: 0, alpha: 0 } as const;

  it("tells what a record hands on", () => {
    expect(outputsOf(dense)).toEqual([y]);
    const [mean, rest, variance] = ["mean", "rest", "variance"].map((name) => tape.scratch(name, 5));
    const statistics = { mean, rest, variance, gamma: null, beta: null, columns: 5, epsilon: 1 };
    expect(outputsOf({ op: Op.BatchNormalization, x, y: x, ...statistics })).toEqual([mean, variance, x]);
    const gradients = { x, dy: x, dx: null, dGamma: null, dBeta: bias };
    expect(outputsOf({ op: Op.BatchNormalizationBackward, ...statistics, ...gradients })).toEqual([bias]);
  });

  it("tells the operations of heavy work per row", () => {
    expect(flopsOf(dense)).toBe(30);
    expect(flopsOf({ op: Op.ColumnSum, x: y, out: bias, columns: 3 })).toBe(3);
    // Not per row: a constraint takes the kernel once for each update.
    const bounds = { axis: 0, low: 0, high: 1, rate: 1 };
    expect(flopsOf({ op: Op.KernelNorm, kernel, inputs: 5, units: 3, ...bounds })).toBe(null);
  });

  it("tells shapes", () => {
    expect(shapeFaults(dense)).toEqual([]);
    expect(shapeFaults({ ...dense, units: 4 })).toHaveLength(3);
    expect(shapeFaults({ ...dense, kernel: bias })).toEqual(["kernel is [3], not panels [inputs, units]"]);
  });
});

/** A record with a value of its own in every field. */
function sample(op: OpEntry): { tape: Tape; record: TapeRecord } {
  const tape = new Tape();
  const fields: Record<string, unknown> = {};
  forEachField(op, (name, kind, word) => {
    if (kind === "float") fields[name] = word + 0.5;
    else if (kind === "double") fields[name] = word + 0.1;
    else if (!isTensor(kind)) fields[name] = word * 1000 + 7;
    else if (isStrided(kind)) fields[name] = tape.rows(name, 10 + 20 * word);
    else fields[name] = tape.parameter(name, [10 + word]);
  });
  return { tape, record: { op, ...fields } as TapeRecord };
}

describe("encode and decode", () => {
  it.each(ops)("%s comes back", (_, op) => {
    const { tape, record } = sample(op);
    tape.emit(record as RecordOf<OpEntry>);
    const plan = tape.build();
    const layout = layOut(plan, 5);
    const words = encode(plan.records, layout);
    expect(words).toHaveLength(Place.RecordBytes / 4);
    expect(words[0]).toBe(op.opcode);
    const decoded = { ...decode(op, new DataView(words.buffer), 0) } as Record<string, unknown>;
    forEachField(op, (name, kind) => {
      const value = record[name] as never;
      if (!isTensor(kind)) expect(decoded[name]).toBe(value);
      else if (!isStrided(kind)) expect(decoded[name]).toBe(addressOf(value, layout) / 4);
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
    expect(decode(Op.Loss, new DataView(words.buffer), 0)).toMatchObject({ dPredictions: { at: 0, stride: 0 } });
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
