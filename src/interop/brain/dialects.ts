/** The two forms of JSON of brain.js's `NeuralNetwork`, and its activations. */

/** A layer of brain.js 2: a row of weights for each unit. The first layer, the input, has none. */
export interface BrainLayer2 {
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

/** A unit of brain.js 1: its weights by the names of the units before it. The inputs have none. */
export interface BrainUnit1 {
  readonly bias?: number;
  readonly weights?: Readonly<Record<string, number>>;
}

/** Our activations by those names of brain.js that mean the same in both versions. */
export const ACTIVATIONS = { sigmoid: "sigmoid", relu: "relu", tanh: "tanh" } as const;

/** Slope of leaky-relu if a file does not say it. */
export const LEAKY_SLOPE = 0.01;
