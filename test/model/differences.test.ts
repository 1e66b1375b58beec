// Numbers that differ from Keras's on purpose (ADR 23), added up by hand.
import { describe, expect, it } from "vitest";
import {
  dense,
  minMaxNorm,
  nonNeg,
  type Optimizer,
  piecewiseConstantDecay,
  Sequential,
  sgd,
  tversky,
} from "../../src/index.js";
import { runtimes } from "./runtimes.js";

describe.each(runtimes)("%s", (_, runtime) => {
  /** One weight, batches of one row, each with gradient 1. */
  async function trained(optimizer: Optimizer, weight: number, rows: number, kernelConstraint?: object) {
    const constraint = kernelConstraint ? { kernelConstraint: kernelConstraint as ReturnType<typeof nonNeg> } : {};
    const layers = [dense({ units: 1, useBias: false, ...constraint })];
    const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
    model.setWeights([{ ...model.getWeights()[0], data: [weight] }]);
    model.compile({ optimizer, loss: "meanAbsoluteError" });
    const data = { x: new Float32Array(rows).fill(1), y: new Float32Array(rows).fill(-1000) };
    await model.fit(data, { batchSize: 1, shuffle: false });
    return model.getWeights()[0].data[0];
  }

  it("a schedule counts updates: both of them take the rate up to and with step 1", async () => {
    const learningRate = piecewiseConstantDecay({ boundaries: [1], values: [0.1, 0.01] });
    expect(await trained(sgd({ learningRate, gradientAccumulationSteps: 2 }), 0, 4)).toBeCloseTo(-0.2, 6);
  });

  it("a learning rate that is a function is asked for updates", async () => {
    const asked: number[] = [];
    const learningRate = (step: number) => {
      asked.push(step);
      return 0.1;
    };
    await trained(sgd({ learningRate, gradientAccumulationSteps: 2 }), 0, 6);
    expect([...new Set(asked)]).toEqual([0, 1, 2]);
  });

  it("averages are of updates: -0.1, -0.15, -0.225, -0.3125", async () => {
    const options = { learningRate: 0.1, gradientAccumulationSteps: 2, useEma: true, emaMomentum: 0.5 };
    expect(await trained(sgd(options), 0, 8)).toBeCloseTo(-0.3125, 6);
  });

  it("constraints act after updates: once from 3 halfway to 1", async () => {
    const constraint = minMaxNorm({ minValue: 0, maxValue: 1, rate: 0.5 });
    const optimizer = sgd({ learningRate: 0, gradientAccumulationSteps: 4 });
    expect(await trained(optimizer, 3, 4, constraint)).toBeCloseTo(2, 6);
  });

  it("averages are of constrained weights: 0.05, then half of it three times", async () => {
    const optimizer = sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 });
    expect(await trained(optimizer, 0.15, 4, nonNeg())).toBeCloseTo(0.00625, 8);
  });

  it("tversky weights outputs beyond their targets with alpha; rows of sparsemax sum to 1", async () => {
    const identity = { units: 2, useBias: false, kernelInitializer: "identity" } as const;
    const model = await Sequential.create({ inputShape: [2], layers: [dense(identity)], ...runtime });
    model.compile({ optimizer: "sgd", loss: tversky({ alpha: 0.25, beta: 0.75 }) });
    const { loss } = await model.evaluate({ x: [[0.5, 0.25]], y: [[1, 0]] });
    expect(loss).toBeCloseTo(0.466667, 6);
    const layers = [dense({ ...identity, units: 3, activation: "sparsemax" })];
    const other = await Sequential.create({ inputShape: [3], layers, ...runtime });
    expect([...other.predict([[0, 0.5, 1]])]).toEqual([0, 0.25, 0.75]);
  });

  it("accuracy of several yes-or-no outputs counts outputs: 6 of 8", async () => {
    const layers = [dense({ units: 2, useBias: false, activation: "linear" })];
    const model = await Sequential.create({ inputShape: [2], layers, ...runtime });
    model.setWeights([{ ...model.getWeights()[0], data: [1, 0, 0, 1] }]);
    model.compile({
      optimizer: "sgd",
      loss: { type: "binaryCrossentropy", fromLogits: true },
      metrics: ["accuracy", "categoricalAccuracy"],
    });
    const probabilities = [[0.9, 0.8], [0.2, 0.1], [0.7, 0.6], [0.4, 0.45]]; // biome-ignore format: rows
    const x = probabilities.map((row) => row.map((p) => Math.log(p / (1 - p))));
    const y = [[1, 1], [0, 0], [1, 0], [0, 1]]; // biome-ignore format: rows
    const { accuracy, categoricalAccuracy } = await model.evaluate({ x, y });
    expect([accuracy, categoricalAccuracy]).toEqual([0.75, 1]);
  });
});
