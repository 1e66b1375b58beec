// The programs in examples/, run as tests: their numbers against arithmetic that does not come from the library.
import { readdirSync, readFileSync } from "node:fs";
import { mnist } from "simdgrad/node";
import { describe, expect, it } from "vitest";
import { run as activations } from "../examples/activations.js";
import { run as mnistFromScratch } from "../examples/mnist-from-scratch.js";
import { run as mnistKeras } from "../examples/mnist-keras.js";
import { run as neuron } from "../examples/neuron.js";
import { GOAL, run as optimizers } from "../examples/optimizers.js";
import { run as regression } from "../examples/regression.js";
import { examples } from "../examples/run.js";
import { run as weightHeight } from "../examples/weight-height.js";
import { run as xor, learningRate as xorRate } from "../examples/xor.js";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe("neuron", () => {
  // Written out term by term, from the weights as they stand in the example.
  const h1 = 0.5 * 2.1 - 0.2 * 1.7 + 0.9 * 3.3 - 0.3 * 0.8 + 1.5;
  const h2 = 0.7 * 2.1 + 0.4 * 1.7 - 0.6 * 3.3 + 0.8 * 0.8 + 2.2;
  const h3 = -0.1 * 2.1 + 0.6 * 1.7 + 0.2 * 3.3 - 0.7 * 0.8 + 0.9;
  const second = (a: number, b: number, c: number) => [
    0.3 * a - 0.4 * b + 0.6 * c + 0.7,
    0.2 * a + 0.5 * b - 0.3 * c + 1.2,
    0.8 * a - 0.1 * b + 0.4 * c - 0.5,
  ];
  const expected: Record<string, number[][]> = {
    "sigmoid neuron": [[sigmoid(0 * 2 + 1 * 3 + 4)]],
    "2-2-1, shared weights": [[sigmoid(sigmoid(3))]],
    "linear, 3 inputs": [[2.5 * 0.6 - 1.8 * 0.4 + 0.7 * 1.2 + 0.8]],
    "linear, 4 inputs": [[3.2 * 0.3 - 1.5 * 0.8 + 2.1 * 0.5 + 0.9 * 1.1 + 1.4]],
    "layer of three": [[h1, h2, h3]],
    "two layers": [second(h1, h2, h3)],
    "a batch of three": [
      second(h1, h2, h3),
      second(0.5 + 1.5, 0.7 + 2.2, -0.1 + 0.9),
      second(-0.5 - 0.1 + 1.8 - 0.45 + 1.5, -0.7 + 0.2 - 1.2 + 1.2 + 2.2, 0.1 + 0.3 + 0.4 - 1.05 + 0.9),
    ],
  };

  it("computes what the sums give, and names the printed figures that differ", async () => {
    const { results, parameters } = await neuron();
    expect(results.map(({ name }) => name)).toEqual(Object.keys(expected));
    for (const { name, outputs } of results) {
      expect(outputs.flat(), name).toBeAllClose(expected[name].flat(), { rtol: 1e-6, atol: 1e-7 });
    }
    expect(results[0].outputs[0][0]).toBeCloseTo(0.9990889, 6);
    expect(results[1].outputs[0][0]).toBeCloseTo(0.7216326, 6);
    expect(results[2].outputs[0][0]).toBeCloseTo(2.42, 6);
    expect(results[3].outputs[0][0]).toBeCloseTo(3.2, 6);
    expect(results[4].outputs[0]).toBeAllClose([4.94, 3.01, 1.81], { rtol: 1e-6, atol: 0 });
    expect(results[5].outputs[0]).toBeAllClose([2.064, 3.15, 3.875], { rtol: 1e-6, atol: 0 });
    expect(results.map(({ agrees }) => agrees)).toEqual([true, true, false, false, false, false, null]);
    expect(parameters).toEqual({ weights: 64 * 64 + 64 * 10, all: 64 * 64 + 64 * 10 + 64 + 10 });
  });
});

