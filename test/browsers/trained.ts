/** One training run, the same everywhere, and the fingerprint of its weights. */
import { adam, dense, type RuntimeOptions, Sequential } from "../../src/index.js";
import { blobs, fnv1a, weightBytes } from "../model/models.js";

/** Large enough for two threads to be worth their meetings. */
export async function trainedHash(options: RuntimeOptions = {}): Promise<{ hash: string; model: Sequential }> {
  const model = await Sequential.create({
    inputShape: [64],
    layers: [dense({ units: 96, activation: "relu" }), dense({ units: 5, activation: "softmax" })],
    seed: 2,
    ...options,
  });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  await model.fit(blobs(600, { features: 64, classes: 5 }), { epochs: 3, batchSize: 200 });
  return { hash: fnv1a(weightBytes(model)), model };
}

/** What `trainedHash` gives in Node: browsers.test.ts checks that it does. */
export const NODE_HASH = "fcec9792";
