/** The nets that are benchmarked, each built twice with the same weights: ours and the rival's. */
import { adam, dense, Sequential, sgd } from "simdgrad";
import type { Contest, Setup } from "./harness.js";
import { PureJsMlp, type PureJsMlpOptions } from "./pureJsMlp.js";
import { seeded, seededLabels } from "./verify.js";

/** `batchSize` is the rows of one training step. */
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

export interface Pair {
  model: Sequential;
  rival: PureJsMlp;
  /** What a contest says of our side. */
  facts: Pick<Contest, "variant" | "threads" | "close">;
}

export async function openPair(net: Net, { backend, deterministic }: Setup): Promise<Pair> {
  const { sizes, hidden, output, optimizer } = net;
  const last = sizes.length - 1;
  const layers = sizes
    .slice(1)
    .map((units, i) =>
      dense({ units, activation: i + 1 < last ? hidden : output === "softmax" ? "softmax" : "linear" }),
    );
  const model = await Sequential.create({ inputShape: [sizes[0]], layers, seed: 1, backend, deterministic });
  const { learningRate = 1e-3 } = optimizer;
  model.compile({
    optimizer: optimizer.type === "adam" ? adam({ learningRate }) : sgd({ learningRate }),
    loss: output === "softmax" ? "sparseCategoricalCrossentropy" : "meanSquaredError",
  });
  const rival = new PureJsMlp(net);
  rival.setWeights(model.getWeights().map(({ data }) => data));
  const info = model.info();
  const variant = info.variant ?? info.backend;
  return { model, rival, facts: { variant, threads: info.threads, close: () => model.dispose() } };
}

/** Seeded rows that fit a net: `labels` for softmax, else `targets`. */
export function rowsFor({ sizes, output }: Net, rows: number): { x: Float32Array; y: Float32Array | Int32Array } {
  const outputs = sizes[sizes.length - 1];
  const y = output === "softmax" ? seededLabels(rows, outputs, 2) : seeded(rows * outputs, 2);
  return { x: seeded(rows * sizes[0], 1), y };
}
