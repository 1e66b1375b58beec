// @ts-check
/** Activation functions and their derivatives, both taken from the library. Run: node examples/activations.js */
import { activation, dense, Sequential } from "simdgrad";
import { lineChart } from "simdgrad/plot";
import { runDirectly } from "./support/direct.js";

/**
 * @typedef {import("simdgrad").Activation} Activation
 * @typedef {object} Curve
 * @property {string} name
 * @property {string} formula
 * @property {number[]} x
 * @property {number[]} y f(x)
 * @property {number[]} slope f′(x)
 */

const FORMULAS = {
  sigmoid: "1 / (1 + e⁻ˣ)",
  tanh: "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
  relu: "max(0, x)",
  leakyRelu: "x, or 0.2 x below 0",
  elu: "x, or eˣ − 1 below 0",
};
const names = /** @type {(keyof typeof FORMULAS)[]} */ (Object.keys(FORMULAS));
/** The logits that stay fixed while one moves, for the curve of softmax. */
const OTHER_LOGITS = [1, 0];

/** Rows of logits for softmax, and of probabilities for the cross-entropy, with the results printed in some notes. */
const LOGITS = [
  [2, 4, 6, 8],
  [1, 2, 3, 2.5],
  [2, 5, -1, 2],
  [-1.5, 2.7, 3.3, -0.8],
];
const PRINTED_PROBABILITIES = [
  [0.00214401, 0.0158422, 0.11705891, 0.86495488],
  [0.06414709, 0.17437149, 0.47399085, 0.28748998],
  [0.00517666, 0.90739747, 0.00224921, 0.08517666],
  [0.00522904, 0.14875873, 0.83547983, 0.0105316],
];
const PROBABILITIES = [
  [0.7, 0.1, 0.2],
  [0.1, 0.5, 0.4],
  [0.02, 0, 0.98],
];
const PRINTED_LOSS = 0.385068885216884;

/**
 * A model that hands its input unchanged to an activation: a dense layer whose kernel is the identity, then f.
 * @param {number} width
 * @param {Activation} f
 */
export async function bare(width, f) {
  const model = await Sequential.create({
    inputShape: [width],
    layers: [dense({ units: width, useBias: false }), activation(f)],
  });
  const data = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  model.setWeights([{ name: "dense_1/kernel", shape: [width, width], data }]);
  return model;
}

/**
 * f and f′ at each x. The derivative is read off a backward pass: with one output and squared error
 * L = (f(x) − y)² for each row, so dL/dx = 2 (f(x) − y) f′(x) / rows. With y = f(x) − 1 the first factor is 2.
 * @param {keyof typeof FORMULAS} name
 * @param {number[]} x
 * @returns {Promise<Curve>}
 */
async function curveOf(name, x) {
  const model = await bare(1, name);
  const y = Array.from(model.predict(x));
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const target = y.map((value) => value - 1);
  const trace = model.trace({ x, y: target });
  const slope = x.map((_, i) => {
    const upstream = (2 / x.length) * (y[i] - Math.fround(target[i]));
    return trace["dense_1/dz"].data[i] / upstream;
  });
  model.dispose();
  return { name, formula: FORMULAS[name], x, y, slope };
}

/**
 * The first probability of softmax([x, …OTHER_LOGITS]) and its derivative in x. The cross-entropy of class 0
 * has the gradient p − 1 with respect to that logit, and dp/dx = p (1 − p).
 * @param {number[]} x
 * @returns {Promise<Curve>}
 */
async function softmaxCurve(x) {
  const width = 1 + OTHER_LOGITS.length;
  const model = await bare(width, "softmax");
  const rows = x.map((value) => [value, ...OTHER_LOGITS]);
  const y = Array.from(model.predict(rows)).filter((_, i) => i % width === 0);
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const { data } = model.trace({ x: rows, y: x.map(() => 0) })["dense_1/dz"];
  const slope = y.map((p, i) => -p * data[i * width] * x.length);
  model.dispose();
  return { name: "softmax", formula: `first of softmax([x, ${OTHER_LOGITS.join(", ")}])`, x, y, slope };
}

