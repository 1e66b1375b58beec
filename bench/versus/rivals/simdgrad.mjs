/** This library. Options: deterministic, threads. */
import { readFileSync } from "node:fs";
import { adam, dense, Sequential, sgd } from "../../../build/js/index.js";
import { fitRange } from "./batches.mjs";

export async function open(spec) {
  const { sizes, hidden, output, optimizer, batch, x, y, weights, deterministic, threads } = spec;
  const last = sizes.length - 2;
  const final = output === "softmax" ? "softmax" : "linear";
  const layers = sizes.slice(1).map((units, i) => dense({ units, activation: i < last ? hidden : final }));
  const model = await Sequential.create({ inputShape: [sizes[0]], layers, seed: 1, deterministic, threads });
  const { learningRate } = optimizer;
  model.compile({
    optimizer: optimizer.type === "adam" ? adam({ learningRate }) : sgd({ learningRate }),
    loss: output === "softmax" ? "sparseCategoricalCrossentropy" : "meanSquaredError",
  });
  model.setWeights(model.getWeights().map((weight, i) => ({ ...weight, data: weights[i] })));
  const { variant, backend } = model.info();
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return {
    version,
    variant: variant ?? backend,
    train(steps) {
      const { rows, epochs } = fitRange(spec, steps);
      const outputs = y.length / spec.rows;
      const data = { x: x.subarray(0, rows * sizes[0]), y: y.subarray(0, rows * outputs) };
      return model.fit(data, { epochs, batchSize: batch });
    },
    predict: (rows) => model.predict(rows),
  };
}
