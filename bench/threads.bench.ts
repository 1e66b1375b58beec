/** Gain from threads: the same model with one thread and with more, in turn. Results must be equal, bit for bit. */
import type { Dataset, Sequential } from "simdgrad";
import { mnist } from "simdgrad/node";
import type { Contest, ContestCase, Setup } from "./cases.js";
import { FULL_BATCH, factsOf, MNIST, type Net, openModel, rowsFor } from "./nets.js";

/** The column of the model with one thread. */
const ONE = "1 thread";

async function openBoth(net: Net, setup: Setup): Promise<[one: Sequential, more: Sequential]> {
  const threads = typeof setup.threads === "number" && setup.threads > 1 ? setup.threads : 2;
  return [await openModel(net, { ...setup, threads: 1 }), await openModel(net, { ...setup, threads })];
}

function assertSame(what: string, ours: ArrayLike<number>, other: ArrayLike<number>): void {
  for (let i = 0; i < ours.length; i++) {
    if (!Object.is(ours[i], other[i]))
      throw new Error(`${what}: at ${i} ${ours[i]} with threads, ${other[i]} without.`);
  }
}

async function trainingContest(net: Net, data: Dataset, few: number, setup: Setup): Promise<Contest> {
  const [one, more] = await openBoth(net, setup);
  const { batchSize } = net;
  const train = (model: Sequential, rows: Dataset) => model.fit(rows, { batchSize });
  const facts = factsOf(more);
  return {
    ...facts,
    async verify() {
      const [first] = few < data.length ? data.split({ fraction: 1 - few / data.length }) : [data];
      await train(one, first);
      await train(more, first);
      const weights = one.getWeights();
      for (const [i, { name, data: values }] of more.getWeights().entries()) assertSame(name, values, weights[i].data);
    },
    ours: () => train(more, data),
    rivals: { [ONE]: () => train(one, data) },
    close() {
      one.dispose();
      more.dispose();
    },
  };
}

const epoch: ContestCase = {
  group: "threads",
  name: "mnist 784-128-10 epoch",
  async open(setup) {
    const { train } = await mnist();
    return trainingContest(MNIST, train, 6400, setup);
  },
};

const fullBatch: ContestCase = {
  group: "threads",
  name: "mnist 784-532-10 full batch",
  async open(setup) {
    const { train } = await mnist();
    return trainingContest(FULL_BATCH, train, train.length, setup);
  },
};

const predict: ContestCase = {
  group: "threads",
  name: "784-128-10 predict 1000 rows",
  flops: 2 * 1000 * (784 * 128 + 128 * 10),
  async open(setup) {
    const [one, more] = await openBoth(MNIST, setup);
    const { x } = rowsFor(MNIST, 1000);
    const ours = () => more.predict(x);
    const single = () => one.predict(x);
    const verify = () => assertSame("predict", ours(), single());
    return { ...factsOf(more), verify, ours, rivals: { [ONE]: single } };
  },
};

export const threadCases: ContestCase[] = [epoch, fullBatch, predict];
