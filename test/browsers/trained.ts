/** One training run, the same everywhere, and the fingerprint of its weights. */
import { adam, dense, type RuntimeOptions, Sequential, type WorkerModel } from "../../src/index.js";
import { quantize } from "../../src/interop/quantized/index.js";
import { Sequential as InWorker } from "../../src/worker.js";
import { blobs, bytesOfWeights, fnv1a, weightBytes } from "../model/models.js";

const architecture = {
  inputShape: [64],
  layers: [dense({ units: 96, activation: "relu" }), dense({ units: 5, activation: "softmax" })],
  seed: 2,
};
const compiled = { optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] } as const;
const data = blobs(600, { features: 64, classes: 5 });
/** Batches large enough for two threads to be worth their meetings. */
const fit = { epochs: 3, batchSize: 200 };

/** Trains on this thread. */
export async function trainedHash(options: RuntimeOptions = {}): Promise<{ hash: string; model: Sequential }> {
  const model = await Sequential.create({ ...architecture, ...options });
  model.compile(compiled);
  await model.fit(data, fit);
  return { hash: fnv1a(weightBytes(model)), model };
}

/** The same in a worker. */
export async function trainedInWorker(options: RuntimeOptions = {}): Promise<{ hash: string; model: WorkerModel }> {
  const model = await Sequential.create({ ...architecture, ...options, worker: true });
  await model.compile(compiled);
  await model.fit(data, fit);
  return { hash: fnv1a(bytesOfWeights(await model.getWeights())), model };
}

/** The same in a worker, by the entry point of pages that train only there. */
export async function trainedByEntry(): Promise<{ hash: string; model: WorkerModel }> {
  const model = await InWorker.create(architecture);
  await model.compile(compiled);
  await model.fit(data, fit);
  return { hash: fnv1a(bytesOfWeights(await model.getWeights())), model };
}

/** Result of `trainedHash` in Node, as browsers.test.ts checks. */
export const NODE_HASH = "fcec9792";

/** The fingerprint of predictions by the quantized form of the same network. */
export async function quantizedHash(): Promise<string> {
  const { model } = await trainedHash({ threads: 1 });
  const { x } = data;
  const outputs = (await quantize(model, { calibration: x })).predict(x);
  return fnv1a(new Uint8Array(outputs.buffer, outputs.byteOffset, outputs.byteLength));
}

/** Result of `quantizedHash` in Node, as browsers.test.ts checks. */
export const NODE_QUANTIZED_HASH = "ed259ade";
