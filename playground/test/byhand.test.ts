/** The bench for work by hand: published numbers, derivatives by differences, and a step of the library. */
import { dense, Sequential, sgd } from "simdgrad";
import { describe, expect, it } from "vitest";
import { examples } from "../src/byhand/examples.js";
import { backward, forward, type HandNet, handActivations, handLosses, lossOf, stepped } from "../src/byhand/net.js";

const outputsOf = (net: HandNet) => forward(net).at(-1)?.outputs ?? [];

describe("examples", () => {
  it.each([
    // The first two as published; the others as worked out on paper, because the published ones are wrong.
    [0, [0.9990889488055994]],
    [1, [0.7216325609518421]],
    [2, [2.42]],
    [3, [3.2]],
    [5, [2.064, 3.15, 3.875]],
  ])("%i gives %j", (at, wanted) => {
    expect(outputsOf(examples[at].net)).toEqual(wanted.map((value) => expect.closeTo(value, 12)));
  });

  it("softmax of a layer of three has the sums of the course", () => {
    const [{ sums, outputs }] = forward(examples[4].net);
    expect(sums).toEqual([4.94, 3.01, 1.81].map((value) => expect.closeTo(value, 12)));
    expect(outputs.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(lossOf(examples[4].net)).toBeCloseTo(Math.log(1 + Math.exp(-1.93) + Math.exp(-3.13)), 12);
  });
});

describe("gradients", () => {
  const cases = handActivations.flatMap((activation) => handLosses.map((loss) => [activation, loss] as const));

  it.each(cases)("of %s with %s are the differences of the loss", (activation, loss) => {
    const net: HandNet = {
      inputs: [0.5, -1.5],
      layers: [
        {
          weights: [
            [0.3, -0.2],
            [0.4, 0.1],
            [-0.6, 0.7],
          ],
          biases: [0.1, -0.3, 0.2],
          activation: activation === "softmax" ? "tanh" : activation,
        },
        {
          weights: [
            [0.2, -0.5, 0.9],
            [0.4, 0.3, -0.1],
          ],
          biases: [0.05, 0.4],
          activation,
        },
      ],
      targets: [1, 0],
      loss,
      rate: 0.1,
    };
    const found = backward(net);
    const moved = (layer: number, neuron: number, from: number | null, by: number): HandNet => ({
      ...net,
      layers: net.layers.map((each, at) =>
        at !== layer
          ? each
          : {
              ...each,
              biases: each.biases.map((b, j) => (j === neuron && from === null ? b + by : b)),
              weights: each.weights.map((row, j) => row.map((w, i) => (j === neuron && i === from ? w + by : w))),
            },
      ),
    });
    const slope = (...place: [number, number, number | null]) =>
      (lossOf(moved(...place, 1e-6)) - lossOf(moved(...place, -1e-6))) / 2e-6;
    for (const [at, layer] of net.layers.entries()) {
      for (const [j, row] of layer.weights.entries()) {
        expect(found[at].biases[j]).toBeCloseTo(slope(at, j, null), 7);
        row.forEach((_, i) => {
          expect(found[at].weights[j][i]).toBeCloseTo(slope(at, j, i), 7);
        });
      }
    }
  });
});

it("a step of 2-2-1 is the library's", async () => {
  const net: HandNet = { ...examples[1].net, inputs: [-2, -1] };
  const layers = net.layers.map(({ biases, activation }) =>
    dense({ units: biases.length, activation: activation as "sigmoid" }),
  );
  const model = await Sequential.create({ inputShape: [2], layers });
  const turned = (rows: readonly (readonly number[])[]) => rows[0].flatMap((_, i) => rows.map((row) => row[i]));
  const flat = (each: HandNet) => each.layers.flatMap(({ weights, biases }) => [turned(weights), biases]);
  model.setWeights(model.getWeights().map((weight, i) => ({ ...weight, data: Float32Array.from(flat(net)[i]) })));
  model.compile({ optimizer: sgd({ learningRate: net.rate }), loss: "meanSquaredError" });
  const { loss } = await model.fit({ x: [[-2, -1]], y: [1] }, { epochs: 1 });
  expect(loss[0]).toBeCloseTo(lossOf(net), 6);
  const after = flat(stepped(net)).map((values) => values.map((value) => expect.closeTo(value, 6)));
  expect(model.getWeights().map(({ data }) => [...data])).toEqual(after);
  model.dispose();
});
