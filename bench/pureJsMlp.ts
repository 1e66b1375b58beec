/**
 * The rivals' net: dense layers trained step by step in plain JavaScript, all buffers allocated once. The plain and the
 * tuned rival are this net with different matrix products.
 */
import type { Products } from "./products.js";
import { relu, reluBackward, sigmoid, sigmoidBackward, softmax } from "./pureJsActivations.js";
import { type AdamOptions, adam, columnSums, sgd } from "./pureJsUpdates.js";
import { makeShuffler } from "./shuffler.mjs";

export interface PureJsMlpOptions {
  /** Inputs, units of each hidden layer, outputs. */
  sizes: readonly number[];
  hidden: "relu" | "sigmoid";
  /** `softmax` trains on integer labels by crossentropy, `linear` on targets by mean squared error. */
  output: "softmax" | "linear";
  optimizer: { type: "sgd"; learningRate: number } | ({ type: "adam" } & AdamOptions);
  /** Largest number of rows given at once. */
  batchSize: number;
}

interface Layer {
  inputs: number;
  units: number;
  kernel: Float32Array;
  bias: Float32Array;
  dKernel: Float32Array;
  dBias: Float32Array;
  y: Float32Array;
  dy: Float32Array;
}

/** Rows of probabilities become gradients with respect to the logits; returns the mean loss. */
function crossentropy(probabilities: Float32Array, labels: Int32Array, dz: Float32Array, rows: number, cols: number) {
  const scale = 1 / rows;
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    for (let j = 0; j < cols; j++) dz[start + j] = probabilities[start + j] * scale;
    dz[start + labels[i]] -= scale;
    loss -= Math.log(probabilities[start + labels[i]]);
  }
  return loss * scale;
}

/** Gradient of the mean squared error over `count` elements; returns the loss. */
function squaredError(y: Float32Array, targets: Float32Array, dy: Float32Array, count: number) {
  const scale = 2 / count;
  let loss = 0;
  for (let i = 0; i < count; i++) {
    const error = y[i] - targets[i];
    dy[i] = error * scale;
    loss += error * error;
  }
  return loss / count;
}

export class PureJsMlp {
  readonly #options: PureJsMlpOptions;
  readonly #products: Products;
  readonly #layers: Layer[] = [];
  readonly #params: Float32Array;
  readonly #grads: Float32Array;
  readonly #m: Float32Array;
  readonly #v: Float32Array;
  readonly #batchX: Float32Array;
  readonly #batchTargets: Float32Array;
  readonly #batchLabels: Int32Array;
  readonly #shuffle = makeShuffler();
  #step = 0;

