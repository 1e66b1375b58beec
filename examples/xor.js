// @ts-check
/** XOR, the smallest problem that needs a hidden layer, by plain gradient descent. Run: node examples/xor.js */
import { dense, randomUniform, Sequential, sgd } from "simdgrad";
import { runDirectly } from "./support/direct.js";

export const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
export const y = [0, 1, 1, 0];
const EPOCHS_PER_LINE = 5000;

/** Learning rate on the sum of errors: w ← w + RATE · Σ (y − ŷ) ∂ŷ/∂w, over all four rows. */
const RATE = 0.1;

/**
 * The same step as gradient descent on meanSquaredError. There L = Σ (ŷ − y)² / n, with n = 4 rows of one output, so
 * −η ∂L/∂w = η (2 / n) Σ (y − ŷ) ∂ŷ/∂w, and η (2 / n) = RATE gives η = RATE · n / 2 = 0.2.
 *
 * One difference from the classic hand-written loop remains: there the output weights are often changed first, and the
 * hidden gradient is then taken through the new ones. Here, as in every framework, all gradients belong to one point.
 */
export const learningRate = (RATE * x.length) / 2;

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 60_000, log = () => {} } = {}) {
  const began = performance.now();
  const kernelInitializer = randomUniform({ minimum: 0, maximum: 1 });
  const model = await Sequential.create({
    inputShape: [2],
    layers: [
      dense({ units: 3, activation: "sigmoid", useBias: false, kernelInitializer }),
      dense({ units: 1, useBias: false, kernelInitializer }),
    ],
    seed,
  });
  model.compile({ optimizer: sgd({ learningRate }), loss: "meanSquaredError" });
  const firstWeights = model.getWeights();

  /** @type {{ epoch: number, errorSum: number }[]} */
  const errorSums = [];
  for (let epoch = 0; epoch < epochs; epoch += EPOCHS_PER_LINE) {
    const errorSum = model.predict(x).reduce((sum, output, row) => sum + y[row] - output, 0);
    errorSums.push({ epoch, errorSum });
    log(`epoch ${String(epoch).padStart(5)}  error sum ${errorSum.toFixed(8).padStart(11)}`);
    const count = Math.min(EPOCHS_PER_LINE, epochs - epoch);
    await model.fit({ x, y }, { epochs: count, batchSize: x.length, shuffle: false });
  }
  const outputs = Array.from(model.predict(x));
  const weights = model.getWeights();
  model.dispose();
  const isSolved = outputs.every((output, row) => Math.round(output) === y[row]);
  const seconds = (performance.now() - began) / 1000;

  log("");
  outputs.forEach((output, row) => {
    log(`${x[row].join(" xor ")} = ${y[row]}   predicted ${output.toFixed(4).padStart(7)}`);
  });
  log(`\n${isSolved ? "solved" : "not solved"}: ${epochs} epochs in ${seconds.toFixed(2)} s`);
  return { errorSums, outputs, isSolved, seconds, firstWeights, weights };
}

await runDirectly(import.meta.url, run);
