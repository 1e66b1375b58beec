// @ts-check
/**
 * Four people by weight and height (as differences from the average), two classes, a 2-2-1 network of sigmoids.
 * One person at a time, in order. Run: node examples/weight-height.js
 */
import { dense, randomNormal, Sequential, sgd } from "simdgrad";
import { runDirectly } from "./support/direct.js";

const x = [
  [-2, -1],
  [25, 6],
  [17, 4],
  [-15, -6],
];
const y = [1, 0, 0, 1];
/** Two more people, whose classes are 1 and 0. */
const unseen = [
  [-7, -3],
  [20, 2],
];
const EPOCHS_PER_LOSS = 10;
const LOSSES_PER_LINE = 10;

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 1000, log = () => {} } = {}) {
  const standardNormal = randomNormal({ standardDeviation: 1 });
  const initializers = { kernelInitializer: standardNormal, biasInitializer: standardNormal };
  const model = await Sequential.create({
    inputShape: [2],
    layers: [
      dense({ units: 2, activation: "sigmoid", ...initializers }),
      dense({ units: 1, activation: "sigmoid", ...initializers }),
    ],
    seed,
  });
  // With one row per step, the gradient of meanSquaredError is that of (y − ŷ)²: −2 (y − ŷ) ∂ŷ/∂w.
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
  // `loss` is taken while the weights change from row to row; `valLoss` on the same rows after each epoch.
  const history = await model.fit({ x, y }, { epochs, batchSize: 1, shuffle: false, validationData: { x, y } });
  const losses = history.valLoss.filter((_, epoch) => epoch % EPOCHS_PER_LOSS === 0);
  const predictions = Array.from(model.predict(unseen));
  model.dispose();

  log(`loss after epochs 0, ${EPOCHS_PER_LOSS}, ${2 * EPOCHS_PER_LOSS}, …`);
  for (let i = 0; i < losses.length; i += LOSSES_PER_LINE) {
    const line = losses.slice(i, i + LOSSES_PER_LINE).map((loss) => loss.toFixed(4));
    log(`${String(i * EPOCHS_PER_LOSS).padStart(5)}  ${line.join("  ")}`);
  }
  log("");
  unseen.forEach((person, i) => {
    log(`[${person.join(", ")}]`.padEnd(10) + predictions[i].toFixed(3));
  });
  return { lossByEpoch: history.valLoss, losses, predictions };
}

await runDirectly(import.meta.url, run);
