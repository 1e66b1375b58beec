// @ts-check
/** One training step of a 2-2-1 network, formula by formula, and as an HTML page. Run: node examples/explain.js */
import { dense, Sequential, sgd } from "simdgrad";
import { explain } from "simdgrad/explain";
import { runDirectly } from "./support/direct.js";

const SHARED = [0, 1];
const sample = { x: [[2, 3]], y: [1] };

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ log = () => {} } = {}) {
  const model = await Sequential.create({
    inputShape: [2],
    layers: [dense({ units: 2, activation: "sigmoid" }), dense({ units: 1, activation: "sigmoid" })],
  });
  // Every neuron has the weights [0, 1] and the bias 0; a kernel has one column per neuron.
  model.setWeights([
    { name: "dense_1/kernel", shape: [2, 2], data: SHARED.flatMap((weight) => [weight, weight]) },
    { name: "dense_1/bias", shape: [2], data: [0, 0] },
    { name: "dense_2/kernel", shape: [2, 1], data: SHARED },
    { name: "dense_2/bias", shape: [1], data: [0] },
  ]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
  const explanation = await explain(model, sample);
  model.dispose();
  log(explanation.toText().trimEnd());
  return { steps: explanation.steps, svgs: { "explain.html": explanation.toHtml() } };
}

await runDirectly(import.meta.url, run);
