// Whole trainings through the public API against PyTorch and scikit-learn: the loss of every step and the last weights.
import { describe, expect, it } from "vitest";
import {
  type Activation,
  type Data,
  dense,
  type Loss,
  type Optimizer,
  Sequential,
  type Weight,
} from "../../src/index.js";
import { runtimes } from "../model/runtimes.js";
import { readFixture } from "./fixture.js";

interface Case {
  name: string;
  inputShape: number[];
  layers: { units: number; activation: Activation }[];
  loss: Loss;
  optimizer: Optimizer;
  batchSize: number;
  steps: number;
  x: number[][];
  y: number[] | number[][];
  initialWeights: (Omit<Weight, "data"> & { data: number[] })[];
  losses: number[];
  finalWeights: (Omit<Weight, "data"> & { data: number[] })[];
}

const cases = ["training", "moreTraining"].flatMap((name) => readFixture<{ cases: Case[] }>(name).cases);

async function build(given: Case, runtime: object): Promise<Sequential> {
  const { inputShape, layers, optimizer, loss, initialWeights } = given;
  const model = await Sequential.create({ inputShape, layers: layers.map((options) => dense(options)), ...runtime });
  model.setWeights(initialWeights);
  model.compile({ optimizer, loss });
  return model;
}

/** Trains by `fit`; returns the loss of each step, from the running means that callbacks see. */
async function fitStepByStep(model: Sequential, { x, y, batchSize, steps }: Case): Promise<number[]> {
  const losses: number[] = [];
  let before = { rows: 0, sum: 0 };
  const onBatchEnd = ({ step, rows }: { step: number; rows: number }, logs: () => Readonly<Record<string, number>>) => {
    if (step === 0) before = { rows: 0, sum: 0 };
    const sum = logs().loss * rows;
    losses.push((sum - before.sum) / (rows - before.rows));
    before = { rows, sum };
  };
  const epochs = steps / Math.ceil(x.length / batchSize);
  await model.fit({ x, y }, { epochs, batchSize, shuffle: false, callbacks: [{ onBatchEnd }] });
  return losses;
}

function batch({ x, y, batchSize }: Case, step: number): Data {
  const begin = (step % Math.ceil(x.length / batchSize)) * batchSize;
  return { x: x.slice(begin, begin + batchSize), y: y.slice(begin, begin + batchSize) as number[] };
}

describe.each(runtimes)("%s", (name, runtime) => {
  it.each(cases)("$name", async (given) => {
    const model = await build(given, runtime);
    expect(model.info().variant ?? "reference").toBe(name);
    const losses = await fitStepByStep(model, given);
    expect(losses).toBeAllClose(given.losses, { rtol: 1e-6, atol: 2e-6 });
    const weights = model.getWeights();
    expect(weights.map(({ name, shape }) => ({ name, shape }))).toEqual(
      given.finalWeights.map(({ name, shape }) => ({ name, shape })),
    );
    weights.forEach(({ name, data }, i) => {
      expect(data, name).toBeAllClose(given.finalWeights[i].data, { rtol: 1e-6, atol: 1e-5 });
    });
  });

  it.each(cases.filter(({ x, batchSize }) => x.length > batchSize))(
    "$name: trainOnBatch is one step of fit",
    async (given) => {
      const [byFit, byBatch] = [await build(given, runtime), await build(given, runtime)];
      await fitStepByStep(byFit, given);
      for (let step = 0; step < given.steps; step++) {
        const { loss } = await byBatch.trainOnBatch(batch(given, step));
        expect([loss]).toBeAllClose([given.losses[step]], { rtol: 1e-6, atol: 2e-6 });
      }
      expect(byBatch.getWeights()).toEqual(byFit.getWeights());
    },
  );
});
