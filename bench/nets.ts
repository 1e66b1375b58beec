/** The benchmarked nets, each built three times with the same weights: ours and both rivals'. */
import { adam, dense, Sequential, sgd } from "simdgrad";
import type { Contest, Setup } from "./cases.js";
import { plainProducts } from "./plainProducts.js";
import { PureJsMlp, type PureJsMlpOptions } from "./pureJsMlp.js";
import { tunedProducts } from "./tunedProducts.js";
import { seeded, seededLabels } from "./verify.js";

/** `batchSize` is the number of rows in one training step. */
export type Net = PureJsMlpOptions & { name: string };

export const XOR: Net = {
  name: "2-3-1",
  sizes: [2, 3, 1],
  hidden: "sigmoid",
  output: "linear",
  optimizer: { type: "sgd", learningRate: 0.1 },
  batchSize: 4,
};

export const SMALL: Net = {
  name: "64-64-10",
  sizes: [64, 64, 10],
  hidden: "relu",
  output: "softmax",
  optimizer: { type: "adam", learningRate: 1e-3 },
  batchSize: 32,
};

export const MNIST: Net = { ...SMALL, name: "784-128-10", sizes: [784, 128, 10] };

/** A step over all rows of MNIST at once. */
export const FULL_BATCH: Net = {
  ...SMALL,
  name: "784-532-10",
  sizes: [784, 532, 10],
  optimizer: { type: "sgd", learningRate: 0.1 },
  batchSize: 60_000,
};

export async function openModel({ sizes, hidden, output, optimizer }: Net, setup: Setup): Promise<Sequential> {
  const last = sizes.length - 1;
  const layers = sizes
    .slice(1)
    .map((units, i) =>
      dense({ units, activation: i + 1 < last ? hidden : output === "softmax" ? "softmax" : "linear" }),
    );
  const model = await Sequential.create({ inputShape: [sizes[0]], layers, seed: 1, ...setup });
  const { learningRate = 1e-3 } = optimizer;
  model.compile({
    optimizer: optimizer.type === "adam" ? adam({ learningRate }) : sgd({ learningRate }),
    loss: output === "softmax" ? "sparseCategoricalCrossentropy" : "meanSquaredError",
  });
  return model;
}

/** The parts of a contest that come from a model on our side. */
export function factsOf(model: Sequential): Pick<Contest, "engine" | "close"> {
  return {
    engine() {
      const { variant, backend, threads } = model.info();
      return { variant: variant ?? backend, threads };
    },
    close: () => model.dispose(),
  };
}

export interface Trio {
  model: Sequential;
  plain: PureJsMlp;
  tuned: PureJsMlp;
  facts: Pick<Contest, "engine" | "close">;
}

export async function openTrio(net: Net, setup: Setup): Promise<Trio> {
  const model = await openModel(net, setup);
  const weights = model.getWeights().map(({ data }) => data);
  const [plain, tuned] = [plainProducts, tunedProducts].map((products) => {
    const rival = new PureJsMlp(net, products);
    rival.setWeights(weights);
    return rival;
  });
  return { model, plain, tuned, facts: factsOf(model) };
}

/** Seeded rows that fit a net: `labels` for softmax, else `targets`. */
export function rowsFor({ sizes, output }: Net, rows: number): { x: Float32Array; y: Float32Array | Int32Array } {
  const outputs = sizes[sizes.length - 1];
  const y = output === "softmax" ? seededLabels(rows, outputs, 2) : seeded(rows * outputs, 2);
  return { x: seeded(rows * sizes[0], 1), y };
}
