// Quantized models: every bit against NumPy, a scalar reference and worked numbers, in each build that the engine has.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import {
  activation,
  adam,
  batchNormalization,
  dense,
  dropout,
  type Layer,
  normalization,
  rescaling,
  Sequential,
} from "../../src/index.js";
import { stepsOf } from "../../src/interop/code/steps.js";
import { portableOf } from "../../src/interop/fromModel.js";
import { loadQuantized, quantize } from "../../src/interop/quantized/index.js";
import { openQuantized } from "../../src/interop/quantized/quantized.js";
import { stagesOf } from "../../src/interop/quantized/stages.js";
import { readAttachment } from "../../src/model/attachment.js";
import { detectFeatures } from "../../src/runtime/features.js";
import { type QuantizedBuild, quantizedBuild } from "../../src/runtime/quantized.js";
import { activationNames } from "../../src/specs/activations.js";
import { blobs } from "../model/models.js";
import { referenceOutputs } from "./quantizedReference.js";
import { worstDifference } from "./randomNets.js";

const builds: QuantizedBuild[] = [await quantizedBuild("quantized")];
if (detectFeatures().relaxedSimd) builds.push(await quantizedBuild("quantized-relaxed"));

interface Case {
  name: string;
  sizes: number[];
  weights: { kernel: number[]; bias: number[] }[];
  calibration: number[];
  x: number[];
  outputs: number[];
}

