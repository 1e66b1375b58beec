// Random draws of layers: the kernels draw the reference's bits, into rows of any size, in place and not.
import { describe, expect, it } from "vitest";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { ReferenceBackend } from "../../src/runtime/reference/backend.js";
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
  readonly offset?: number;
  readonly dropped?: number;
  readonly multiplies?: 0 | 1;
}

function dropoutCase(rows: number, columns: number, options: Draw = {}): RecordCase {
  const { rate = 0.3, step = 5, key = [0x1234567, -0x7654321], inPlace = false, offset = -0, dropped = 0 } = options;
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = inPlace ? x : tape.rows("y", columns);
  const threshold = Math.round(rate * 2 ** 32);
  const constants = { columns, key0: key[0], key1: key[1], threshold, scale: 1 / (1 - rate), offset, dropped };
  return {
    label: `dropout of ${rate}, ${rows} × ${columns}${inPlace ? " in place" : ""}, step ${step}`,
    tape,
    record: { op: Op.Dropout, x, y, ...constants },
    rows,
    inputs: [[x, uniforms(rows * columns, 60, 0.5, 2)]],
    outputs: [y],
    step,
    // One product of two float32: the same bits; an offset rounds once more.
    tolerance: Object.is(offset, -0) ? { rtol: 6e-8, atol: 0 } : { rtol: 2e-7, atol: 0 },
  };
}

const shapes = SIZES.map((columns, i) => [SIZES[(i * 7) % 12], columns] as const);
describeRecords(
  "Dropout",
  shapes.flatMap(([rows, columns]) => [false, true].map((inPlace) => dropoutCase(rows, columns, { inPlace }))),
);
describeRecords("Dropout at the ends of its range", [
  dropoutCase(5, 11, { rate: 1e-6 }),
  ...shapes.map(([rows, columns]) => dropoutCase(rows, columns, { offset: 2.5, dropped: -0.75 })),
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
    const wrong = y.findIndex((value, i) => value !== 0 && value !== Math.fround(x[i] * Math.fround(1.25)));
    expect(wrong, `scaled from ${x[wrong]} to ${y[wrong]}`).toBe(-1);
  });
});

function noiseCase(rows: number, columns: number, options: Draw & { x?: Float32Array } = {}): RecordCase {
  const { step = 5, key = [0x1234567, -0x7654321], inPlace = false } = options;
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = inPlace ? x : tape.rows("y", columns);
  const constants = { columns, key0: key[0], key1: key[1], deviation: 0.5, multiplies: options.multiplies ?? 0 };
  return {
    label: `noise, ${rows} × ${columns}${inPlace ? " in place" : ""}, step ${step}`,
    tape,
    record: { op: Op.GaussianNoise, x, y, ...constants },
    rows,
    inputs: [[x, options.x ?? uniforms(rows * columns, 60, 0.5, 2)]],
    outputs: [y],
    step,
    tolerance: { rtol: 1e-6, atol: 1e-6 },
  };
}

describeRecords("GaussianNoise", [
  ...shapes.flatMap(([rows, columns]) => [false, true].map((inPlace) => noiseCase(rows, columns, { inPlace }))),
  noiseCase(300, 333),
  ...shapes.map(([rows, columns]) => noiseCase(rows, columns, { multiplies: 1 })),
  noiseCase(5, 11, { step: 2 ** 31 - 1 }),
  noiseCase(5, 11, { key: [0, 0] }),
]);

/** Shares of a standard normal below some z. */
const PHI = [
  [-3, 0.0013499],
  [-2, 0.0227501],
  [-1, 0.1586553],
  [-0.5, 0.3085375],
  [0, 0.5],
  [0.25, 0.5987063],
  [1, 0.8413447],
  [1.5, 0.9331928],
  [2.5, 0.9937903],
] as const;

describe.each(wasmBackends)("GaussianNoise on %s", (_, factory) => {
  const [rows, columns] = [2000, 50];
  const draw = (step: number) => {
    const recordCase = noiseCase(rows, columns, { step, x: new Float32Array(rows * columns) });
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    return read(prepared, recordCase.outputs[0], rows).values.map((value) => value / 0.5);
  };
  const z = draw(9);

  it("is normal: shares below z, mean, variance, skewness, kurtosis", () => {
    for (const [bound, share] of PHI) {
      const below = z.filter((value) => value < bound).length / z.length;
      // Four standard deviations of a binomial share.
      expect(Math.abs(below - share), `${bound}`).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / z.length));
    }
    const moment = (power: number) => z.reduce((sum, value) => sum + value ** power, 0) / z.length;
    // Deviations of the moments of n normal numbers: √(1, 2, 15, 96) / √n.
    const limits = [1, 2, 15, 96].map((variance) => 4 * Math.sqrt(variance / z.length));
    [0, 1, 0, 3].forEach((expected, i) => {
      expect(Math.abs(moment(i + 1) - expected), `moment ${i + 1}`).toBeLessThan(limits[i]);
    });
  });

  it("is independent of its neighbours and of the next step", () => {
    const next = draw(10);
    for (const [name, other] of [
      ["next column", z.map((_, i) => z[(i + 1) % z.length])],
      ["the other of a pair", z.map((_, i) => z[(i + 4) % z.length])],
      ["next row", z.map((_, i) => z[(i + columns) % z.length])],
      ["next step", next],
    ] as const) {
      const product = z.reduce((sum, value, i) => sum + value * other[i], 0) / Math.sqrt(z.length);
      const squares = z.reduce((sum, value, i) => sum + (value ** 2 - 1) * (other[i] ** 2 - 1), 0);
      expect(Math.abs(product), name).toBeLessThan(4);
      expect(Math.abs(squares / 2 / Math.sqrt(z.length)), `${name}, squares`).toBeLessThan(4);
    }
  });
});
