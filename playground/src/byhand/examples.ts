/** Networks to begin with; their numbers are those of the notebooks that the course follows. */
import type { HandNet } from "./net.js";

const plain = { loss: "squared error", rate: 0.1 } as const;
const [own, bias] = [[0, 1], 0];
const row = [2.1, 1.7, 3.3, 0.8];
const layer = {
  weights: [
    [0.5, -0.2, 0.9, -0.3],
    [0.7, 0.4, -0.6, 0.8],
    [-0.1, 0.6, 0.2, -0.7],
  ],
  biases: [1.5, 2.2, 0.9],
  activation: "linear",
} as const;

export const examples: readonly { readonly name: string; readonly net: HandNet }[] = [
  {
    name: "One neuron: weights 0 and 1, bias 4",
    net: { ...plain, inputs: [2, 3], layers: [{ weights: [own], biases: [4], activation: "sigmoid" }], targets: [0] },
  },
  {
    name: "2-2-1: weights 0 and 1, bias 0",
    net: {
      ...plain,
      inputs: [2, 3],
      layers: [
        { weights: [own, own], biases: [bias, bias], activation: "sigmoid" },
        { weights: [own], biases: [bias], activation: "sigmoid" },
      ],
      targets: [1],
    },
  },
  {
    name: "Linear neuron, 3 inputs",
    net: {
      ...plain,
      inputs: [2.5, 1.8, 0.7],
      layers: [{ weights: [[0.6, -0.4, 1.2]], biases: [0.8], activation: "linear" }],
      targets: [1],
    },
  },
  {
    name: "Linear neuron, 4 inputs",
    net: {
      ...plain,
      inputs: [3.2, 1.5, 2.1, 0.9],
      layers: [{ weights: [[0.3, -0.8, 0.5, 1.1]], biases: [1.4], activation: "linear" }],
      targets: [1],
    },
  },
  {
    name: "Layer of three, softmax",
    net: {
      ...{ ...plain, loss: "cross-entropy", inputs: row, layers: [{ ...layer, activation: "softmax" }] },
      targets: [1, 0, 0],
    },
  },
  {
    name: "Two layers of three",
    net: {
      ...plain,
      rate: 0.01,
      inputs: row,
      layers: [
        layer,
        {
          weights: [
            [0.3, -0.4, 0.6],
            [0.2, 0.5, -0.3],
            [0.8, -0.1, 0.4],
          ],
          biases: [0.7, 1.2, -0.5],
          activation: "linear",
        },
      ],
      targets: [2, 3, 4],
    },
  },
];
