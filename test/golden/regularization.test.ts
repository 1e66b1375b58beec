// Regularizers and constraints against PyTorch's gradients and Keras's formulas: losses with their penalties, weights.
import { describe, expect, it } from "vitest";
import { type Activation, type DenseOptions, dense, type Loss, Sequential, sgd, type Weight } from "../../src/index.js";
import { runtimes } from "../model/runtimes.js";
import { readFixture } from "./fixture.js";

type Plain = Omit<Weight, "data"> & { data: number[] };

interface Fixture {
  inputShape: number[];
  layers: { units: number; activation: Activation }[];
  loss: Loss;
  x: number[][];
  y: number[];
  initialWeights: Plain[];
  cases: {
    name: string;
    options: Partial<DenseOptions>[];
    losses: number[];
    evaluated: number;
    finalWeights: Plain[];
  }[];
}

const { inputShape, layers, loss, x, y, initialWeights, cases } = readFixture<Fixture>("regularization");
const TOLERANCE = { rtol: 1e-5, atol: 1e-5 };

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(cases)("$name", async ({ options, losses, evaluated, finalWeights }) => {
    const regularized = layers.map((layer, i) => dense({ ...layer, ...options[i] }));
    const model = await Sequential.create({ inputShape, layers: regularized, ...runtime });
    model.setWeights(initialWeights);
    model.compile({ optimizer: sgd({ learningRate: 0.2, momentum: 0.9 }), loss });
    const actual: number[] = [];
    for (let step = 0; step < losses.length; step++) {
      const begin = 10 * (step % 3);
      const batch = { x: x.slice(begin, begin + 10), y: y.slice(begin, begin + 10) };
      actual.push((await model.trainOnBatch(batch)).loss);
    }
    expect(actual).toBeAllClose(losses, TOLERANCE);
    model.getWeights().forEach(({ name, data }, i) => {
      expect(data, name).toBeAllClose(finalWeights[i].data, TOLERANCE);
    });
    // The penalty counts once, whatever the passes.
    for (const batchSize of [30, 7]) {
      expect([(await model.evaluate({ x, y }, { batchSize })).loss]).toBeAllClose([evaluated], TOLERANCE);
    }
    const { loss: traced } = model.trace({ x, y });
    expect(traced.data).toBeAllClose([evaluated], TOLERANCE);
  });
});