describe("xor", () => {
  it.each(SEEDS)("all four outputs round right, seed %i", async (seed) => {
    const { outputs, errorSums, isSolved } = await xor({ seed });
    expect(outputs.map(Math.round).map(Math.abs)).toEqual([0, 1, 1, 0]);
    expect(isSolved).toBe(true);
    expect(errorSums.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i * 5000));
    expect(Math.abs(errorSums[11].errorSum)).toBeLessThan(0.05);
  });

  it("steps by 0.1 times the sum of errors", async () => {
    expect(xorRate).toBe(0.2);
    const epochs = 200;
    const { firstWeights, weights } = await xor({ seed: 1, epochs });
    const w1 = Float64Array.from(firstWeights[0].data);
    const w2 = Float64Array.from(firstWeights[1].data);
    expect([...w1, ...w2].every((weight) => weight >= 0 && weight < 1)).toBe(true);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const change1 = new Float64Array(6);
      const change2 = new Float64Array(3);
      for (const [a, b, target] of [
        [0, 0, 0],
        [0, 1, 1],
        [1, 0, 1],
        [1, 1, 0],
      ]) {
        const hidden = [0, 1, 2].map((j) => sigmoid(a * w1[j] + b * w1[3 + j]));
        const error = target - hidden.reduce((sum, h, j) => sum + h * w2[j], 0);
        hidden.forEach((h, j) => {
          const slope = error * w2[j] * h * (1 - h);
          change2[j] += error * h;
          change1[j] += slope * a;
          change1[3 + j] += slope * b;
        });
      }
      for (let i = 0; i < 6; i++) w1[i] += 0.1 * change1[i];
      for (let i = 0; i < 3; i++) w2[i] += 0.1 * change2[i];
    }
    expect(weights[0].data).toBeAllClose(w1, { rtol: 1e-4, atol: 1e-5 });
    expect(weights[1].data).toBeAllClose(w2, { rtol: 1e-4, atol: 1e-5 });
  });
});

describe("weight-height", () => {
  it.each(SEEDS)("learns both classes, seed %i", async (seed) => {
    const { lossByEpoch, losses, predictions } = await weightHeight({ seed });
    expect(lossByEpoch).toHaveLength(1000);
    expect(losses).toHaveLength(100);
    expect(losses[40]).toBe(lossByEpoch[400]);
    expect(lossByEpoch[400]).toBeLessThan(0.01);
    expect(lossByEpoch[999]).toBeLessThan(0.005);
    expect(predictions[0]).toBeGreaterThan(0.9);
    expect(predictions[1]).toBeLessThan(0.1);
  });
});

describe("regression", () => {
  it("fits the sine", async () => {
    const { loss, meanAbsoluteError } = await regression();
    expect(loss).toHaveLength(200);
    expect(meanAbsoluteError).toBeLessThan(0.03);
  });
});

describe("activations", () => {
  const formulas: Record<string, (x: number) => number> = {
    sigmoid,
    tanh: Math.tanh,
    relu: (x) => Math.max(0, x),
    leakyRelu: (x) => (x < 0 ? 0.2 * x : x),
    elu: (x) => (x < 0 ? Math.exp(x) - 1 : x),
    softmax: (x) => Math.exp(x) / (Math.exp(x) + Math.E + 1),
  };
  const kinks = ["relu", "leakyRelu"];

  it("every curve is its formula, every derivative the central difference", async () => {
    const { curves, svgs } = await activations();
    expect(curves.map(({ name }) => name)).toEqual(Object.keys(formulas));
    const step = 1e-4;
    for (const { name, x, y, slope } of curves) {
      const f = formulas[name];
      expect(y, name).toBeAllClose(x.map(f), { rtol: 1e-6, atol: 1e-6 });
      const smooth = x.map((_, i) => i).filter((i) => !kinks.includes(name) || Math.abs(x[i]) > step);
      expect(smooth.length).toBeGreaterThan(300);
      const differences = smooth.map((i) => (f(x[i] + step) - f(x[i] - step)) / (2 * step));
      // At 0 elu bends from e^x to 1: the difference there is off by a quarter of the step.
      const actual = smooth.map((i) => slope[i]);
      expect(actual, name).toBeAllClose(differences, { rtol: 1e-5, atol: 3e-5 });
    }
    expect(svgs["activations.svg"].match(/<path /g)).toHaveLength(12);
    expect(svgs["activations.svg"]).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("softmax and cross-entropy by hand, and which printed figures differ", async () => {
    const { probabilities, agrees, loss, lossAgrees } = await activations();
    const rows = [
      [2, 4, 6, 8],
      [1, 2, 3, 2.5],
      [2, 5, -1, 2],
      [-1.5, 2.7, 3.3, -0.8],
    ];
    rows.forEach((row, i) => {
      const sum = row.reduce((total, z) => total + Math.exp(z), 0);
      expect(probabilities[i]).toBeAllClose(
        row.map((z) => Math.exp(z) / sum),
        { rtol: 1e-6, atol: 0 },
      );
    });
    expect(agrees).toEqual([true, true, false, false]);
    expect(loss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.5) + Math.log(0.98)) / 3, 6);
    expect(lossAgrees).toBe(false);
  });
});