const { cases } = JSON.parse(readFileSync(new URL("../../fixtures/quantized.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

async function network(sizes: readonly number[], weights: Case["weights"]): Promise<Sequential> {
  const layers = weights.map((_, i) =>
    dense({ units: sizes[i + 1], activation: i < weights.length - 1 ? "relu" : "linear" }),
  );
  const model = await Sequential.create({ inputShape: [sizes[0]], layers, threads: 1 });
  model.setWeights(
    weights.flatMap(({ kernel, bias }, i) => [
      { name: `dense_${i + 1}/kernel`, shape: [sizes[i], sizes[i + 1]], data: Float32Array.from(kernel) },
      { name: `dense_${i + 1}/bias`, shape: [sizes[i + 1]], data: Float32Array.from(bias) },
    ]),
  );
  return model;
}

/** The outputs of a file in each build. */
const inBuilds = (file: Uint8Array, x: Float32Array) =>
  Promise.all(builds.map(async (build) => (await openQuantized("test", file, build)).predict(x)));

describe("quantize", () => {
  it.each(cases)("gives NumPy's bits: $name", async ({ sizes, weights, calibration, x, outputs }) => {
    const model = await network(sizes, weights);
    const small = await quantize(model, { calibration: Float32Array.from(calibration) });
    const rows = Float32Array.from(x);
    expect([...small.predict(rows)]).toEqual(outputs);
    for (const own of await inBuilds(small.save(), rows)) expect([...own]).toEqual(outputs);
  });

  it("rounds as worked by hand", async () => {
    // Inputs from 0 to 127 are their own steps. Weights 1 and -1/2 are 127 and -64 by a scale of 1/127.
    const model = await network([2, 1], [{ kernel: [1, -0.5], bias: [0.25] }]);
    const small = await quantize(model, { calibration: [[0, 127]] });
    const scale = Math.fround(1 / 127);
    const worked = (sum: number) => Math.fround(Math.fround(sum * scale) + 0.25);
    // 2.5 and 3.5 are nearest to even numbers; 200 and -4 are beyond the calibration row.
    const x = [
      [3, 10],
      [2.5, 3.5],
      [200, -4],
    ];
    const sums = [3 * 127 - 10 * 64, 2 * 127 - 4 * 64, 127 * 127];
    expect([...small.predict(x)]).toEqual(sums.map(worked));
  });

  it("gives the bits of the scalar reference for all sizes, with zeros and without, at the ends of the range", async () => {
    const random = Random.fromSeed(7);
    const pick = (limit: number) => 1 + Math.floor(random.uniform() * limit);
    for (let net = 0; net < 24; net++) {
      const sizes = [pick(70), pick(40), pick(20)];
      const isExtreme = net % 4 === 0;
      const number = () => (isExtreme ? (random.uniform() < 0.8 ? 1 : -1) : 2 * random.uniform() - 1);
      const fill = (length: number) => Array.from({ length }, number);
      const weights = [0, 1].map((i) => ({ kernel: fill(sizes[i] * sizes[i + 1]), bias: fill(sizes[i + 1]) }));
      const model = await network(sizes, weights);
      const rows = [1, 2, 3, 4, 5, 63, 65, 131][net % 8];
      const share = [0, 0.6, 0.95][net % 3];
      const sign = net % 4 === 3 ? (value: number) => value : Math.abs;
      // In every other net only the first two rows have zeros, so that later ones are dense.
      const zeros = net % 2 === 0 ? rows : 2;
      const dead = Array.from({ length: sizes[0] }, () => random.uniform() < share);
      const isZero = (i: number) => dead[i % sizes[0]] && i < zeros * sizes[0];
      const x = Float32Array.from({ length: rows * sizes[0] }, (_, i) => (isZero(i) ? 0 : sign(number())));
      const small = await quantize(model, { calibration: x });
      const file = small.save();
      const { inputs } = (readAttachment("test", file) as { quantized: { inputs: [number, number][] } }).quantized;
      const ranges = inputs.map(([min, max]) => ({ min, max }));
      const stages = stagesOf("test", stepsOf("test", await portableOf(file)), ranges);
      const expected = referenceOutputs(stages, x, sizes[0]);
      for (const own of await inBuilds(file, x)) expect(own, `${sizes} ${rows} rows`).toEqual(expected);
    }
  });

  it.each(activationNames)("computes %s with the bits of the core", async (name) => {
    const random = Random.fromSeed(3);
    const weights = [{ kernel: Array.from({ length: 60 }, () => 4 * random.uniform() - 2), bias: Array(6).fill(0.1) }];
    const x = Float32Array.from({ length: 50 }, () => 2 * random.uniform() - 1);
    const linear = await network([10, 6], weights);
    const layers = [dense({ units: 6, activation: name })];
    const model = await Sequential.create({ inputShape: [10], layers, threads: 1 });
    model.setWeights(linear.getWeights());
    const z = (await quantize(linear, { calibration: x })).predict(x);
    // A product with the identity changes nothing.
    const identity = [{ kernel: Array.from({ length: 36 }, (_, i) => Number(i % 7 === 0)), bias: Array(6).fill(0) }];
    const alone = await Sequential.create({ inputShape: [6], layers, threads: 1 });
    alone.setWeights((await network([6, 6], identity)).getWeights());
    const file = (await quantize(model, { calibration: x })).save();
    for (const own of await inBuilds(file, x)) expect(own).toEqual(alone.predict(z));
  });
});

describe("a quantized model", () => {
  const data = blobs(120, { features: 20 });
  const x = data.x as Float32Array;

  async function trained(): Promise<Sequential> {
    const stretched: Layer[] = [rescaling({ scale: 3, offset: -1 }), normalization()];
    const layers = [
      ...stretched,
      dense({ units: 24 }),
      batchNormalization(),
      activation("tanh"),
      dropout(0.2),
      dense({ units: 3, activation: "softmax" }),
    ];
    const model = await Sequential.create({ inputShape: [20], layers, seed: 1, threads: 1 });
    model.adapt(data.x);
    model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    await model.fit(data, { epochs: 10, batchSize: 10 });
    model.metadata = { classes: ["a", "b", "c"], note: "kept" };
    return model;
  }

  it("keeps what the model says, through its file", async () => {
    const model = await trained();
    const before = { weights: model.getWeights(), outputs: model.predict(x) };
    const small = await quantize(model, { calibration: x });
    const outputs = small.predict(x);
    // A step of an input is under 1 % of its range, and one of a weight under 0.5 %.
    expect(worstDifference(outputs, before.outputs)).toBeLessThan(0.03);
    expect(outputs).not.toEqual(before.outputs);
    expect(await small.predictClasses(x)).toEqual(await model.predictClasses(x));
    expect(small.predictRows(x)[1]).toEqual([...outputs.subarray(3, 6)]);
    expect(model.getWeights()).toEqual(before.weights);

    const file = small.save();
    expect(file.length).toBeLessThan(model.save({ optimizer: false }).length);
    const loaded = await loadQuantized(file);
    expect(loaded.predict(x)).toEqual(outputs);
    expect({ shapes: [loaded.inputShape, loaded.outputShape], metadata: loaded.metadata }).toEqual({
      shapes: [[20], [3]],
      metadata: { classes: ["a", "b", "c"], note: "kept" },
    });
    const asFloats = await Sequential.load(file, { threads: 1 });
    expect(worstDifference(asFloats.predict(x), before.outputs)).toBeLessThan(0.03);
  });

  it("takes rows of bytes, and writes into an array, its own input as well", async () => {
    const model = await network(
      [16, 16],
      [{ kernel: Array.from({ length: 256 }, (_, i) => (i % 9) - 4), bias: Array(16).fill(1) }],
    );
    const bytes = Uint8Array.from({ length: 16 * 70 }, (_, i) => (i * 37) % 256);
    const floats = Float32Array.from(bytes);
    const small = await quantize(model, { calibration: floats });
    const expected = small.predict(floats);
    expect(small.predict(bytes)).toEqual(expected);
    const shared = floats.slice();
    expect(small.predictInto(shared, shared)).toBe(shared);
    expect(shared).toEqual(expected);
  });

  it("refuses NaN in any block, and leaves the array as it was", async () => {
    for (const layers of [[dense({ units: 2 })], [activation("tanh"), dense({ units: 2 })]]) {
      const model = await Sequential.create({ inputShape: [3], layers, threads: 1 });
      const small = await quantize(model, { calibration: [[1, -1, 0]] });
      const rows = new Float32Array(3 * 100);
      const out = new Float32Array(200).fill(7);
      for (const wrong of [Number.NaN, Infinity]) {
        rows[3 * 80 + 1] = wrong;
        expect(() => small.predictInto(rows, out)).toThrow(
          `predictInto: x: row 80, column 1: expected a finite number`,
        );
      }
      expect(new Set(out)).toEqual(new Set([7]));
    }
  });
});
