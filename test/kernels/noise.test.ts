// What layers draw at random: the kernels draw the reference's bits, into rows of any size, in place and not.
import { describe, expect, it } from "vitest";
import { Op } from "../../src/plan/op.js";
import { Tape } from "../../src/plan/tape.js";
import { ReferenceBackend } from "../../src/runtime/reference/index.js";
import { wasmBackends } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

interface Draw {
  readonly rate?: number;
  readonly step?: number;
  readonly key?: readonly [number, number];
  readonly inPlace?: boolean;
}

function dropoutCase(rows: number, columns: number, options: Draw = {}): RecordCase {
  const { rate = 0.3, step = 5, key = [0x1234567, -0x7654321], inPlace = false } = options;
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = inPlace ? x : tape.rows("y", columns);
  const threshold = Math.round(rate * 2 ** 32);
  const constants = { columns, key0: key[0], key1: key[1], threshold, scale: 1 / (1 - rate) };
  return {
    label: `dropout of ${rate}, ${rows} × ${columns}${inPlace ? " in place" : ""}, step ${step}`,
    tape,
    record: { op: Op.Dropout, x, y, ...constants },
    rows,
    inputs: [[x, uniforms(rows * columns, 60, 0.5, 2)]],
    outputs: [y],
    step,
    // One product of two float32: the same bits.
    tolerance: { rtol: 6e-8, atol: 0 },
  };
}

const shapes = SIZES.map((columns, i) => [SIZES[(i * 7) % 12], columns] as const);
describeRecords(
  "Dropout",
  shapes.flatMap(([rows, columns]) => [false, true].map((inPlace) => dropoutCase(rows, columns, { inPlace }))),
);
describeRecords("Dropout at the ends of its range", [
  dropoutCase(5, 11, { rate: 1e-6 }),
  dropoutCase(5, 11, { rate: 0.999 }),
  dropoutCase(5, 11, { step: 0 }),
  dropoutCase(5, 11, { step: 2 ** 31 - 1 }),
  dropoutCase(5, 11, { key: [0, 0] }),
  dropoutCase(5, 11, { key: [-1, -1] }),
]);

describe.each(wasmBackends)("Dropout on %s", (_, factory) => {
  it("has the bits of the reference", () => {
    for (const [rows, columns] of shapes) {
      const recordCase = dropoutCase(rows, columns, { rate: 0.37, step: rows + columns });
      const reference = prepare(recordCase, (words, bytes) => new ReferenceBackend(words, bytes));
      const wasm = prepare(recordCase, factory);
      for (const { backend } of [reference, wasm]) backend.run(0, 1, false);
      const [y] = recordCase.outputs;
      expect(read(wasm, y, rows).values).toEqual(read(reference, y, rows).values);
    }
  });

  it("drops the share it is told to, and scales the rest", () => {
    const recordCase = dropoutCase(1000, 100, { rate: 0.2 });
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    const y = read(prepared, recordCase.outputs[0], 1000).values;
    const x = recordCase.inputs[0][1];
    const dropped = y.filter((value) => value === 0).length;
    // Four standard deviations of a binomial count.
    expect(Math.abs(dropped - 20_000)).toBeLessThan(4 * Math.sqrt(1e5 * 0.2 * 0.8));
    y.forEach((value, i) => {
      if (value !== 0) expect(value).toBe(Math.fround(x[i] * Math.fround(1.25)));
    });
  });
});
