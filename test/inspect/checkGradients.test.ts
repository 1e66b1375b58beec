// checkGradients(): agrees with hand and trace, holds for any model, and names the element where a slope is none.
import { describe, expect, it } from "vitest";
import {
  activation,
  activationNames,
  batchNormalization,
  checkGradients,
  dense,
  dropout,
  gaussianNoise,
  type LayerSpec,
  layerNormalization,
  normalization,
  Sequential,
  type SequentialOptions,
} from "../../src/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";

async function oneUnit(kernel: number[], options: Partial<SequentialOptions> = {}): Promise<Sequential> {
  const layers = [dense({ units: 2, activation: "relu" }), dense({ units: 1 })];
  const model = await Sequential.create({ inputShape: [1], layers, ...options });
  model.setWeights([
    { name: "dense_1/kernel", shape: [1, 2], data: kernel },
    { name: "dense_1/bias", shape: [2], data: [0, 0] },
    { name: "dense_2/kernel", shape: [2, 1], data: [1, 3] },
    { name: "dense_2/bias", shape: [1], data: [0] },
  ]);
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return model;
}

describe.each(runtimes)("%s", (_, runtime) => {
  it("finds the slopes of a network worked by hand", async () => {
    // ŷ = relu(2x) + 3 relu(−x), L = (ŷ − y)²; at x = 2, y = 1: ŷ = 4, dL/dŷ = 6, the second unit is off.
    const { ok, tensors } = await checkGradients(
      await oneUnit([2, -1], runtime),
      { x: [[2]], y: [1] },
      { sample: "all" },
    );
    expect(ok).toBe(true);
    expect(tensors.map(({ name, checked }) => [name, checked])).toEqual([
      ["dense_1/kernel", 2],
      ["dense_1/bias", 2],
      ["dense_2/kernel", 2],
      ["dense_2/bias", 1],
    ]);
    const bias = tensors[3].worst;
    expect([bias.gradient, bias.slope]).toBeAllClose([6, 6], { rtol: 1e-6, atol: 0 });
    expect(bias.index).toEqual([0]);
  });

  it("names the weight at a kink, where there is no slope", async () => {
    // The second unit's sum is 0 for x = 2: its gradient is 0, but half of the slopes on both sides is not.
    const check = await checkGradients(await oneUnit([2, 0], runtime), { x: [[2]], y: [1] }, { sample: "all" });
    expect(check.ok).toBe(false);
    expect(check.worst).toMatchObject({ name: "dense_1/kernel", index: [0, 1], gradient: 0 });
    // dL/dŷ = 6, times 3 for the unit's weight, times x = 2, on one side only.
    expect(check.worst.slope).toBeCloseTo(18, 3);
    // In units of the largest slope of that tensor, which is its own.
    expect(check.worst.error).toBeCloseTo(1, 6);
    expect(check.toString()).toContain("worst: dense_1/kernel[0, 1], off by 1");
    expect(check.toString().match(/FAILS/g)).toHaveLength(2);
  });
});

it.each(activationNames)("holds for %s, with dropout and weights of rows, on the model's own kernels", async (name) => {
  const layers: LayerSpec[] = [
    dense({ units: 9, activation: name }),
    dropout(0.3),
    dense({ units: 3, activation: "softmax" }),
  ];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 4 });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  const { x, y } = blobs(11);
  const check = await checkGradients(model, { x, y, sampleWeight: Array.from(y, (label) => 1 + label) });
  expect(check.ok, String(check)).toBe(true);
  expect(check.worst.error).toBeLessThan(1e-6);
  for (const { kernelError } of check.tensors) expect(kernelError).toBeLessThan(1e-5);
});

it("sees a wrong gradient that is a ten-millionth of the model's largest", async () => {
  // As above, but x = 1e-7: dL/dŷ = −2, so that the second unit's slope is −2 · 3 · 1e-7 on one side of its kink.
  const model = await Sequential.create({
    inputShape: [1],
    layers: [dense({ units: 2, activation: "relu", useBias: false }), dense({ units: 1 })],
  });
  const put = async (kernel: number[]) => {
    model.setWeights([
      { name: "dense_1/kernel", shape: [1, 2], data: kernel },
      { name: "dense_2/kernel", shape: [2, 1], data: [1, 3] },
      { name: "dense_2/bias", shape: [1], data: [0] },
    ]);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    return checkGradients(model, { x: [[1e-7]], y: [1] }, { sample: "all" });
  };
  expect((await put([2, 1])).ok).toBe(true);
  const { ok, worst } = await put([2, 0]);
  expect(ok).toBe(false);
  expect(worst).toMatchObject({ name: "dense_1/kernel", index: [0, 1], gradient: 0 });
  expect(worst.slope).toBeCloseTo(-3e-7, 10);
});

it("tries as many as it is told, the same for the same seed, and changes nothing", async () => {
  const model = await classifier();
  const before = stateOf(model);
  const run = (seed: number) => checkGradients(model, blobs(6), { sample: 4, seed });
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  expect(first.tensors.map(({ checked }) => checked)).toEqual([4, 4, 4, 3]);
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  expect(JSON.stringify(other)).not.toBe(JSON.stringify(first));
  expect(stateOf(model)).toBe(before);
});

it("skips frozen layers", async () => {
  const layers = [dense({ units: 4, trainable: false }), dense({ units: 1 })];
  const model = await Sequential.create({ inputShape: [2], layers });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { tensors } = await checkGradients(model, { x: [[1, 2]], y: [3] });
  expect(tensors.map(({ name }) => name)).toEqual(["dense_2/kernel", "dense_2/bias"]);
});

it("holds for normalization layers, before which a bias has a slope of exactly 0", async () => {
  const layers: LayerSpec[] = [
    normalization(),
    gaussianNoise(0.1),
    dense({ units: 9 }),
    batchNormalization(),
    activation("tanh"),
    dense({ units: 7 }),
    layerNormalization(),
    dropout(0.3),
    dense({ units: 3, activation: "softmax" }),
  ];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 4 });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  const data = blobs(11);
  model.adapt(data);
  const before = stateOf(model);
  const check = await checkGradients(model, data);
  expect(check.ok, String(check)).toBe(true);
  expect(check.tensors).toHaveLength(10);
  expect(stateOf(model)).toBe(before);
});
