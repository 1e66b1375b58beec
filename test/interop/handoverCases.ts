/**
 * Models that train on elsewhere, and what becomes of them here. As a program it writes their files for
 * fixtures/interop/torch/make_ddp.py: node --import tsx test/interop/handoverCases.ts FOLDER
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { adam, dense, l1l2, type Optimizer, Sequential, sgd } from "../../src/index.js";
import { exportTorchTraining } from "../../src/interop/torch/index.js";
import { uniforms } from "../support/tensors.js";

export interface HandoverCase {
  readonly name: string;
  /** Trained for some epochs. */
  readonly model: Sequential;
  readonly data: { readonly x: Float32Array; readonly y: Float32Array };
  /** Options of the training there, which has 40 steps. */
  readonly options: { readonly epochs: number; readonly batchSize: number; readonly shuffle: boolean };
}

async function build(name: string, rows: number, batchSize: number, optimizer: Optimizer): Promise<HandoverCase> {
  const layers = [
    dense({ units: 8, activation: "relu", kernelRegularizer: l1l2({ l1: 1e-4, l2: 1e-3 }) }),
    dense({ units: 3, activation: "softmax" }),
  ];
  const model = await Sequential.create({ inputShape: [5], layers, seed: 3, threads: 1 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = uniforms(rows * 5, 7).map((value) => 3 * value);
  const isAbove = (row: number, column: number, limit: number) => (x[row * 5 + column] > limit ? 1 : 0);
  const y = Float32Array.from({ length: rows }, (_, row) => isAbove(row, 0, 0) + isAbove(row, 1, 0.5));
  await model.fit({ x, y }, { epochs: 3, batchSize, shuffle: false });
  model.metadata = { classes: ["few", "some", "many"], origin: "here" };
  const options = { epochs: 40 / Math.ceil(rows / batchSize), batchSize, shuffle: false };
  return { name, model, data: { x, y }, options };
}

export const handoverCases = async (): Promise<HandoverCase[]> => [
  await build("adam, all rows in each step", 24, 24, adam({ learningRate: 0.01 })),
  await build("adam, steps of 10 of 37 rows", 37, 10, adam({ learningRate: 0.01, compat: "torch" })),
  await build("momentum, steps of 7 of 29 rows", 29, 7, sgd({ learningRate: 0.05, momentum: 0.9 })),
];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [i, { name, model, data, options }] of (await handoverCases()).entries()) {
    const folder = join(process.argv[2], String(i));
    mkdirSync(folder, { recursive: true });
    const files = { ...(await exportTorchTraining(model, { ...options, data })), name };
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  }
}
