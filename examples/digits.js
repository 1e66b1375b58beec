// @ts-check
/**
 * Digits of 8 × 8 pixels with 64-64-10: plain gradient descent on all rows at once, as in a first version by hand, with
 * three losses; one digit looked at; and the library's defaults. Run: node examples/digits.js
 */
import { argMax, Dataset, dense, minMaxScaler, oneHot, randomNormal, Sequential, sgd, trainTestSplit } from "simdgrad";
import { digits } from "simdgrad/datasets";
import { lineChart } from "simdgrad/plot";
import { runDirectly } from "./support/direct.js";
import { grayPicture, shades } from "./support/picture.js";

/** @typedef {"categoricalCrossentropy" | "binaryCrossentropy" | "meanSquaredError"} LossName */

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const CLASSES = 10;
const RATE = 0.1;
/** The row to show: a 9. */
const SHOWN = 31;

/**
 * Each loss with its output layer and learning rate. Log loss and squared error are means over the ten outputs as well,
 * so ten times the rate takes the steps of a sum over them.
 * @type {{ loss: LossName, activation: "softmax" | "sigmoid", learningRate: number }[]}
 */
const recipes = [
  { loss: "categoricalCrossentropy", activation: "softmax", learningRate: RATE },
  { loss: "binaryCrossentropy", activation: "sigmoid", learningRate: RATE * CLASSES },
  { loss: "meanSquaredError", activation: "sigmoid", learningRate: RATE * CLASSES },
];

/**
 * Pixels from 0 to 1, by the least and largest value of each place; a fifth of the rows, chosen by the seed, for
 * testing. Between two such fifths the accuracy differs by a percent or two.
 * @param {number} seed
 */
export async function loadDigits(seed) {
  const all = minMaxScaler().fitTransform(/** @type {Dataset} */ (await digits()));
  return { all, ...trainTestSplit(all, { testSize: 0.2, seed }) };
}

/**
 * The same rows with a one-hot row for each label.
 * @param {Dataset} data
 */
function withOneHot({ x, y }) {
  return Dataset.from({ x, y: oneHot(y, CLASSES) }, { inputShape: [PIXELS], targetShape: [CLASSES] });
}

/**
 * @param {Sequential} model
 * @param {Dataset} data
 */
function accuracyOf(model, { x, y, length }) {
  const labels = argMax(model.predict(x), CLASSES);
  return labels.reduce((hits, label, row) => hits + Number(label === y[row]), 0) / length;
}

/**
 * 64-64-10 from N(0, 1) with sigmoid hidden units, full-batch gradient descent.
 * @param {{ train: Dataset, test: Dataset, seed: number, epochs: number }} task
 * @param {typeof recipes[number]} recipe
 */
export async function trainByHand({ train, test, seed, epochs }, { loss, activation, learningRate }) {
  const kernelInitializer = randomNormal({ standardDeviation: 1 });
  const model = await Sequential.create({
    inputShape: [PIXELS],
    layers: [
      dense({ units: 64, activation: "sigmoid", kernelInitializer }),
      dense({ units: CLASSES, activation, kernelInitializer }),
    ],
    seed,
  });
  model.compile({ optimizer: sgd({ learningRate }), loss });
  const history = await model.fit(withOneHot(train), {
    epochs,
    batchSize: train.length,
    validationData: withOneHot(test),
  });
  return { model, loss: history.loss, testLoss: history.valLoss, accuracy: accuracyOf(model, test) };
}

/**
 * The library's defaults: Glorot's initialization, Adam, batches of 32. Only relu is chosen.
 * @param {{ train: Dataset, test: Dataset, seed: number, epochs?: number }} task
 */
export async function trainByDefault({ train, test, seed, epochs = 40 }) {
  const model = await Sequential.create({
    inputShape: [PIXELS],
    layers: [dense({ units: 64, activation: "relu" }), dense({ units: CLASSES, activation: "softmax" })],
    seed,
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  await model.fit(train, { epochs });
  const accuracy = accuracyOf(model, test);
  model.dispose();
  return accuracy;
}

/**
 * One digit as a table of its pixels and as a picture, and the model's prediction.
 * @param {Sequential} model
 * @param {Dataset} all
 * @param {(line: string) => void} log
 */
function showDigit(model, all, log) {
  const pixels = all.x.slice(SHOWN * PIXELS, (SHOWN + 1) * PIXELS);
  const probabilities = model.predict(pixels);
  const [predicted] = argMax(probabilities, CLASSES);
  const picture = shades(pixels, SIDE);
  log(`\nrow ${SHOWN}, a ${all.y[SHOWN]}\n`);
  for (let row = 0; row < SIDE; row++) {
    const values = Array.from(pixels.subarray(row * SIDE, (row + 1) * SIDE), (value) => value.toFixed(2));
    log(`${values.join("  ")}    ${picture[row]}`);
  }
  log(`\npredicted ${predicted}, with probability ${probabilities[predicted].toFixed(4)}`);
  return { label: all.y[SHOWN], predicted, pixels, probability: probabilities[predicted] };
}

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 1000, log = () => {} } = {}) {
  const { all, train, test } = await loadDigits(seed);
  log(`${train.length} rows to train, ${test.length} to test; ${epochs} epochs, all rows at once\n`);
  log(`${"".padEnd(26)}first loss  last loss  test loss  test accuracy`);
  const results = [];
  let shown = null;
  for (const recipe of recipes) {
    const { model, ...result } = await trainByHand({ train, test, seed, epochs }, recipe);
    results.push({ name: recipe.loss, ...result });
    const numbers = [result.loss[0], result.loss[epochs - 1], result.testLoss[epochs - 1]];
    const cells = numbers.map((value) => value.toFixed(4).padStart(11)).join("");
    log(`${recipe.loss.padEnd(25)}${cells}${result.accuracy.toFixed(4).padStart(15)}`);
    if (!shown) shown = { model, result };
    else model.dispose();
  }
  const defaults = await trainByDefault({ train, test, seed });
  log(`${"Adam, batches of 32, relu".padEnd(58)}${defaults.toFixed(4).padStart(15)}`);
  const digit = showDigit(/** @type {NonNullable<typeof shown>} */ (shown).model, all, log);
  shown?.model.dispose();
  const caption = `row ${SHOWN}: a ${digit.label}, predicted ${digit.predicted}`;
  const svgs = {
    "digits.svg": draw(results),
    "digits-one.svg": grayPicture({ pixels: digit.pixels, width: SIDE, caption }),
  };
  return { results, defaults, digit, svgs };
}

/** @param {{ name: LossName, loss: number[], testLoss: number[] }[]} results */
function draw(results) {
  const points = (/** @type {number[]} */ values) => {
    return values.map((value, epoch) => /** @type {const} */ ([epoch + 1, value]));
  };
  return lineChart({
    title: "Digits, 64-64-10: three losses",
    columns: 3,
    width: 400,
    height: 320,
    panels: results.map(({ name, loss, testLoss }) => ({
      title: name,
      x: { label: "epoch", log: true },
      y: { min: 0 },
      series: [
        { name: "train", points: points(loss) },
        { name: "test", points: points(testLoss), dashed: true },
      ],
    })),
  });
}

await runDirectly(import.meta.url, run);
