// @ts-check
/** Every kind of picture in simdgrad/plot, on small data from the library. Run: node examples/pictures.js */
import { adam, argMax, confusionMatrix, Dataset, dense, precisionRecallCurve, rocCurve, Sequential } from "simdgrad";
import { digits, iris, moons } from "simdgrad/datasets";
import {
  confusionMatrixPlot,
  decisionBoundary,
  histogram,
  lossCurves,
  networkDiagram,
  precisionRecallPlot,
  rocPlot,
  scatterPlot,
  sparkline,
  table,
  weightImages,
} from "simdgrad/plot";
import { runDirectly } from "./support/direct.js";

/**
 * Two moons: training curves, decision boundary, network, ROC and precision-recall.
 * @param {number} seed
 * @param {number} epochs
 */
async function drawMoons(seed, epochs) {
  const data = moons({ samples: 300, noise: 0.15, seed });
  const [train, test] = data.split({ fraction: 0.3, seed });
  const model = await Sequential.create({
    inputShape: [2],
    layers: [
      dense({ units: 8, activation: "tanh" }),
      dense({ units: 4, activation: "tanh" }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
    seed,
  });
  model.compile({
    optimizer: adam({ learningRate: 0.03 }),
    loss: "binaryCrossentropy",
    metrics: ["accuracy", "f1", "auc"],
  });
  const history = await model.fit(train, { epochs, batchSize: 16, validationData: test });
  const scores = model.predict(test.x);
  const height = test.x.filter((_, i) => i % 2 === 1).map((value) => -value);
  const svgs = {
    "training.svg": lossCurves(history, { title: "Two moons" }),
    "boundary.svg": decisionBoundary(model, test, { title: "Two moons, test rows" }),
    "network.svg": networkDiagram(model),
    "roc.svg": rocPlot({ network: rocCurve(test.y, scores), "height alone": rocCurve(test.y, height) }),
    "precision-recall.svg": precisionRecallPlot({
      network: precisionRecallCurve(test.y, scores),
      "height alone": precisionRecallCurve(test.y, height),
    }),
  };
  model.dispose();
  return { history, svgs };
}

/**
 * Handwritten digits, 8 × 8: weights as images, their histogram, and the confusion matrix.
 * @param {number} seed
 * @param {number} epochs
 */
async function drawDigits(seed, epochs) {
  const all = await digits();
  const scaled = Dataset.from({ x: all.x.map((value) => value / 16), y: all.y }, { inputShape: all.inputShape });
  const [train, test] = scaled.split({ fraction: 0.3, seed });
  const model = await Sequential.create({
    inputShape: [64],
    layers: [dense({ units: 16, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
    seed,
  });
  model.compile({
    optimizer: adam({ learningRate: 0.003 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  await model.fit(train, { epochs });
  const { accuracy } = await model.evaluate(test);
  const matrix = confusionMatrix(test.y, argMax(model.predict(test.x), 10));
  const [kernel] = model.getWeights();
  const svgs = {
    "weights.svg": weightImages(model),
    "histogram.svg": histogram(kernel.data, { title: "Weights of dense_1", x: { label: "weight" } }),
    "confusion.svg": confusionMatrixPlot(matrix, { title: "Digits, test rows" }),
  };
  model.dispose();
  return { accuracy, svgs };
}

async function drawIris() {
  const { x, y, length, classNames } = await iris();
  const rows = Array.from({ length }, (_, row) => row);
  const series = (classNames ?? []).map((name, label) => ({
    name,
    points: rows
      .filter((row) => y[row] === label)
      .map((row) => /** @type {const} */ ([x[4 * row + 2], x[4 * row + 3]])),
  }));
  const axes = { x: { label: "petal length (cm)" }, y: { label: "petal width (cm)" } };
  return { "scatter.svg": scatterPlot({ title: "Iris", ...axes, series }) };
}

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 60, log = () => {} } = {}) {
  const { history, svgs: fromMoons } = await drawMoons(seed, epochs);
  const { accuracy, svgs: fromDigits } = await drawDigits(seed, Math.ceil(epochs / 3));
  log(`loss      ${sparkline(history.loss, { width: 40 })}`);
  log(`accuracy  ${sparkline(history.accuracy, { width: 40 })}\n`);
  const last = history.loss.length - 1;
  const { f1, valAccuracy, valF1, auc, valAuc } = history;
  const pairs = { accuracy: [history.accuracy, valAccuracy], f1: [f1, valF1], auc: [auc, valAuc] };
  const shown = Object.entries(pairs).map(([metric, [training, validation]]) => ({
    metric,
    training: Number(training[last].toFixed(4)),
    validation: Number(validation[last].toFixed(4)),
  }));
  log(table(shown));
  log(`\ndigits: ${(100 * accuracy).toFixed(1)} % of the test rows right`);
  return { history, accuracy, svgs: { ...fromMoons, ...fromDigits, ...(await drawIris()) } };
}

await runDirectly(import.meta.url, run);
