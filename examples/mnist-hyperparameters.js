// @ts-check
/**
 * Choosing a learning rate, batch size and width. MNIST with one hidden layer: the last 10 000 training images are kept
 * for the choice, the others come through a streaming pipeline, and only the chosen network sees the test images.
 * Run: node examples/mnist-hyperparameters.js
 */
import { adam, dense, pipeline, Sequential } from "simdgrad";
import { mnist } from "simdgrad/node";
import { runDirectly } from "./support/direct.js";

/**
 * @typedef {object} Candidate
 * @property {number} learningRate
 * @property {number} batchSize
 * @property {number} units of the hidden layer
 */

const VALIDATION_ROWS = 10_000;
/** Rows among which the pipeline draws the next one. */
const SHUFFLE_BUFFER = 1024;

/** @type {Candidate} */
const base = { learningRate: 1e-3, batchSize: 500, units: 128 };

/** The base, then one thing changed at a time. @type {Candidate[]} */
export const candidates = [
  base,
  { ...base, learningRate: 1e-4 },
  { ...base, learningRate: 1e-2 },
  { ...base, batchSize: 100 },
  { ...base, batchSize: 2000 },
  { ...base, units: 32 },
  { ...base, units: 512 },
];

/** @param {import("./support/direct.js").Options & { choices?: Candidate[] }} [options] */
export async function run({ seed = 1, epochs = 5, choices = candidates, log = () => {} } = {}) {
  const { train: all, test } = await mnist();
  const train = all.slice(0, all.length - VALIDATION_ROWS);
  const validation = all.slice(all.length - VALIDATION_ROWS);
  log(`${train.length} images to train, ${validation.length} to choose by, ${test.length} to test; ${epochs} epochs\n`);
  log("learning rate  batch  width   train loss  validation loss  validation accuracy  seconds");
  const results = [];
  for (const { learningRate, batchSize, units } of choices) {
    const model = await Sequential.create({
      inputShape: [784],
      layers: [dense({ units, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
      seed,
    });
    const optimizer = adam({ learningRate });
    model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const rows = pipeline(train).shuffle(SHUFFLE_BUFFER, { seed }).batch(batchSize);
    const began = performance.now();
    const history = await model.fit(rows, { epochs });
    const seconds = (performance.now() - began) / 1000;
    const { loss, accuracy } = await model.evaluate(validation);
    results.push({ learningRate, batchSize, units, trainLoss: history.loss[epochs - 1], loss, accuracy, model });
    const what = `${String(learningRate).padStart(13)}${String(batchSize).padStart(7)}${String(units).padStart(7)}`;
    const losses = `${history.loss[epochs - 1].toFixed(4).padStart(13)}${loss.toFixed(4).padStart(17)}`;
    log(`${what}${losses}${accuracy.toFixed(4).padStart(21)}${seconds.toFixed(1).padStart(9)}`);
  }
  const best = results.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const { accuracy: testAccuracy } = await best.model.evaluate(test);
  for (const { model } of results) model.dispose();
  log(`\nchosen: learning rate ${best.learningRate}, batches of ${best.batchSize}, ${best.units} units`);
  log(`test accuracy ${testAccuracy.toFixed(4)}, validation accuracy ${best.accuracy.toFixed(4)}`);
  return { results: results.map(({ model: _, ...numbers }) => numbers), testAccuracy };
}

await runDirectly(import.meta.url, run);
