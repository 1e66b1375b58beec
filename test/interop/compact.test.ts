// Compact model files: what they hold, what they cost, and that nothing else changes.
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/base/errors.js";
import { fromHalf } from "../../src/base/half.js";
import { toHalf } from "../../src/base/toHalf.js";
import { readCompactTensors } from "../../src/formats/readCompact.js";
import { adam, batchNormalization, dense, Sequential, spectralNormalization } from "../../src/index.js";
import { quantizedOutputs } from "../../src/interop/code/quantize.js";
import { stepsOf } from "../../src/interop/code/steps.js";
import { compact } from "../../src/interop/compact/index.js";
import { portableOf } from "../../src/interop/fromModel.js";
import { blobs } from "../model/models.js";
import { worstDifference } from "./randomNets.js";

/** Numbers and their bits by numpy 1.24: `numpy.float32(x).astype(numpy.float16)`. */
const HALVES: readonly (readonly [number, number])[] = [
  [0, 0],
  [-0, 32768],
  [1, 15360],
  [-1.5, 48640],
  [65504, 31743],
  [65519.99, 31743],
  [6.1e-5, 1023],
  [5.9604645e-8, 1],
  [2.9802322e-8, 0],
  [2.9802326e-8, 1],
  [1e-9, 0],
  [0.1, 11878],
  [3.14159274, 16968],
  [2049, 26624],
  [2051, 26626],
  [-0.33325195, 46421],
];

describe("toHalf", () => {
  it.each(HALVES)("%d rounds as numpy does", (value, bits) => {
    expect(toHalf(value)).toBe(bits);
  });

  it("gives back every finite number of 16 bits", () => {
    const all = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
    expect(all.filter((bits) => toHalf(fromHalf(bits)) !== bits)).toEqual([]);
  });
});

const data = blobs(40, { features: 20 });

