// @ts-check
/** Neurons and layers small enough to check by hand. Run: node examples/neuron.js */
import { dense, Sequential } from "simdgrad";
import { runDirectly } from "./support/direct.js";

/**
 * @typedef {"linear" | "sigmoid"} ActivationName
 * @typedef {object} Layer
 * @property {number[][]} neurons the weights of each neuron, one row per neuron, as such notes usually print them
 * @property {number[]} biases one per neuron
 */

/** Four inputs, three neurons; and three more neurons on top of those. */
const FIRST = {
  neurons: [
    [0.5, -0.2, 0.9, -0.3],
    [0.7, 0.4, -0.6, 0.8],
    [-0.1, 0.6, 0.2, -0.7],
  ],
  biases: [1.5, 2.2, 0.9],
};
const SECOND = {
  neurons: [
    [0.3, -0.4, 0.6],
    [0.2, 0.5, -0.3],
    [0.8, -0.1, 0.4],
  ],
  biases: [0.7, 1.2, -0.5],
};
const ROW = [2.1, 1.7, 3.3, 0.8];
const SHARED = [0, 1];

/**
 * The cases. `printed` are the figures printed in the notes that the weights come from; some of them are wrong, and
 * the sums that the model computes are right.
 * @type {{ name: string, layers: Layer[], activation: ActivationName, x: number[][], printed: number[][] | null }[]}
 */
export const cases = [
  {
    name: "sigmoid neuron",
    layers: [{ neurons: [SHARED], biases: [4] }],
    activation: "sigmoid",
    x: [[2, 3]],
    printed: [[0.9990889]],
  },
  {
    name: "2-2-1, shared weights",
    layers: [
      { neurons: [SHARED, SHARED], biases: [0, 0] },
      { neurons: [SHARED], biases: [0] },
    ],
    activation: "sigmoid",
    x: [[2, 3]],
    printed: [[0.7216326]],
  },
  {
    name: "linear, 3 inputs",
    layers: [{ neurons: [[0.6, -0.4, 1.2]], biases: [0.8] }],
    activation: "linear",
    x: [[2.5, 1.8, 0.7]],
    printed: [[2.54]],
  },
  {
    name: "linear, 4 inputs",
    layers: [{ neurons: [[0.3, -0.8, 0.5, 1.1]], biases: [1.4] }],
    activation: "linear",
    x: [[3.2, 1.5, 2.1, 0.9]],
    printed: [[2.89]],
  },
  { name: "layer of three", layers: [FIRST], activation: "linear", x: [ROW], printed: [[4.67, 2.93, 1.19]] },
  {
    name: "two layers",
    layers: [FIRST, SECOND],
    activation: "linear",
    x: [ROW],
    printed: [[2.234, 3.185, 2.89]],
  },
  {
    name: "a batch of three",
    layers: [FIRST, SECOND],
    activation: "linear",
    x: [ROW, [1, 0, 0, 0], [-1, 0.5, 2, 1.5]],
    printed: null,
  },
];

/**
 * A model with exactly these weights.
 * @param {Layer[]} layers
 * @param {ActivationName} activation
 */
async function build(layers, activation) {
  const inputs = layers[0].neurons[0].length;
  const model = await Sequential.create({
    inputShape: [inputs],
    layers: layers.map(({ biases }) => dense({ units: biases.length, activation })),
  });
  model.setWeights(
    layers.flatMap(({ neurons, biases }, i) => {
      const fanIn = neurons[0].length;
      // A kernel is [inputs, units]: one column per neuron.
      const kernel = Array.from({ length: fanIn }, (_, input) => neurons.map((weights) => weights[input])).flat();
      return [
        { name: `dense_${i + 1}/kernel`, shape: [fanIn, neurons.length], data: kernel },
        { name: `dense_${i + 1}/bias`, shape: [neurons.length], data: biases },
      ];
    }),
  );
  return model;
}

/** @param {{ log?: (line: string) => void }} [options] */
export async function run({ log = () => {} } = {}) {
  /** @type {{ name: string, printed: number[][] | null, outputs: number[][], agrees: boolean | null }[]} */
  const results = [];
  for (const { name, layers, activation, x, printed } of cases) {
    const model = await build(layers, activation);
    const flat = Array.from(model.predict(x));
    model.dispose();
    const units = flat.length / x.length;
    const outputs = x.map((_, row) => flat.slice(row * units, (row + 1) * units));
    const agrees = printed ? printed.flat().every((value, i) => Math.abs(value - flat[i]) < 1e-5) : null;
    results.push({ name, printed, outputs, agrees });
  }

  // A 64-64-10 network: notes that count its parameters give 4096 weights and 4170 in all.
  const digits = await Sequential.create({ inputShape: [64], layers: [dense({ units: 64 }), dense({ units: 10 })] });
  const sizes = digits.getWeights().map(({ data }) => data.length);
  const parameters = { weights: sizes[0] + sizes[2], all: sizes.reduce((sum, size) => sum + size, 0) };
  digits.dispose();

  const row = (/** @type {number[]} */ values, digitsShown = 7) => {
    return values.map((value) => Number(value.toFixed(digitsShown))).join(", ");
  };
  log(`${"".padEnd(24)}${"printed".padEnd(24)}${"computed".padEnd(34)}`);
  for (const { name, printed, outputs, agrees } of results) {
    outputs.forEach((output, i) => {
      const claim = printed ? row(printed[i]) : "";
      const verdict = agrees === false ? "printed figure is wrong" : "";
      log(`${(i === 0 ? name : "").padEnd(24)}${claim.padEnd(24)}${row(output, 6).padEnd(34)}${verdict}`.trimEnd());
    });
  }
  const wrong = "printed figure is wrong";
  log(`${"64-64-10, weights".padEnd(24)}${"4096".padEnd(24)}${String(parameters.weights).padEnd(34)}${wrong}`);
  log(`${"64-64-10, with biases".padEnd(24)}${"4170".padEnd(24)}${String(parameters.all).padEnd(34)}${wrong}`);
  return { results, parameters };
}

await runDirectly(import.meta.url, run);
