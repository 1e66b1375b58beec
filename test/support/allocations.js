// @ts-check
/**
 * A process of its own, for test/allocation.test.ts: prints, for each network, the bytes of JavaScript heap that a
 * training step takes. Start it with --expose-gc and a young generation that holds an epoch.
 */
import { getHeapStatistics } from "node:v8";
import { adamw, batchNormalization, dense, dropout, l2, Sequential } from "simdgrad";

const ROWS = 40_000;
/** Also in the test: rows of a step. */
const BATCH = 4;
const EPOCHS = 12;

const plain = [dense({ units: 8, activation: "relu" }), dense({ units: 3, activation: "softmax" })];
const everything = [
  dense({ units: 8, activation: "relu", kernelRegularizer: l2(1e-4) }),
  batchNormalization(),
  dropout(0.5),
  dense({ units: 3, activation: "softmax" }),
];

/**
 * The least of all epochs: what is compiled or optimized on the way only adds.
 * @param {number} columns
 * @param {readonly import("simdgrad").LayerSpec[]} layers
 * @param {import("simdgrad").Optimizer} optimizer
 */
async function bytesPerStep(columns, layers, optimizer) {
  const model = await Sequential.create({ inputShape: [columns], layers: [...layers], seed: 1, threads: 1 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const data = {
    x: Float32Array.from({ length: ROWS * columns }, (_, i) => ((i * 7919) % 101) / 101),
    y: Float32Array.from({ length: ROWS }, (_, i) => i % 3),
  };
  const used = () => getHeapStatistics().used_heap_size;
  let before = 0;
  let least = Infinity;
  const counter = {
    onEpochBegin() {
      globalThis.gc?.();
      before = used();
    },
    onEpochEnd() {
      least = Math.min(least, ((used() - before) * BATCH) / ROWS);
    },
  };
  await model.fit(data, { epochs: EPOCHS, batchSize: BATCH, callbacks: [counter] });
  return least;
}

console.log(
  JSON.stringify({
    plain: await bytesPerStep(8, plain, "adam"),
    everything: await bytesPerStep(8, everything, adamw({ clipNorm: 1 })),
    wide: await bytesPerStep(64, plain, "adam"),
  }),
);
