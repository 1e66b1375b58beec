// @ts-check
/**
 * Handwritten digits with 784-532-10 and plain gradient descent on all 60 000 images at once, like a first version
 * written by hand. 250 epochs take minutes. Run: node examples/mnist-from-scratch.js --epochs 250
 */
import { argMax, confusionMatrix, dense, formatConfusionMatrix, randomNormal, Sequential, sgd } from "simdgrad";
import { mnist } from "simdgrad/node";
import { lineChart } from "simdgrad/plot";
import { runDirectly } from "./support/direct.js";

const PIXELS = 784;
const HIDDEN = 532;
const CLASSES = 10;

/**
 * He's initialization with whole normals, N(0, 2 / inputs): `heNormal` would cut them off at two deviations.
 * @param {number} inputs
 */
const he = (inputs) => randomNormal({ standardDeviation: Math.sqrt(2 / inputs) });

/**
 * @typedef {object} Start
 * @property {number} [rows] train only on the first rows, that many
 * @property {import("simdgrad").WeightLike[]} [weights] begin with these
 */

/** @param {import("./support/direct.js").Options & Start} [options] */
export async function run({ seed = 1, epochs = 250, rows = 60_000, weights, log = () => {} } = {}) {
  const { train: all, test } = await mnist();
  const train = all.slice(0, rows);
  const model = await Sequential.create({
    inputShape: [PIXELS],
    layers: [
      dense({ units: HIDDEN, activation: "relu", kernelInitializer: he(PIXELS) }),
      dense({ units: CLASSES, activation: "softmax", kernelInitializer: he(HIDDEN) }),
    ],
    seed,
  });
  model.compile({ optimizer: sgd({ learningRate: 0.03 }), loss: "sparseCategoricalCrossentropy" });
  if (weights) model.setWeights(weights);
  const firstWeights = model.getWeights();

  const began = performance.now();
  const { loss } = await model.fit(train, {
    epochs,
    batchSize: train.length,
    callbacks: [
      {
        onEpochEnd(epoch, logs) {
          const seconds = (performance.now() - began) / 1000;
          const left = (seconds / (epoch + 1)) * (epochs - epoch - 1);
          const place = `epoch ${String(epoch + 1).padStart(String(epochs).length)} of ${epochs}`;
          log(`${place}  loss ${logs.loss.toFixed(4)}  ${minutes(left)} left`);
        },
      },
    ],
  });
  const seconds = (performance.now() - began) / 1000;
  const predicted = argMax(model.predict(test.x), CLASSES);
  model.dispose();
  const matrix = confusionMatrix(test.y, predicted, { classes: CLASSES });
  const hits = predicted.reduce((sum, label, row) => sum + Number(label === test.y[row]), 0);
  const accuracy = hits / test.length;

  log(`\n${epochs} epochs in ${minutes(seconds)}; accuracy on the ${test.length} test images ${accuracy.toFixed(4)}\n`);
  log(formatConfusionMatrix(matrix));
  return { loss, accuracy, matrix, firstWeights, svgs: { "mnist-from-scratch.svg": draw(loss) } };
}

/** @param {number} seconds */
function minutes(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/** @param {number[]} loss */
function draw(loss) {
  return lineChart({
    title: "784-532-10 on MNIST, full-batch gradient descent",
    panels: [
      {
        x: { label: "epoch", min: 0 },
        y: { label: "cross-entropy", min: 0 },
        series: [
          { name: "training loss", points: loss.map((value, epoch) => /** @type {const} */ ([epoch + 1, value])) },
        ],
      },
    ],
  });
}

await runDirectly(import.meta.url, run);