async function trained(options: object = {}): Promise<Sequential> {
  const layers = [
    dense({ units: 64, activation: "relu" }),
    batchNormalization(),
    spectralNormalization(dense({ units: 32 })),
    dense({ units: 3, activation: "softmax" }),
  ];
  const model = await Sequential.create({ inputShape: [20], layers, seed: 1, threads: 1 });
  model.compile({ optimizer: adam(options), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  await model.fit(data, { epochs: 2, batchSize: 10 });
  model.metadata = { classes: ["a", "b", "c"], note: "kept" };
  return model;
}

describe.each([
  ["float16", 2],
  ["int8", 4],
] as const)("compact to %s", (weights, share) => {
  it("loads as a model with the weights that the file says", async () => {
    const model = await trained();
    const file = await compact(model, { weights });
    const loaded = await Sequential.load(file, { threads: 1 });
    const small = loaded.getWeights();
    for (const [i, { name, shape, data: original }] of model.getWeights().entries()) {
      expect({ name: small[i].name, shape: small[i].shape }).toEqual({ name, shape });
      if (shape.length === 1) expect(small[i].data).toEqual(original);
      else if (weights === "float16") expect(small[i].data).toEqual(original.map((value) => fromHalf(toHalf(value))));
      else {
        for (let column = 0; column < shape[1]; column++) {
          const ofColumn = (values: Float32Array) => values.filter((_, at) => at % shape[1] === column);
          const [before, after] = [ofColumn(original), ofColumn(small[i].data)];
          const largest = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          before.forEach((value, at) => {
            if (!(Math.abs(value - after[at]) <= (largest / 254) * 1.00001))
              expect.fail(`${name}: ${value}, ${after[at]}`);
          });
        }
      }
    }
    expect(loaded.metadata).toEqual(model.metadata);
    expect(loaded.compiled).toEqual(model.compiled);
    const x = data.x;
    expect(worstDifference(loaded.predict(x), model.predict(x))).toBeLessThan(weights === "int8" ? 0.03 : 0.001);
    // The same weights in the file that save writes; training begins anew from there.
    const again = await Sequential.load(loaded.save(), { threads: 1 });
    expect(again.getWeights()).toEqual(small);
    await again.fit(data, { epochs: 1 });
  });

  it("takes a share of the bytes", async () => {
    const layers = [dense({ units: 256 }), dense({ units: 64 })];
    const model = await Sequential.create({ inputShape: [300], layers, seed: 1 });
    const ratio = model.save({ optimizer: false }).length / (await compact(model, { weights })).length;
    expect(ratio).toBeGreaterThan(share * 0.94);
  });

  it("is the same from a model, its file, with averaged weights or without, and in a worker", async () => {
    const model = await trained({ useEma: true });
    model.useAverages();
    const file = await compact(model, { weights });
    expect(await compact(model.save(), { weights })).toEqual(file);
    expect(await compact(model.save({ optimizer: false }), { weights })).toEqual(file);
    expect(model.save({ weights })).toEqual(file);
    expect(model.save({ weights, optimizer: false })).toEqual(file);
    expect((await Sequential.load(file, { threads: 1 })).save({ weights: "float32", optimizer: false })).toEqual(
      (await Sequential.load(file, { threads: 1 })).save({ optimizer: false }),
    );
    const there = await Sequential.load(model.save(), { worker: true });
    expect(await compact(there, { weights })).toEqual(file);
    expect(await there.save({ weights })).toEqual(file);
    await there.dispose();
  });
});

it("changes predictions by what quantizationReport says for int8 weights", async () => {
  const model = await trained();
  const loaded = await Sequential.load(await compact(model, { weights: "int8" }), { threads: 1 });
  const source = await portableOf(model);
  const expected = await quantizedOutputs(source, stepsOf("", source), data.x as Float32Array, null);
  expect(worstDifference(loaded.predict(data.x), expected)).toBeLessThan(1e-6);
});

describe("a compact file that was altered", () => {
  const entry = (dtype: unknown, shape: unknown, begin: unknown, end: unknown) => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  it.each<[string, Record<string, unknown>, number]>([
    ["another type", { a: entry("F64", [1], 0, 8) }, 8],
    ["a type that is an inherited name", { a: entry("toString", [1], 0, 8) }, 8],
    ["no entry", { a: null }, 0],
    ["a gap", { a: entry("F16", [1], 2, 4) }, 4],
    ["an end that does not fit", { a: entry("F16", [2], 0, 8) }, 8],
    ["more than there is", { a: entry("F16", [2 ** 40], 0, 2 ** 41) }, 8],
    ["bytes that are left", { a: entry("F16", [1], 0, 2) }, 4],
    ["a size of 0", { a: entry("F16", [0], 0, 0) }, 0],
    ["a shape that is text", { a: entry("F16", "1", 0, 2) }, 2],
    ["int8 without scales", { a: entry("I8", [1, 2], 0, 2) }, 2],
    ["int8 with too few scales", { "a/scale": entry("F32", [1], 0, 4), a: entry("I8", [1, 2], 4, 6) }, 6],
    [
      "int8 scales",
      { a: entry("I8", [1, 2], 0, 2), "a/scale": entry("I8", [2], 2, 4), "a/scale/scale": entry("F32", [2], 4, 12) },
      12,
    ],
    ["int8 of no dimension", { "a/scale": entry("F32", [1], 0, 4), a: entry("I8", [], 4, 5) }, 5],
  ])("is refused: %s", (_, header, length) => {
    expect(() => readCompactTensors(header, new Uint8Array(length))).toThrow(FormatError);
  });

  it("is refused by its checksum, and by other versions", async () => {
    const file = await compact(await trained(), { weights: "int8" });
    for (const at of [20, file.length - 1, file.length >> 1]) {
      const altered = file.slice();
      altered[at] ^= 1;
      await expect(Sequential.load(altered)).rejects.toThrow(FormatError);
    }
    await expect(Sequential.load(file.subarray(0, -1))).rejects.toThrow(FormatError);
  });
});
