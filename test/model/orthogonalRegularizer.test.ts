// The orthogonal penalty: values worked out by hand from Keras's formula, gradients against slopes, and training.
import { describe, expect, it } from "vitest";
import {
  checkGradients,
  dense,
  meanSquaredError,
  type OrthogonalRegularizerOptions,
  orthogonalRegularizer,
  Sequential,
  sgd,
} from "../../src/index.js";
import { itInFull } from "../support/inFull.js";
import { uniforms } from "../support/tensors.js";
import { runtimes } from "./runtimes.js";

type Kernel = readonly (readonly number[])[];

async function modelOf(kernel: Kernel, options: OrthogonalRegularizerOptions, runtime: object = {}) {
  const [inputs, units] = [kernel.length, kernel[0].length];
  const layers = [dense({ units, kernelRegularizer: orthogonalRegularizer(options) })];
  const model = await Sequential.create({ inputShape: [inputs], layers, ...runtime });
  const data = Float32Array.from(kernel.flat());
  model.setWeights([
    { name: "dense_1/kernel", shape: [inputs, units], data },
    { name: "dense_1/bias", shape: [units], data: new Float32Array(units) },
  ]);
  model.compile({ optimizer: "sgd", loss: meanSquaredError() });
  return model;
}

/** The penalty alone: inputs of 0 give outputs of 0. */
async function penaltyOf(kernel: Kernel, options: OrthogonalRegularizerOptions, runtime: object): Promise<number> {
  const model = await modelOf(kernel, options, runtime);
  return (await model.evaluate({ x: [kernel.map(() => 0)], y: [kernel[0].map(() => 0)] })).loss;
}

const KERNEL: Kernel = [
  [3, 4],
  [4, -3],
  [5, 0],
];

describe.each(runtimes)("%s", (_, runtime) => {
  it.each<[string, Kernel, OrthogonalRegularizerOptions, number]>([
    // Directions (0.6, 0.8), (0.8, -0.6), (1, 0): |cos| of the pairs 0, 0.6, 0.8.
    ["rows", KERNEL, { factor: 0.3 }, (0.3 * (0 + 0.6 + 0.8)) / 3],
    // (3, 4, 5) · (4, -3, 0) = 0.
    ["columns", KERNEL, { factor: 0.3, mode: "columns" }, 0],
    ["parallel rows, one of them turned around", [[1, 2], [-2, -4]], {}, 0.01], // biome-ignore format: a matrix
    ["columns with an angle of 60°", [[1, 1], [0, Math.sqrt(3)]], { factor: 2, mode: "columns" }, 1], // biome-ignore format: a matrix
    ["a row of zeros, which is orthogonal to all", [[0, 0], [1, 2]], { factor: 1 }, 0], // biome-ignore format: a matrix
    ["more than a panel", Array.from({ length: 3 }, () => new Array(11).fill(2)), { factor: 0.7 }, 0.7],
    ["factor 0", [[1, 2], [1, 2]], { factor: 0 }, 0], // biome-ignore format: a matrix
  ])("%s", async (_, kernel, options, expected) => {
    expect([await penaltyOf(kernel, options, runtime)]).toBeAllClose([expected], { rtol: 1e-6, atol: 1e-7 });
  });

  it.each(["rows", "columns"] as const)("gradients are slopes: %s", async (mode) => {
    const regularizer = orthogonalRegularizer({ factor: 0.5, mode });
    const layers = [
      dense({ units: 11, activation: "tanh", kernelRegularizer: regularizer }),
      dense({ units: 3, kernelRegularizer: regularizer }),
    ];
    const model = await Sequential.create({ inputShape: [5], layers, seed: 2, ...runtime });
    model.compile({ optimizer: "sgd", loss: meanSquaredError() });
    const check = await checkGradients(model, { x: uniforms(20, 1), y: uniforms(12, 2) }, { sample: "all" });
    expect(check.ok, String(check)).toBe(true);
  });

  it("turns rows apart, and survives a file", async () => {
    const kernel = [
      [1, 0.2, 0.1],
      [0.9, 0.3, -0.1],
      [1, -0.2, 0.3],
    ];
    const model = await modelOf(kernel, { factor: 0.5 }, runtime);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: meanSquaredError() });
    const data = { x: new Float32Array(3), y: new Float32Array(3) };
    const { loss } = await model.fit(data, { epochs: 60 });
    expect(loss[59]).toBeLessThan(loss[0] - 0.05);
    const again = await Sequential.load(model.save(), runtime);
    expect(again.layers[0].spec).toEqual(model.layers[0].spec);
    await model.fit(data, { epochs: 70, initialEpoch: 60 });
    await again.fit(data, { epochs: 70, initialEpoch: 60 });
    expect(again.getWeights()).toEqual(model.getWeights());
  });
});

itInFull("gives the same bits in a worker and for any number of threads", async () => {
  const layers = [dense({ units: 200, kernelRegularizer: orthogonalRegularizer() }), dense({ units: 2 })];
  const data = { x: uniforms(256 * 64, 5), y: uniforms(512, 6) };
  const weights = [];
  for (const options of [{ threads: 1 }, { threads: 3 }, { worker: true }]) {
    const model = await Sequential.create({ inputShape: [64], layers, ...options });
    await model.compile({ optimizer: "adam", loss: "mse" });
    await model.fit(data, { epochs: 2, batchSize: 128 });
    weights.push(await model.getWeights());
    await model.dispose();
  }
  expect(weights.slice(1)).toEqual([weights[0], weights[0]]);
});
