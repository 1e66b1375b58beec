// getWeights and setWeights: order, layout, copies; and what a model starts from.
import { describe, expect, it } from "vitest";
import { constant, dense, Sequential } from "../../src/index.js";
import { normals } from "../support/tensors.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

describe.each(runtimes)("%s", (_, runtime) => {
  it.each([
    [1, 1],
    [3, 7],
    [4, 8],
    [5, 9],
    [33, 17],
    [64, 64],
  ])("a kernel [%i, %i] comes back as it was set, in [inputs, units] order", async (inputs, units) => {
    const model = await Sequential.create({ inputShape: [inputs], layers: [dense({ units })], ...runtime });
    const kernel = normals(inputs * units, 1);
    const bias = normals(units, 2);
    model.setWeights([
      { name: "dense_1/kernel", shape: [inputs, units], data: kernel },
      { name: "dense_1/bias", shape: [units], data: Array.from(bias) },
    ]);
    expect(model.getWeights()).toEqual([
      { name: "dense_1/kernel", shape: [inputs, units], data: kernel },
      { name: "dense_1/bias", shape: [units], data: bias },
    ]);
    // Row i of the identity picks row i of the kernel.
    for (const i of [0, inputs - 1]) {
      const row = Array.from({ length: inputs }, (_, j) => Number(i === j));
      const expected = Float32Array.from(bias, (b, unit) => kernel[i * units + unit] + b);
      expect(model.predict(row)).toBeAllClose(expected, { rtol: 0, atol: 5e-7 });
    }
  });

  it("carries training over to another model, before and after compile", async () => {
    const [teacher, pupil] = [await classifier(runtime), await classifier({ ...runtime, seed: 99 })];
    const data = blobs(30);
    await teacher.fit(data, { epochs: 3 });
    expect(pupil.predict(data.x)).not.toEqual(teacher.predict(data.x));
    pupil.setWeights(teacher.getWeights());
    expect(pupil.predict(data.x)).toEqual(teacher.predict(data.x));
    expect(await pupil.evaluate(data)).toEqual(await teacher.evaluate(data));
    pupil.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    expect(pupil.getWeights()).toEqual(teacher.getWeights());
  });
});

it("getWeights returns copies, and setWeights takes one", async () => {
  const model = await classifier();
  const before = stateOf(model);
  const weights = model.getWeights();
  for (const { data } of weights) data.fill(7);
  expect(stateOf(model)).toBe(before);
  model.setWeights(weights);
  const set = stateOf(model);
  expect(set).not.toBe(before);
  for (const { data } of weights) data.fill(8);
  expect(stateOf(model)).toBe(set);
});

describe("first weights", () => {
  it("are Glorot uniform kernels and zero biases", async () => {
    const model = await Sequential.create({ inputShape: [100], layers: [dense({ units: 50 })], seed: 3 });
    const [kernel, bias] = model.getWeights();
    const limit = Math.sqrt(6 / 150);
    expect(kernel.data.every((w) => Math.abs(w) <= limit)).toBe(true);
    expect(Math.max(...kernel.data)).toBeGreaterThan(0.99 * limit);
    expect(bias.data).toEqual(new Float32Array(50));
  });

  it("follow the initializers of each layer", async () => {
    const initializers = { kernelInitializer: constant({ value: 0.25 }), biasInitializer: "ones" } as const;
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3, ...initializers })] });
    const [kernel, bias] = model.getWeights();
    expect(kernel.data).toEqual(new Float32Array(6).fill(0.25));
    expect(bias.data).toEqual(new Float32Array(3).fill(1));
  });

  it("of one layer do not depend on the layers after it", async () => {
    const first = dense({ units: 5 });
    const [short, long] = [
      await Sequential.create({ inputShape: [4], layers: [first], seed: 8 }),
      await Sequential.create({ inputShape: [4], layers: [first, dense({ units: 9 })], seed: 8 }),
    ];
    expect(long.getWeights()[0]).toEqual(short.getWeights()[0]);
  });
});
