// @ts-check
/**
 * Five arms of a spiral. An untrained 2-5-5 network knows nothing; a larger one is trained with mini-batches, a little
 * L2 regularization, a falling learning rate and early stopping by a validation set, and compared with the best that
 * any classifier can do. Run: node examples/spiral.js
 */
import { adam, cosineDecay, dense, earlyStopping, l2, randomNormal, Sequential } from "simdgrad";
import { spiral } from "simdgrad/datasets";
import { decisionBoundary } from "simdgrad/plot";
import { runDirectly } from "./support/direct.js";

/** @typedef {import("simdgrad").Dataset} Dataset */

const CLASSES = 5;
const TWIST = 2.5;
/** Rows of each arm. A hundred are too few to find the best boundary: the network then gets about 0.72. */
const FEW_ROWS = 100;
const ROWS = 1000;
/** Seeds of the data; `seed` is that of the networks. */
const TRAIN_SEED = 1;
const VALIDATION_SEED = 2;
const BATCH = 64;
/** More would cost accuracy: the winding boundary needs large weights. */
const L2 = 1e-5;

/**
 * @param {number} noise standard deviation of the angle before the twist, in radians
 * @param {number} samplesPerClass
 * @param {number} seed
 */
function arms(noise, samplesPerClass, seed) {
  return spiral({ classes: CLASSES, noise, twist: TWIST, samplesPerClass, seed });
}

/**
 * The accuracy of the best possible classifier. At any radius the points of an arm have one angle plus normal
 * noise, and all arms are equally likely; so the best guess is the arm whose density, wrapped around the circle, is
 * largest there. The angles between arms are the same at every radius: one circle stands for all.
 * @param {number} noise
 */
export function bayesRate(noise) {
  const turn = 2 * Math.PI;
  const deviation = TWIST * noise;
  const density = (/** @type {number} */ angle) => {
    const near = angle - turn * Math.round(angle / turn);
    const around = [-turn, 0, turn].map((round) => Math.exp(-(((near + round) / deviation) ** 2) / 2));
    return around.reduce((sum, value) => sum + value, 0) / (deviation * Math.sqrt(turn));
  };
  // Arm c begins at 4c and ends at 4(c + 1), in radians before the twist.
  const centres = Array.from({ length: CLASSES }, (_, arm) => 4 * arm * TWIST);
  const steps = 20_000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const angle = (turn * (i + 0.5)) / steps;
    sum += Math.max(...centres.map((centre) => density(angle - centre)));
  }
  return ((sum / steps) * turn) / CLASSES;
}

/**
 * Weights around a hundredth make all classes about equally likely: the loss is ln 5, and 1 in 5 is right.
 * @param {Dataset} data
 */
async function untrained(data) {
  const kernelInitializer = randomNormal({ standardDeviation: 0.01 });
  const model = await Sequential.create({
    inputShape: [2],
    layers: [
      dense({ units: 5, activation: "relu", kernelInitializer }),
      dense({ units: CLASSES, activation: "softmax", kernelInitializer }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const { loss, accuracy } = await model.evaluate(data);
  const first = Array.from(model.predict(data.x.subarray(0, 2)));
  model.dispose();
  return { loss, accuracy, first };
}

/** @param {{ noise: number, seed: number, epochs: number }} options */
async function trained({ noise, seed, epochs }) {
  const train = arms(noise, ROWS, TRAIN_SEED);
  const validation = arms(noise, ROWS, VALIDATION_SEED);
  const kernelRegularizer = l2(L2);
  const model = await Sequential.create({
    inputShape: [2],
    layers: [
      dense({ units: 64, activation: "relu", kernelRegularizer }),
      dense({ units: 64, activation: "relu", kernelRegularizer }),
      dense({ units: CLASSES, activation: "softmax", kernelRegularizer }),
    ],
    seed,
  });
  const decaySteps = epochs * Math.ceil(train.length / BATCH);
  const learningRate = cosineDecay({ initialLearningRate: 5e-3, decaySteps });
  model.compile({ optimizer: adam({ learningRate }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const history = await model.fit(train, {
    epochs,
    batchSize: BATCH,
    validationData: validation,
    callbacks: [earlyStopping({ patience: 20, restoreBestWeights: true })],
  });
  const { loss, accuracy } = await model.evaluate(validation);
  const bayes = bayesRate(noise);
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const title = `Noise ${noise}: ${percent(accuracy)} right, ${percent(bayes)} possible`;
  const svg = decisionBoundary(model, arms(noise, FEW_ROWS, VALIDATION_SEED), { title });
  model.dispose();
  return { noise, history, loss, accuracy, bayes, svg };
}

/** @param {import("./support/direct.js").Options} [options] epochs: at most that many */
export async function run({ seed = 1, epochs = 60, log = () => {} } = {}) {
  const first = await untrained(arms(0.2, FEW_ROWS, TRAIN_SEED));
  log(`untrained 2-5-5 on ${FEW_ROWS * CLASSES} points`);
  log(`  loss ${first.loss.toFixed(7)}, ln 5 is ${Math.log(5).toFixed(7)}; accuracy ${first.accuracy.toFixed(3)}`);
  log(`  the first prediction: ${first.first.map((value) => value.toFixed(7)).join("  ")}`);
  log(`\n2-64-64-5 on ${ROWS * CLASSES} points, l2(${L2}), judged on as many others`);
  log(`${"noise".padStart(7)}${"epochs".padStart(9)}${"loss".padStart(10)}${"accuracy".padStart(11)}   best possible`);
  const results = [];
  for (const noise of [0.2, 0.05]) {
    const result = await trained({ noise, seed, epochs });
    results.push(result);
    const numbers = [result.loss.toFixed(4).padStart(10), result.accuracy.toFixed(4).padStart(11)];
    const count = String(result.history.loss.length).padStart(9);
    log(`${String(noise).padStart(7)}${count}${numbers.join("")}${result.bayes.toFixed(4).padStart(16)}`);
  }
  const [noisy, clean] = results;
  return { untrained: first, results, svgs: { "spiral-noisy.svg": noisy.svg, "spiral-clean.svg": clean.svg } };
}

await runDirectly(import.meta.url, run);