describe("optimizers", () => {
  it.each([1, 2, 3])("each method reaches the goal, seed %i", async (seed) => {
    const { results, svgs } = await optimizers({ seed });
    expect(GOAL).toBe(0.05);
    expect(results).toHaveLength(4);
    for (const { name, loss, accuracy, epochsToGoal, updatesToGoal, updatesPerEpoch } of results) {
      expect(Math.min(...loss), name).toBeLessThan(GOAL);
      expect(accuracy, name).toBeGreaterThan(0.97);
      expect(updatesToGoal).toBe(Number(epochsToGoal) * updatesPerEpoch);
    }
    const [full, mini, single, adam] = results.map(({ epochsToGoal }) => Number(epochsToGoal));
    expect(single).toBeLessThan(mini);
    expect(Math.max(mini, adam)).toBeLessThan(full);
    expect(svgs["optimizers.svg"].match(/<path /g)).toHaveLength(8);
    expect(svgs["optimizers.svg"]).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("mnist-keras", () => {
  it("gets at least 97.5 % of the test images right", async () => {
    const { accuracy, matrix, history } = await mnistKeras();
    expect(history.loss).toHaveLength(5);
    expect(accuracy).toBeGreaterThanOrEqual(0.975);
    const hits = Array.from({ length: 10 }, (_, label) => matrix.counts[label * 11]);
    expect(hits.reduce((sum, count) => sum + count, 0) / 10_000).toBeCloseTo(accuracy, 12);
  });
});

describe("mnist-from-scratch", () => {
  it("the loss falls as in plain float64 arithmetic, and the first weights are N(0, 2 / inputs)", async () => {
    const [rows, epochs] = [2000, 3];
    const { loss, firstWeights, matrix, svgs } = await mnistFromScratch({ rows, epochs });
    const kernels = [firstWeights[0].data, firstWeights[2].data];
    [784, 532].forEach((inputs, i) => {
      const variance = kernels[i].reduce((sum, weight) => sum + weight * weight, 0) / kernels[i].length;
      expect(variance * (inputs / 2)).toBeCloseTo(1, 1);
    });
    // N, not truncated: some of 417 088 draws lie beyond three deviations.
    expect(kernels[0].some((weight) => Math.abs(weight) > 3 * Math.sqrt(2 / 784))).toBe(true);
    const { train } = await mnist();
    const expected = plainDescent(train.x, train.y, firstWeights, { rows, epochs, rate: 0.03 });
    expect(loss).toBeAllClose(expected, { rtol: 1e-5, atol: 0 });
    expect(loss[1]).toBeLessThan(loss[0]);
    expect(loss[2]).toBeLessThan(loss[1]);
    expect(matrix.counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(svgs["mnist-from-scratch.svg"]).toContain("training loss");
  });
});

/** 784-532-10 with relu and softmax, full-batch gradient descent on the mean cross-entropy, in float64 loops. */
function plainDescent(
  x: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: readonly { data: ArrayLike<number> }[],
  { rows, epochs, rate }: { rows: number; epochs: number; rate: number },
): number[] {
  const [inputs, hidden, classes] = [784, 532, 10];
  const [w1, b1, w2, b2] = weights.map(({ data }) => Float64Array.from(data));
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const [d1, e1, d2, e2] = [w1, b1, w2, b2].map(({ length }) => new Float64Array(length));
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const h = Float64Array.from(b1);
      for (let i = 0; i < inputs; i++) {
        const pixel = x[row * inputs + i];
        if (pixel !== 0) for (let j = 0; j < hidden; j++) h[j] += pixel * w1[i * hidden + j];
      }
      const z = Float64Array.from(b2);
      for (let j = 0; j < hidden; j++) {
        h[j] = Math.max(0, h[j]);
        for (let k = 0; k < classes; k++) z[k] += h[j] * w2[j * classes + k];
      }
      const total = z.reduce((s, value) => s + Math.exp(value), 0);
      const dz = z.map((value, k) => Math.exp(value) / total - Number(labels[row] === k));
      sum -= z[labels[row]] - Math.log(total);
      const dh = new Float64Array(hidden);
      for (let j = 0; j < hidden; j++) {
        for (let k = 0; k < classes; k++) {
          d2[j * classes + k] += h[j] * dz[k];
          if (h[j] > 0) dh[j] += w2[j * classes + k] * dz[k];
        }
        e1[j] += dh[j];
      }
      for (let k = 0; k < classes; k++) e2[k] += dz[k];
      for (let i = 0; i < inputs; i++) {
        const pixel = x[row * inputs + i];
        if (pixel !== 0) for (let j = 0; j < hidden; j++) d1[i * hidden + j] += pixel * dh[j];
      }
    }
    losses.push(sum / rows);
    for (const [w, d] of [
      [w1, d1],
      [b1, e1],
      [w2, d2],
      [b2, e2],
    ]) {
      for (let i = 0; i < w.length; i++) w[i] -= (rate * d[i]) / rows;
    }
  }
  return losses;
}

describe("the list of examples", () => {
  const folder = new URL("../examples/", import.meta.url);

  it("names every program, and the README has a row for each", () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith(".js") && name !== "run.js");
    expect(
      Object.keys(examples)
        .map((name) => `${name}.js`)
        .sort(),
    ).toEqual(programs.sort());
    const readme = readFileSync(new URL("README.md", folder), "utf8");
    for (const name of Object.keys(examples)) expect(readme).toContain(`| [${name}](${name}.js) |`);
  });
});
