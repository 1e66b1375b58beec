// trace(): every number of one step, against a network worked by hand, finite differences, and the step itself.
import { describe, expect, it } from "vitest";
import {
  activation,
  adam,
  type Data,
  dense,
  type LayerSpec,
  type Loss,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
  type Trace,
} from "../../src/index.js";
import { readModelFile } from "../../src/model/readModelFile.js";
import { normals } from "../support/tensors.js";
import { stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

/** In Wasm a trace has the bits of the step. The reference keeps z in float64 where no one looks at it. */
const SAME = { reference: { rtol: 1.3e-6, atol: 1e-7 }, simd: { rtol: 0, atol: 0 } };
const CLOSE = { rtol: 1e-6, atol: 1e-7 };

describe.each(runtimes)("%s", (name, runtime) => {
  const same = SAME[name as keyof typeof SAME];

  /** 2 inputs, 2 hidden and 1 output unit, all sigmoid; the kernels are [0, 1] per unit, the biases 0. */
  async function byHand(loss: Loss): Promise<Sequential> {
    const layers = [dense({ units: 2, activation: "sigmoid" }), dense({ units: 1, activation: "sigmoid" })];
    const model = await Sequential.create({ inputShape: [2], layers, ...runtime });
    model.setWeights([
      { name: "dense_1/kernel", shape: [2, 2], data: [0, 0, 1, 1] },
      { name: "dense_1/bias", shape: [2], data: [0, 0] },
      { name: "dense_2/kernel", shape: [2, 1], data: [0, 1] },
      { name: "dense_2/bias", shape: [1], data: [0] },
    ]);
    model.compile({ optimizer: "sgd", loss });
    return model;
  }
  const data = { x: [[2, 3]], y: [1] };
  const h = 1 / (1 + Math.exp(-3)); // 0.9525741268224334
  const prediction = 0.7216325609518421; // 1 / (1 + e^-h)

  it("shows the gradients of a loss that is not finite, and changes that are 0", async () => {
    const layers = [dense({ units: 2, useBias: false, kernelInitializer: "identity" })];
    const model = await Sequential.create({ inputShape: [2], layers, ...runtime });
    model.compile({ optimizer: "adam", loss: "meanAbsoluteError" });
    const trace = model.trace({ x: [[3e38, 1]], y: [[-3e38, 0]] }, { optimizer: true });
    // The reference computes 6e38 in float64; a float32 has no room for it.
    if (name !== "reference") expect(trace.loss.data[0]).toBe(Number.POSITIVE_INFINITY);
    // The slope of |p - t| / 2 is 1/2, and x of the first input is 3e38.
    expect([...trace.dPredictions.data]).toEqual([0.5, 0.5]);
    expect([...trace.dx.data]).toEqual([0.5, 0.5]);
    expect([...trace["dense_1/dKernel"].data]).toEqual([1.5e38, 1.5e38, 0.5, 0.5].map(Math.fround));
    if (name !== "reference") expect([...trace["optimizer/change/dense_1/kernel"].data]).toEqual([0, 0, 0, 0]);
  });

  it("gives the numbers of a 2-2-1 network worked by hand", async () => {
    const trace = (await byHand("meanSquaredError")).trace(data);
    const dPrediction = -2 * (1 - prediction);
    const dz2 = dPrediction * prediction * (1 - prediction);
    const dz1 = dz2 * h * (1 - h);
    const expected: Record<string, [shape: number[], values: number[]]> = {
      x: [
        [1, 2],
        [2, 3],
      ],
      y: [[1], [1]],
      "dense_1/z": [
        [1, 2],
        [3, 3],
      ],
      "dense_1/h": [
        [1, 2],
        [h, h],
      ],
      "dense_2/z": [[1, 1], [h]],
      "dense_2/h": [[1, 1], [prediction]],
      predictions: [[1, 1], [prediction]],
      rowLoss: [[1], [(1 - prediction) ** 2]],
      "dense_2/dh": [[1, 1], [dPrediction]],
      dPredictions: [[1, 1], [dPrediction]],
      "dense_2/dz": [[1, 1], [dz2]],
      "dense_2/dKernel": [
        [2, 1],
        [dz2 * h, dz2 * h],
      ],
      "dense_2/dBias": [[1], [dz2]],
      "dense_1/dh": [
        [1, 2],
        [0, dz2],
      ],
      "dense_1/dz": [
        [1, 2],
        [0, dz1],
      ],
      "dense_1/dKernel": [
        [2, 2],
        [0, 2 * dz1, 0, 3 * dz1],
      ],
      "dense_1/dBias": [[2], [0, dz1]],
      dx: [
        [1, 2],
        [0, dz1],
      ],
      loss: [[], [(1 - prediction) ** 2]],
    };
    expect(Object.keys(trace)).toEqual(Object.keys(expected));
    for (const [name, [shape, values]] of Object.entries(expected)) {
      expect(trace[name].shape, name).toEqual(shape);
      expect(trace[name].data, name).toBeAllClose(values, CLOSE);
    }
  });

  it("shows predictions also where the loss is computed from the logits", async () => {
    const trace = (await byHand("binaryCrossentropy")).trace(data);
    expect(trace["dense_2/z"].data).toBeAllClose([h], CLOSE);
    expect(trace.logits).toEqual(trace["dense_2/z"]);
    expect(trace.predictions.data).toBeAllClose([prediction], CLOSE);
    expect(trace["dense_2/h"]).toEqual(trace.predictions);
    expect(trace.loss.data).toBeAllClose([-Math.log(prediction)], CLOSE);
    expect(trace.dPredictions.data).toBeAllClose([-1 / prediction], CLOSE);
    expect(trace["dense_2/dh"]).toEqual(trace.dPredictions);
    expect(trace["dense_2/dz"].data).toBeAllClose([prediction - 1], CLOSE);
  });

  const [rows, inputs, hidden, classes] = [9, 4, 6, 3];
  const x = normals(rows * inputs, 21);
  const y = Array.from({ length: rows }, (_, row) => row % classes);
  const sampleWeight = y.map((label) => 0.5 + label);

  async function trained(): Promise<Sequential> {
    const layers = [dense({ units: hidden, activation: "tanh" }), dense({ units: classes, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [inputs], layers, seed: 4, ...runtime });
    model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "sparseCategoricalCrossentropy" });
    await model.fit({ x, y }, { epochs: 2, batchSize: 4 }); // biases that are not zero
    return model;
  }

  it("gives the gradients of central differences in float64", async () => {
    const model = await trained();
    const trace = model.trace({ x, y, sampleWeight });
    const weights = model.getWeights().map(({ name, data }) => ({ name, values: Float64Array.from(data) }));
    const [k1, b1, k2, b2] = weights.map(({ values }) => values);
    const lossOf = (): number => {
      let total = 0;
      for (let row = 0; row < rows; row++) {
        const h = Array.from(b1, (b, u) => {
          let z = b;
          for (let i = 0; i < inputs; i++) z += x[row * inputs + i] * k1[i * hidden + u];
          return Math.tanh(z);
        });
        const logits = Array.from(b2, (b, c) => h.reduce((z, value, u) => z + value * k2[u * classes + c], b));
        const sum = logits.reduce((total, z) => total + Math.exp(z), 0);
        total += sampleWeight[row] * (Math.log(sum) - logits[y[row]]);
      }
      return total / rows;
    };
    expect(trace.loss.data).toBeAllClose([lossOf()], CLOSE);
    for (const { name, values } of weights) {
      const [layer, own] = name.split("/");
      const gradient = Float64Array.from(values, (value, i) => {
        const difference = (by: number) => {
          values[i] = value + by;
          const loss = lossOf();
          values[i] = value;
          return loss;
        };
        return (difference(1e-6) - difference(-1e-6)) / 2e-6;
      });
      const { data } = trace[`${layer}/d${own[0].toUpperCase()}${own.slice(1)}`];
      expect(data, name).toBeAllClose(gradient, { rtol: 1e-5, atol: 1e-6 });
    }
  });

  it("gives the very gradients that a training step applies, and changes nothing", async () => {
    const model = await trained();
    const before = model.getWeights();
    const state = stateOf(model);
    const trace = model.trace({ x, y, sampleWeight });
    expect(stateOf(model)).toBe(state);
    const { loss } = await model.trainOnBatch({ x, y, sampleWeight });
    expect(trace.loss.data).toBeAllClose([Math.fround(loss)], same);
    model.getWeights().forEach(({ name, data }, i) => {
      const gradient = trace[name.replace(/\/(.)/, (_, first) => `/d${first.toUpperCase()}`)].data;
      const expected = Float32Array.from(before[i].data, (w, j) => w - gradient[j]); // learning rate 1
      expect(data, name).toBeAllClose(expected, same);
    });
  });

  it("shows softmax and its gradient along with a loss that is computed from the logits", async () => {
    const model = await trained();
    const trace = model.trace({ x, y, sampleWeight });
    const [z, p, dp, dz] = ["logits", "predictions", "dPredictions", "dense_2/dz"].map((name) => trace[name].data);
    expect(z).toEqual(trace["dense_2/z"].data);
    for (let row = 0; row < rows; row++) {
      const own = (values: Float32Array) => Array.from(values.subarray(row * classes, (row + 1) * classes));
      const exps = own(z).map(Math.exp);
      const sum = exps.reduce((a, b) => a + b);
      const scale = sampleWeight[row] / rows;
      const expected = exps.map((e, c) => (e / sum - Number(c === y[row])) * scale);
      expect(own(p)).toBeAllClose(
        exps.map((e) => e / sum),
        CLOSE,
      );
      expect(own(dz)).toBeAllClose(expected, CLOSE);
      const dProbabilities = own(p).map((q, c) => (1 - Number(c === y[row]) / q) * scale);
      expect(own(dp)).toBeAllClose(dProbabilities, { rtol: 1e-5, atol: 1e-6 });
      // The chain rule through softmax's Jacobian gives the gradient that ran.
      const mean = own(p).reduce((total, q, c) => total + q * dProbabilities[c], 0);
      const chained = own(p).map((q, c) => q * (dProbabilities[c] - mean));
      expect(chained).toBeAllClose(expected, CLOSE);
    }
  });

  it("has the same numbers from logits, and where the last activation is a layer of its own", async () => {
    const whole = await trained();
    const variants: [LayerSpec[], Loss, string][] = [
      [[dense({ units: classes })], sparseCategoricalCrossentropy({ fromLogits: true }), "dense_2/h"],
      [[dense({ units: classes }), activation("softmax")], "sparseCategoricalCrossentropy", "dense_2/h"],
    ];
    const expected = whole.trace({ x, y });
    for (const [last, loss, logits] of variants) {
      const layers = [dense({ units: hidden, activation: "tanh" }), ...last];
      const model = await Sequential.create({ inputShape: [inputs], layers, ...runtime });
      model.setWeights(whole.getWeights());
      model.compile({ optimizer: "sgd", loss });
      const trace = model.trace({ x, y });
      for (const name of ["logits", "predictions", "dPredictions", "dense_2/dz", "dense_1/dKernel", "dx", "loss"]) {
        expect(trace[name], name).toEqual(expected[name]);
      }
      expect(trace[logits]).toEqual(trace.logits);
    }
  });

  it("shows slots, changes and the next loss of the very step that comes", async () => {
    for (const optimizer of [sgd({ learningRate: 0.1 }), sgd({ momentum: 0.9 }), adam({ learningRate: 0.01 })]) {
      const model = await trained();
      model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
      await model.fit({ x, y }, { epochs: 1, batchSize: 4 }); // slots that are not zero
      const state = stateOf(model);
      const before = model.getWeights();
      const trace = model.trace({ x, y, sampleWeight }, { optimizer: true });
      expect(stateOf(model)).toBe(state);
      await model.trainOnBatch({ x, y, sampleWeight });
      model.getWeights().forEach(({ name, shape, data }, i) => {
        const change = trace[`optimizer/change/${name}`];
        expect(change.shape).toEqual(shape);
        expect(change.data, name).toBeAllClose(
          data.map((value, j) => value - before[i].data[j]),
          same,
        );
        expect(change.data.some((value) => value !== 0)).toBe(true);
      });
      const { loss } = await model.evaluate({ x, y, sampleWeight });
      expect(trace["optimizer/loss"].data).toBeAllClose([Math.fround(loss)], same);
      const slots = Object.keys(trace).filter((name) => /^optimizer\/(m|v|velocity)\//.test(name));
      const stored = readModelFile("test", model.save()).tensors;
      expect(slots.sort()).toEqual([...stored.keys()].filter((name) => name.startsWith("optimizer/")).sort());
      for (const name of slots) expect(trace[name].data, name).toBeAllClose(stored.get(name)?.data ?? [], same);
    }
  });

  it("agrees with predict and evaluate", async () => {
    const model = await trained();
    const trace = model.trace({ x, y });
    expect(trace.predictions.data).toBeAllClose(model.predict(x), same);
    expect(trace.loss.data).toBeAllClose([Math.fround((await model.evaluate({ x, y })).loss)], same);
  });

  it("returns copies: a later step does not reach into an earlier trace", async () => {
    const model = await trained();
    const copy = (trace: Trace) => structuredClone({ ...trace });
    const trace = model.trace({ x, y } satisfies Data);
    const kept = copy(trace);
    await model.trainOnBatch({ x, y });
    expect(model.trace({ x, y })).not.toEqual(kept);
    expect(trace).toEqual(kept);
  });
});
