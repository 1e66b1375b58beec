// int8 weights: values worked by hand, what C makes of them, and the report.
import { beforeAll, describe, expect, it } from "vitest";
import { toInt8 } from "../../../src/base/int8.js";
import { iris } from "../../../src/datasets/index.js";
import { batchNormalization, dense, normalization, reshape, Sequential } from "../../../src/index.js";
import { exportC, quantizationReport } from "../../../src/interop/code/index.js";
import { type InputRange, Pieces, quantizedOutputs, rangesOf, roundTo } from "../../../src/interop/code/quantize.js";
import { stepsOf } from "../../../src/interop/code/steps.js";
import { portableOf } from "../../../src/interop/fromModel.js";
import { itInFull } from "../../support/inFull.js";
import { randomNet, rowsFor, worstDifference } from "../randomNets.js";
import { compileAndRun, has } from "./compile.js";

describe("toInt8", () => {
  it("has a scale for each list, by its largest value", () => {
    const { values, scale } = toInt8([127, -63.4, 0, 0, 0, 0, -1, 0.5, 0.25], 3, (i) => Math.floor(i / 3));
    expect(scale).toEqual(Float32Array.of(1, 1, Math.fround(1 / 127)));
    expect(Array.from(values)).toEqual([127, -63, 0, 0, 0, 0, -127, 64, 32]);
    const columns = toInt8([127, 0, -1, -63.4, 0, 0.5, 0, 0, 0.25], 3, (i) => i % 3);
    expect(columns.scale).toEqual(scale);
    expect(Array.from(columns.values)).toEqual([127, 0, -127, -63, 0, 64, 0, 0, 32]);
  });
});

/** Random nets with layers of every sort between their dense ones, and rows. */
async function nets() {
  const activations = [{ type: "relu" }, { type: "tanh" }, { type: "linear" }] as const;
  const parts = { activations, between: [() => batchNormalization()], first: [() => normalization()] };
  return Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (seed) => {
      const model = await randomNet(seed, parts);
      const source = await portableOf(model);
      return { model, source, layers: stepsOf("", source), x: rowsFor(model, 40, seed) };
    }),
  );
}

/** Rows of x none of whose dense inputs lies so near to the middle between two steps that rounding may differ. */
async function clearRows(source: Parameters<typeof rangesOf>[0], x: Float32Array, ranges: readonly InputRange[]) {
  const pieces = await Pieces.of(source, stepsOf("", source), true);
  const rows = x.length / source.inputShape[0];
  const isClear = Array(rows).fill(true);
  pieces.predict(x, (inputs, i) => {
    const width = inputs.length / rows;
    inputs.forEach((value, at) => {
      const place = value / ranges[i].step + 0.5;
      if (Math.abs(place - Math.round(place)) < 1e-3) isClear[Math.floor(at / width)] = false;
    });
    return roundTo(ranges[i], inputs);
  });
  pieces.dispose();
  return isClear;
}

describe.runIf(has("gcc"))("C with int8 weights", () => {
  const compiler = ["gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1"];

  itInFull("computes what the int8 values stand for", async () => {
    const all = await nets();
    const prefixed = all.map(async ({ model, x }, i) => {
      const prefix = `net${i}`;
      return { prefix, text: await exportC(model, { prefix, weights: "int8" }), x, rows: 40 };
    });
    const got = compileAndRun(await Promise.all(prefixed), compiler);
    for (const [i, { source, layers, x }] of all.entries()) {
      expect(worstDifference(got[i], await quantizedOutputs(source, layers, x, null)), `net ${i + 1}`).toBeLessThan(
        2e-6,
      );
    }
  });

  itInFull("and with inputs in 256 steps, but where float32 may round to another step", async () => {
    const all = await nets();
    const prefixed = all.map(async ({ model, x }, i) => {
      const prefix = `net${i}`;
      return { prefix, text: await exportC(model, { prefix, weights: "int8", calibration: x }), x, rows: 40 };
    });
    const got = compileAndRun(await Promise.all(prefixed), compiler);
    let compared = 0;
    for (const [i, { source, layers, x }] of all.entries()) {
      const ranges = await rangesOf(source, layers, x);
      const expected = await quantizedOutputs(source, layers, x, ranges);
      const isClear = await clearRows(source, x, ranges);
      const width = expected.length / 40;
      for (let row = 0; row < 40; row++) {
        if (!isClear[row]) continue;
        compared++;
        const own = (values: ArrayLike<number>) => Array.from(values).slice(row * width, (row + 1) * width);
        expect(worstDifference(own(got[i]), own(expected)), `net ${i + 1}, row ${row}`).toBeLessThan(2e-6);
      }
    }
    expect(compared).toBeGreaterThan(120);
  });
});

describe("quantizationReport", () => {
  let model: Sequential;
  let flowers: Awaited<ReturnType<typeof iris>>;
  beforeAll(async () => {
    flowers = await iris();
    const layers = [
      normalization(),
      dense({ units: 16, activation: "tanh" }),
      dense({ units: 3, activation: "softmax" }),
    ];
    model = await Sequential.create({ inputShape: [4], layers, seed: 1, threads: 1 });
    model.adapt(flowers);
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    await model.fit(flowers, { epochs: 60, batchSize: 15 });
  });

  it("compares outputs, classes and bytes", async () => {
    const { x, y } = flowers;
    const { accuracy } = await model.evaluate(flowers);
    for (const calibration of [undefined, x]) {
      const report = await quantizationReport(model, { x, y, ...(calibration && { calibration }) });
      expect(report.rows).toBe(150);
      // Float: 4 + 4 of the normalization, kernels 64 and 48, biases 16 and 3. Int8: kernels of one byte, 19 scales.
      expect(report.bytes).toEqual({ float32: 4 * (8 + 112 + 19), int8: 4 * (8 + 19 + 19) + 112 });
      expect(report.layers.map(({ name }) => name)).toEqual(["dense_1", "dense_2"]);
      expect(report.layers.every(({ inputs }) => (inputs === null) === (calibration === undefined))).toBe(true);
      expect(report.accuracy?.float32).toBeCloseTo(accuracy, 6);
      expect(report.accuracy?.int8).toBeGreaterThan(accuracy - 0.02);
      expect(report.agreement).toBeGreaterThan(0.97);
      expect(report.meanDifference).toBeGreaterThan(0);
      expect(report.largestDifference).toBeLessThan(0.05);
    }
  });

  it("has no classes for numbers, and knows layers without values", async () => {
    const layers = [reshape([4]), dense({ units: 1, kernelInitializer: "ones" })];
    const numbers = await Sequential.create({ inputShape: [2, 2], layers });
    const x = [
      [
        [1, 2],
        [3, 4],
      ],
    ];
    const report = await quantizationReport(numbers, { x });
    // 127 steps of 1 / 127 are 1 again.
    expect(report).toMatchObject({ rows: 1, agreement: null, accuracy: null, largestDifference: expect.closeTo(0, 5) });
    await expect(quantizationReport(numbers, { x, y: [1] })).rejects.toThrow("no single class");
  });
});
