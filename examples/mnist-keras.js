// @ts-check
/** Handwritten digits with 784-128-10 and Adam: the usual first program of Keras. Run: node examples/mnist-keras.js */
import { adam, argMax, confusionMatrix, dense, formatConfusionMatrix, Sequential } from "simdgrad";
import { mnist } from "simdgrad/node";
import { runDirectly } from "./support/direct.js";

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 5, log = () => {} } = {}) {
  const { train, test } = await mnist();
  const model = await Sequential.create({
    inputShape: [784],
    layers: [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
    seed,
  });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });

  let began = performance.now();
  const history = await model.fit(train, {
    epochs,
    callbacks: [
      {
        onEpochEnd(epoch, { loss, accuracy }) {
          const seconds = (performance.now() - began) / 1000;
          began = performance.now();
          const numbers = `loss ${loss.toFixed(4)}  accuracy ${accuracy.toFixed(4)}`;
          log(`epoch ${epoch + 1} of ${epochs}  ${numbers}  ${seconds.toFixed(1)} s`);
        },
      },
    ],
  });
  const { loss, accuracy } = await model.evaluate(test);
  const matrix = confusionMatrix(test.y, argMax(model.predict(test.x), 10));
  model.dispose();

  log(`\non the ${test.length} test images: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}\n`);
  log(formatConfusionMatrix(matrix));
  return { history, loss, accuracy, matrix };
}

await runDirectly(import.meta.url, run);
