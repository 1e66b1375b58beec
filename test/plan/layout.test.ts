// From slabs to bytes: alignment, no overlaps, exact sizes, and the limit of what can be addressed.
import { describe, expect, it } from "vitest";
import { addressOf, type Layout, layOut } from "../../src/plan/layout.js";
import { Place } from "../../src/plan/op.js";
import type { Plan, Section } from "../../src/plan/tape.js";
import { Tape } from "../../src/plan/tape.js";
import { storageSize, type TensorRef } from "../../src/plan/tensor.js";
import { buildProgram } from "../../src/program/program.js";
import type { Program } from "../../src/program/types.js";
import { activation } from "../../src/specs/layers/activation.js";
import { dense } from "../../src/specs/layers/dense.js";
import { placeLayers } from "../../src/specs/layers/facts.js";
import { resolveLoss } from "../../src/specs/losses/table.js";
import { resolveMetrics } from "../../src/specs/metrics/table.js";
import { adam } from "../../src/specs/optimizers/adam.js";

const ROWS = [1, 2, 15, 16, 17, 32, 100];

function makeProgram(): Program {
  const layers = [
    dense({ units: 13, activation: "relu" }),
    dense({ units: 7, useBias: false }),
    activation("tanh"),
    dense({ units: 33, activation: "softmax" }),
  ];
  const loss = resolveLoss("", "sparseCategoricalCrossentropy");
  const compiled = { optimizer: adam(), loss, metrics: resolveMetrics("", ["accuracy"]) };
  return buildProgram(placeLayers(layers, [5]), [5], compiled);
}

/**
 * Every distinct tensor that a range of records touches, with its first and last record; predictions are read at the
 * end.
 */
function livesIn(plan: Plan, [begin, end]: readonly [number, number]) {
  return tensorsOf(plan, [begin, end]).map((tensor) => {
    const places = plan.records.flatMap((record, place) => {
      const names = Object.values(record).includes(tensor);
      return names && place >= begin && place < end ? [place] : [];
    });
    return { tensor, first: places[0], last: tensor === program.predictions ? end : places[places.length - 1] };
  });
}

/** Every distinct tensor that a range of records touches. */
function tensorsOf({ records }: Plan, [begin, end]: readonly [number, number]): TensorRef[] {
  const tensors = new Map<string, TensorRef>();
  for (const record of records.slice(begin, end)) {
    for (const value of Object.values({ ...record, op: null }) as unknown[]) {
      if (typeof value === "object" && value !== null) {
        const tensor = value as TensorRef;
        tensors.set(`${tensor.slab}/${tensor.name}/${tensor.offset}`, tensor);
      }
    }
  }
  return [...tensors.values()];
}

function extent(tensor: TensorRef, layout: Layout): [begin: number, end: number] {
  const begin = addressOf(tensor, layout);
  const perRow = tensor.slab === "rows" ? layout.rowSlots : 1;
  return [begin, begin + storageSize(tensor) * perRow * 4];
}

const program = makeProgram();