/** Softmax of LOGITS, and the mean cross-entropy of PROBABILITIES with labels 0, 1, 2. */
async function byHand() {
  const softmax = await bare(LOGITS[0].length, "softmax");
  const flat = Array.from(softmax.predict(LOGITS));
  softmax.dispose();
  const probabilities = LOGITS.map((row, i) => flat.slice(i * row.length, (i + 1) * row.length));
  const linear = await bare(3, "linear");
  linear.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const { loss } = await linear.evaluate({ x: PROBABILITIES, y: [0, 1, 2] });
  linear.dispose();
  return { probabilities, loss };
}

/** @param {{ log?: (line: string) => void, limit?: number, points?: number }} [options] x from −limit to limit */
export async function run({ log = () => {}, limit = 4, points = 321 } = {}) {
  const x = Array.from({ length: points }, (_, i) => -limit + (2 * limit * i) / (points - 1));
  const curves = [];
  for (const name of names) curves.push(await curveOf(name, x));
  curves.push(await softmaxCurve(x));
  const { probabilities, loss } = await byHand();

  log(`${"".padEnd(11)}${"f(-2)".padStart(9)}${"f(0)".padStart(9)}${"f(2)".padStart(9)}   largest slope`);
  const at = (/** @type {Curve} */ { y }, /** @type {number} */ value) => {
    return y[Math.round(((value + limit) / (2 * limit)) * (points - 1))].toFixed(4).padStart(9);
  };
  for (const curve of curves) {
    const steepest = Math.max(...curve.slope)
      .toFixed(4)
      .padStart(12);
    log(`${curve.name.padEnd(11)}${at(curve, -2)}${at(curve, 0)}${at(curve, 2)}${steepest}`);
  }
  const row = (/** @type {number[]} */ values) => values.map((value) => value.toFixed(7)).join(" ");
  log(`\n${"softmax".padEnd(21)}${"printed".padEnd(43)}computed`);
  const wrong = "   printed figures are wrong";
  const agrees = probabilities.map((values, i) => {
    const same = values.every((value, j) => Math.abs(value - PRINTED_PROBABILITIES[i][j]) < 2e-7);
    const claim = row(PRINTED_PROBABILITIES[i]);
    log(`${LOGITS[i].join(", ").padEnd(21)}${claim}    ${row(values)}${same ? "" : wrong}`);
    return same;
  });
  const lossAgrees = Math.abs(loss - PRINTED_LOSS) < 1e-6;
  log(`${"cross-entropy".padEnd(21)}${PRINTED_LOSS.toFixed(7).padEnd(43)}${loss.toFixed(7)}${lossAgrees ? "" : wrong}`);
  return { curves, probabilities, agrees, loss, lossAgrees, svgs: { "activations.svg": draw(curves) } };
}

/** @param {Curve[]} curves */
function draw(curves) {
  return lineChart({
    title: "Activation functions and their derivatives",
    columns: 3,
    width: 360,
    height: 300,
    panels: curves.map(({ name, formula, x, y, slope }) => {
      const lowest = { sigmoid: 0, softmax: 0 }[name] ?? -1;
      // A jump of the derivative is a gap in its line, not a steep flank.
      const gaps = slope.map((value, i) => (i > 0 && Math.abs(value - slope[i - 1]) > 0.5 ? Number.NaN : value));
      return {
        title: `${name}: ${formula}`,
        x: { label: "x" },
        y: { min: lowest, max: Math.round(Math.max(...y)) },
        series: [
          { name: "f(x)", points: x.map((value, i) => /** @type {const} */ ([value, y[i]])) },
          { name: "f′(x)", points: x.map((value, i) => /** @type {const} */ ([value, gaps[i]])), dashed: true },
        ],
      };
    }),
  });
}

await runDirectly(import.meta.url, run);
