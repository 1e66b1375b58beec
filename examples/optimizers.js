// @ts-check
/**
 * Gradient descent on all rows, on mini-batches and on single rows, and Adam: one network, one task, the same first
 * weights. Run: node examples/optimizers.js
 */
import { adam, dense, Sequential, sgd } from "simdgrad";
import { moons } from "simdgrad/datasets";
import { lineChart } from "simdgrad/plot";
import { runDirectly } from "./support/direct.js";

/** Loss that every method has to reach. */
export const GOAL = 0.05;
const ROWS = 256;

/** Each with a learning rate that suits it, and enough epochs to reach the goal with some to spare. */
const methods = [
  { name: "full batch", optimizer: sgd({ learningRate: 0.5 }), batchSize: ROWS, epochs: 400 },
  { name: "batches of 32", optimizer: sgd({ learningRate: 0.5 }), batchSize: 32, epochs: 80 },
  { name: "single rows", optimizer: sgd({ learningRate: 0.1 }), batchSize: 1, epochs: 40 },
  { name: "Adam, batches of 32", optimizer: adam({ learningRate: 0.01 }), batchSize: 32, epochs: 80 },
];

/** @param {import("./support/direct.js").Options} [options] epochs: at most that many */
export async function run({ seed = 1, epochs = Number.POSITIVE_INFINITY, log = () => {} } = {}) {
  const data = moons({ samples: ROWS, noise: 0.12, seed: 1 });
  const results = [];
  log(`loss of the epoch, and when it was first below ${GOAL}\n`);
  log(`${"".padEnd(23)}epoch 1  epoch 10      last     below after   updates  accuracy`);
  for (const { name, optimizer, batchSize, epochs: planned } of methods) {
    const model = await Sequential.create({
      inputShape: [2],
      layers: [
        dense({ units: 16, activation: "tanh" }),
        dense({ units: 16, activation: "tanh" }),
        dense({ units: 1, activation: "sigmoid" }),
      ],
      seed,
    });
    model.compile({ optimizer, loss: "binaryCrossentropy", metrics: ["accuracy"] });
    const { loss } = await model.fit(data, { epochs: Math.min(planned, epochs), batchSize });
    const { accuracy } = await model.evaluate(data);
    model.dispose();
    const reached = loss.findIndex((value) => value < GOAL) + 1;
    const epochsToGoal = reached > 0 ? reached : null;
    const updatesPerEpoch = Math.ceil(ROWS / batchSize);
    const updatesToGoal = epochsToGoal && epochsToGoal * updatesPerEpoch;
    results.push({ name, loss, accuracy, updatesPerEpoch, epochsToGoal, updatesToGoal });
    const cells = [loss[0], loss[9] ?? Number.NaN, loss[loss.length - 1]].map((value) => value.toFixed(4).padStart(10));
    const when = `${epochsToGoal ?? "–"} epochs`.padStart(16);
    const updates = String(updatesToGoal ?? "–").padStart(10);
    log(`${name.padEnd(20)}${cells.join("")}${when}${updates}${accuracy.toFixed(4).padStart(10)}`);
  }
  return { results, svgs: { "optimizers.svg": draw(results) } };
}

/** @param {{ name: string, loss: number[], updatesPerEpoch: number }[]} results */
function draw(results) {
  const y = { label: "binary cross-entropy", log: true };
  const curves = (/** @type {(updatesPerEpoch: number) => number} */ step) => {
    return results.map(({ name, loss, updatesPerEpoch }) => ({
      name,
      points: loss.map((value, epoch) => /** @type {const} */ ([(epoch + 1) * step(updatesPerEpoch), value])),
    }));
  };
  return lineChart({
    title: "Training loss on two moons",
    columns: 2,
    width: 520,
    height: 400,
    panels: [
      { title: "by epoch", x: { label: `passes over ${ROWS} rows`, log: true }, y, series: curves(() => 1) },
      { title: "by update", x: { label: "updates of the weights", log: true }, y, series: curves((n) => n) },
    ],
  });
}

await runDirectly(import.meta.url, run);
