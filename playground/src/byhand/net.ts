/** A small network worked by hand, for one sample: sums, outputs, loss, gradients, one step. Pure, in 64 bits. */

export const handActivations = ["linear", "sigmoid", "tanh", "relu", "softmax"] as const;
export type HandActivation = (typeof handActivations)[number];
export const handLosses = ["squared error", "cross-entropy"] as const;
export type HandLoss = (typeof handLosses)[number];

export interface HandLayer {
  /** By neuron, by input. */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
  readonly activation: HandActivation;
}

export interface HandNet {
  readonly inputs: readonly number[];
  readonly layers: readonly HandLayer[];
  readonly targets: readonly number[];
  readonly loss: HandLoss;
  readonly rate: number;
}

export interface HandSums {
  readonly sums: readonly number[];
  readonly outputs: readonly number[];
}

/** Of a layer: derivatives of the loss by its sums, weights and biases. */
export interface HandGradients {
  readonly sums: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

function activate(activation: HandActivation, sums: readonly number[]): number[] {
  switch (activation) {
    case "linear":
      return [...sums];
    case "sigmoid":
      return sums.map((z) => 1 / (1 + Math.exp(-z)));
    case "tanh":
      return sums.map(Math.tanh);
    case "relu":
      return sums.map((z) => Math.max(0, z));
    case "softmax": {
      const largest = Math.max(...sums);
      const powers = sums.map((z) => Math.exp(z - largest));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    }
    default:
      return activation satisfies never;
  }
}

/** Sums and outputs, layer by layer. */
export function forward({ inputs, layers }: HandNet): HandSums[] {
  let from = inputs;
  return layers.map(({ weights, biases, activation }) => {
    const sums = weights.map((row, j) => row.reduce((sum, w, i) => sum + w * from[i], biases[j]));
    const outputs = activate(activation, sums);
    from = outputs;
    return { sums, outputs };
  });
}

/** Cross-entropy needs probabilities. */
export const canBeEntropy = ({ layers }: Pick<HandNet, "layers">): boolean =>
  ["sigmoid", "softmax"].includes(layers[layers.length - 1].activation);

const isEntropy = (net: HandNet) => net.loss === "cross-entropy" && canBeEntropy(net);
const TINY = 1e-15;
const ln = (p: number) => Math.log(Math.max(p, TINY));

/** The loss: the mean of the squares, −Σ y ln p for softmax, the mean over both outcomes of each output for sigmoid. */
export function lossOf(net: HandNet): number {
  const all = forward(net);
  const { outputs } = all[all.length - 1];
  const { targets, layers } = net;
  const sumOf = (each: (p: number, y: number) => number) => outputs.reduce((sum, p, i) => sum + each(p, targets[i]), 0);
  if (!isEntropy(net)) return sumOf((p, y) => (p - y) ** 2) / outputs.length;
  if (layers[layers.length - 1].activation === "softmax") return sumOf((p, y) => -y * ln(p));
  return sumOf((p, y) => -(y * ln(p) + (1 - y) * ln(1 - p))) / outputs.length;
}

/** Derivatives by the sums of a layer, from those by its outputs. */
function throughActivation(activation: HandActivation, { sums, outputs }: HandSums, by: readonly number[]): number[] {
  switch (activation) {
    case "linear":
      return [...by];
    case "sigmoid":
      return by.map((d, i) => d * outputs[i] * (1 - outputs[i]));
    case "tanh":
      return by.map((d, i) => d * (1 - outputs[i] ** 2));
    case "relu":
      return by.map((d, i) => (sums[i] > 0 ? d : 0));
    case "softmax": {
      const mean = by.reduce((sum, d, i) => sum + d * outputs[i], 0);
      return by.map((d, i) => outputs[i] * (d - mean));
    }
    default:
      return activation satisfies never;
  }
}

/** Derivatives by the sums of the last layer. */
function atTheEnd(net: HandNet, last: HandSums): number[] {
  const { targets, layers } = net;
  const { activation } = layers[layers.length - 1];
  const { outputs } = last;
  if (isEntropy(net)) {
    const all = targets.reduce((sum, y) => sum + y, 0);
    return activation === "softmax"
      ? outputs.map((p, i) => p * all - targets[i])
      : outputs.map((p, i) => (p - targets[i]) / outputs.length);
  }
  const by = outputs.map((p, i) => (2 * (p - targets[i])) / outputs.length);
  return throughActivation(activation, last, by);
}

/** Gradients of the loss, layer by layer: from the last one back. */
export function backward(net: HandNet): HandGradients[] {
  const { layers, inputs } = net;
  const all = forward(net);
  const found: HandGradients[] = [];
  let sums = atTheEnd(net, all[all.length - 1]);
  for (let at = layers.length - 1; at >= 0; at--) {
    const from = at === 0 ? inputs : all[at - 1].outputs;
    found.unshift({ sums, biases: sums, weights: sums.map((d) => from.map((h) => d * h)) });
    if (at === 0) break;
    const own = sums;
    const by = from.map((_, i) => layers[at].weights.reduce((sum, row, j) => sum + row[i] * own[j], 0));
    sums = throughActivation(layers[at - 1].activation, all[at - 1], by);
  }
  return found;
}

/** The network after one step of gradient descent. */
export function stepped(net: HandNet): HandNet {
  const gradients = backward(net);
  const layers = net.layers.map((layer, at) => ({
    ...layer,
    weights: layer.weights.map((row, j) => row.map((w, i) => w - net.rate * gradients[at].weights[j][i])),
    biases: layer.biases.map((b, j) => b - net.rate * gradients[at].biases[j]),
  }));
  return { ...net, layers };
}