  constructor(options: PureJsMlpOptions, products: Products) {
    this.#options = options;
    this.#products = products;
    const { sizes, batchSize } = options;
    const count = sizes.slice(1).reduce((sum, units, i) => sum + (sizes[i] + 1) * units, 0);
    this.#params = new Float32Array(count);
    this.#grads = new Float32Array(count);
    this.#m = new Float32Array(count);
    this.#v = new Float32Array(count);
    this.#batchX = new Float32Array(batchSize * sizes[0]);
    this.#batchTargets = new Float32Array(batchSize * sizes[sizes.length - 1]);
    this.#batchLabels = new Int32Array(batchSize);
    let offset = 0;
    for (let i = 1; i < sizes.length; i++) {
      const inputs = sizes[i - 1];
      const units = sizes[i];
      const end = offset + inputs * units;
      this.#layers.push({
        inputs,
        units,
        kernel: this.#params.subarray(offset, end),
        bias: this.#params.subarray(end, end + units),
        dKernel: this.#grads.subarray(offset, end),
        dBias: this.#grads.subarray(end, end + units),
        y: new Float32Array(batchSize * units),
        dy: new Float32Array(batchSize * units),
      });
      offset = end + units;
    }
  }

  /** Kernel [inputs, units] and bias of each layer in turn, copied. */
  getWeights(): Float32Array[] {
    return this.#layers.flatMap(({ kernel, bias }) => [kernel.slice(), bias.slice()]);
  }

  /** Takes weights as `getWeights` returns them, and resets the optimizer. */
  setWeights(weights: readonly ArrayLike<number>[]): void {
    for (const [i, layer] of this.#layers.entries()) {
      layer.kernel.set(weights[2 * i]);
      layer.bias.set(weights[2 * i + 1]);
    }
    this.#m.fill(0);
    this.#v.fill(0);
    this.#step = 0;
  }

  /** Outputs for x[rows, inputs]. The array returned is overwritten by the next call. */
  predict(x: Float32Array, rows: number): Float32Array {
    const last = this.#layers.length - 1;
    let input = x;
    for (let i = 0; i <= last; i++) {
      const { inputs, units, kernel, bias, y } = this.#layers[i];
      this.#products.dense(input, kernel, bias, y, rows, inputs, units);
      if (i < last) {
        if (this.#options.hidden === "relu") relu(y, y, rows * units);
        else sigmoid(y, y, rows * units);
      } else if (this.#options.output === "softmax") {
        softmax(y, y, rows, units);
      }
      input = y;
    }
    return input;
  }

  /** One step on x[rows, inputs] and y (labels for softmax, targets for linear); returns the mean loss before it. */
  trainStep(x: Float32Array, y: Float32Array | Int32Array, rows: number): number {
    const output = this.predict(x, rows);
    const last = this.#layers[this.#layers.length - 1];
    const loss =
      y instanceof Int32Array
        ? crossentropy(output, y, last.dy, rows, last.units)
        : squaredError(output, y, last.dy, rows * last.units);
    this.#backward(x, rows);
    this.#update();
    return loss;
  }

  /**
   * Passes `epochs` times over x[rows, inputs] in batches, in a new random order each time if `shuffle` is set.
   * Returns the mean loss of the last pass.
   */
  fit(x: Float32Array, y: Float32Array | Int32Array, rows: number, epochs: number, shuffle: boolean): number {
    const { batchSize } = this.#options;
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    let loss = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (shuffle) this.#shuffle(order);
      loss = 0;
      for (let begin = 0; begin < rows; begin += batchSize) {
        const count = Math.min(batchSize, rows - begin);
        loss += count * (rows <= batchSize ? this.trainStep(x, y, rows) : this.#trainRows(x, y, order, begin, count));
      }
    }
    return loss / rows;
  }

  /** One step on rows order[begin …] of x and y, gathered into a batch. */
  #trainRows(x: Float32Array, y: Float32Array | Int32Array, order: Uint32Array, begin: number, count: number): number {
    const inputs = this.#options.sizes[0];
    const outputs = y instanceof Int32Array ? 1 : this.#layers[this.#layers.length - 1].units;
    const batchY = y instanceof Int32Array ? this.#batchLabels : this.#batchTargets;
    for (let i = 0; i < count; i++) {
      const row = order[begin + i];
      this.#batchX.set(x.subarray(row * inputs, (row + 1) * inputs), i * inputs);
      for (let j = 0; j < outputs; j++) batchY[i * outputs + j] = y[row * outputs + j];
    }
    return this.trainStep(this.#batchX, batchY, count);
  }

  #backward(x: Float32Array, rows: number): void {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const { inputs, units, kernel, dy, dKernel, dBias } = this.#layers[i];
      const input = i > 0 ? this.#layers[i - 1].y : x;
      this.#products.kernelGradient(input, dy, dKernel, rows, inputs, units);
      columnSums(dy, dBias, rows, units);
      if (i === 0) return;
      const dx = this.#layers[i - 1].dy;
      this.#products.inputGradient(dy, kernel, dx, rows, inputs, units);
      if (this.#options.hidden === "relu") reluBackward(dx, dx, input, rows * inputs);
      else sigmoidBackward(dx, dx, input, rows * inputs);
    }
  }

  #update(): void {
    const { optimizer } = this.#options;
    this.#step++;
    if (optimizer.type === "sgd") sgd(this.#params, this.#grads, optimizer.learningRate);
    else adam(this.#params, this.#grads, this.#m, this.#v, this.#step, optimizer);
  }
}