describe("layOut", () => {
  const { plan } = program;

  it.each(ROWS)("puts slabs on cache lines, after the tape, one after another, for %i rows", (rows) => {
    const layout = layOut(plan, rows);
    const slabs = Object.values(layout.slabs).sort((a, b) => a.address - b.address);
    let end = Place.Free + plan.records.length * Place.RecordBytes;
    for (const { address, floats } of slabs) {
      expect(address % 64).toBe(0);
      expect(address).toBeGreaterThanOrEqual(end);
      end = address + floats * 4;
    }
    // Kernels may read one vector beyond the last row.
    expect(layout.bytes).toBeGreaterThanOrEqual(end + 16);
    expect(layout.bytes).toBeLessThan(end + 128);
    expect(layout.capacity).toBe(rows);
  });

  it.each(ROWS)("aligns every tensor to 16 bytes, and none overlap that are needed at once, for %i rows", (rows) => {
    const layout = layOut(plan, rows);
    for (const section of ["predict", "evaluate", "train"] as const satisfies Section[]) {
      const range = plan.sections[section];
      if (!range) throw new Error(`no section ${section}`);
      // The optimizer sees whole slabs: those overlap their parts on purpose.
      const lives = livesIn(plan, range).filter(({ tensor: { name, slab } }) => name !== slab);
      expect(lives.length).toBeGreaterThan(5);
      for (const { tensor, first, last } of lives) {
        const [begin, end] = extent(tensor, layout);
        expect(begin % 16).toBe(0);
        expect(end).toBeGreaterThan(begin);
        for (const other of lives) {
          if (other.tensor === tensor || other.first > last || other.last < first) continue;
          const [otherBegin, otherEnd] = extent(other.tensor, layout);
          expect(otherEnd <= begin || otherBegin >= end, `${tensor.name} and ${other.tensor.name}`).toBe(true);
        }
      }
    }
  });

  it("sets memory for sums over rows aside only where a batch can have more than 512 rows", () => {
    expect(layOut(plan, 512).slabs.sums.floats).toBe(0);
    expect(layOut(plan, 513).slabs.sums.floats).toBe(plan.slabSizes.sums);
  });

  it("keeps every tensor within its slab", () => {
    const layout = layOut(plan, 513);
    for (const tensor of tensorsOf(plan, [0, plan.records.length])) {
      const { address, floats } = layout.slabs[tensor.slab];
      const [begin, end] = extent(tensor, layout);
      expect(begin, tensor.name).toBeGreaterThanOrEqual(address);
      expect(end, tensor.name).toBeLessThanOrEqual(address + floats * 4);
    }
  });

  it("gives a parameter, its gradient and its slots the same place in their slabs", () => {
    const tape = new Tape();
    tape.parameter("first", [3, 5]);
    const bias = tape.parameter("bias", [5]);
    const twins = (["grads", "slot1", "slot2"] as const).map((slab) => tape.twin(bias, slab));
    const layout = layOut(tape.build(), 1);
    const place = (tensor: TensorRef) => addressOf(tensor, layout) - layout.slabs[tensor.slab].address;
    for (const twin of twins) {
      expect(place(twin)).toBe(place(bias));
      expect(layout.slabs[twin.slab].floats).toBe(layout.slabs.params.floats);
    }
  });

  it("lets sections share the memory of their rows, but not that of what all of them read", () => {
    const tape = new Tape();
    const x = tape.rows("x", 8);
    const seen: TensorRef[] = [];
    for (const section of ["predict", "train"] as const) {
      tape.begin(section);
      seen.push(tape.rows("y", section === "predict" ? 8 : 24));
      tape.end();
    }
    expect(seen[0].offset).toBe(seen[1].offset);
    expect(seen[0].offset).toBeGreaterThanOrEqual(x.offset + x.stride);
    expect(tape.build().slabSizes.rows).toBe(x.stride + seen[1].stride);
  });

  it("sets as much aside as the section needs that is to run", () => {
    const at = (section?: Section) => layOut(plan, 100, section).bytes;
    expect(at("predict")).toBeLessThan(at("train"));
    expect(at("evaluate")).toBeLessThan(at("train"));
    expect(at()).toBe(at("train"));
  });

  it("lets 500 layers predict in the memory of two, and of the targets where there are any", () => {
    const rowFloats = (layers: number) => {
      const specs = Array.from({ length: layers }, () => activation("tanh"));
      const { rowSizes } = buildProgram(placeLayers(specs, [64]), [64], {
        optimizer: adam(),
        loss: resolveLoss("", "meanSquaredError"),
        metrics: resolveMetrics("", ["r2"]),
      }).plan;
      return [rowSizes.predict, rowSizes.evaluate];
    };
    const [few, many] = [rowFloats(2), rowFloats(500)];
    expect(many).toEqual(few);
  });

  it("rejects a layout beyond 4 GiB, in words", () => {
    const tape = new Tape();
    tape.rows("x", 1000);
    const wide = tape.build();
    expect(() => layOut(wide, 2 ** 20)).not.toThrow();
    expect(() => layOut(wide, 2 ** 21)).toThrow(/2097152 rows needs 7\.9 GiB .* smaller batchSize/);
    // Sixteen rows are the fewest that room is made for.
    const wider = new Tape();
    wider.rows("x", 2 ** 27);
    const plan = wider.build();
    expect(() => layOut(plan, 1)).toThrow(/This model needs 8\.0 GiB .* fewer units or layers/);
    expect(() => layOut(plan, 16)).toThrow(/fewer units or layers/);
    expect(() => layOut(plan, 17)).toThrow(/smaller batchSize/);
  });
});
