/**
 * The reference backend: a naive scalar interpreter of the tape in plain JavaScript. It is the readable
 * specification of every op, the oracle of the tests, and the fall-back where there is no WebAssembly SIMD.
 * Sums run in float64; values are stored as float32, or as float64 for gradient checks.
 */
import { exp, expm1, log, log1p, sigmoid, tanh } from "../math.js";
import { type Decoded, decode, type Strided } from "../plan/encode.js";
import { ActivationKind, ControlField, LossKind, MetricKind, Op, Place, Status } from "../plan/op.js";
import type { Backend } from "./backend.js";

type Floats = Float32Array | Float64Array;

const CONTROL_WORD = Place.Control / 4;
const CONTROL_DOUBLE = Place.Control / 8;
const WIDTH = Place.PanelWidth;
const CLIP = 1e-7;

/** Record fields by name, as the interpreter below reads them. */
type Fields = Record<string, number> & Record<string, Strided>;

export class ReferenceBackend implements Backend {
  readonly floats: Floats;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly #records: readonly Decoded[];

  /** @param precision 64 keeps every value in float64, in memory of its own. @default 32 */
  constructor(words: Int32Array, bytes: number, precision: 32 | 64 = 32) {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    this.ints = new Int32Array(buffer);
    this.floats = precision === 32 ? new Float32Array(buffer) : new Float64Array(buffer.byteLength / 4);
    this.doubles = precision === 32 ? new Float64Array(buffer) : new Float64Array(buffer.byteLength / 8);
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    const count = words.byteLength / Place.RecordBytes;
    this.#records = Array.from({ length: count }, (_, i) => decode(view, i * Place.RecordBytes));
  }

  run(begin: number, end: number): void {
    for (let index = begin; index < end; index++) {
      this.#execute(this.#records[index] as unknown as Fields & { op: Op });
      if (this.ints[CONTROL_WORD + ControlField.Status / 4] !== Status.Running) return;
    }
  }

  release(): void {}

  #execute(record: Fields & { op: Op }): void {
    const rows = this.ints[CONTROL_WORD + ControlField.Rows / 4];
    switch (record.op) {
      case Op.DenseForward:
        denseForward(this.floats, record, rows);
        break;
      case Op.DenseKernelGradient:
        denseKernelGradient(this.floats, record, rows);
        break;
      case Op.DenseInputGradient:
        denseInputGradient(this.floats, record, rows);
        break;
      case Op.ColumnSum:
        columnSum(this.floats, record, rows);
        break;
      case Op.ActivationForward:
        activationForward(this.floats, record, rows);
        break;
      case Op.ActivationBackward:
        activationBackward(this.floats, record, rows);
        break;
      case Op.Loss:
        loss(this.floats, this.ints, record, rows);
        break;
      case Op.LossTotal:
        this.#lossTotal(record, rows);
        break;
      case Op.Metric:
        this.#metric(record, rows);
        break;
      case Op.Sgd:
        this.#reportUpdate(sgd(this.floats, record, this.#learningRate()));
        break;
      case Op.Adam:
        this.#reportUpdate(adam(this.floats, record, this.#learningRate(), this.#step()));
        break;
      default:
        record.op satisfies never;
    }
  }

  #learningRate(): number {
    return this.floats[CONTROL_WORD + ControlField.LearningRate / 4];
  }

  #step(): number {
    return this.ints[CONTROL_WORD + ControlField.Step / 4];
  }

  #setStatus(status: Status): void {
    this.ints[CONTROL_WORD + ControlField.Status / 4] = status;
  }

  #lossTotal({ rowLoss }: Fields, rows: number): void {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += this.floats[rowLoss + row];
    if (!Number.isFinite(sum)) this.#setStatus(Status.LossNotFinite);
    this.doubles[CONTROL_DOUBLE + ControlField.LossSum / 8] += sum;
  }

  #metric(record: Fields, rows: number): void {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += metricOfRow(this.floats, this.ints, record, row);
    this.doubles[CONTROL_DOUBLE + ControlField.MetricSums / 8 + record.slot] += sum;
  }

  #reportUpdate(finite: boolean): void {
    if (!finite) this.#setStatus(Status.UpdateNotFinite);
  }
}

/** Index of kernel[input, unit] in panel storage. */
function kernelIndex(kernel: Strided, input: number, unit: number): number {
  return kernel.at + Math.floor(unit / WIDTH) * kernel.stride + input * WIDTH + (unit % WIDTH);
}

/** y = f(x kernel + bias) */
function denseForward(f: Floats, { x, kernel, bias, y, inputs, units, activation, alpha }: Fields, rows: number): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      let z = f[bias + unit];
      for (let i = 0; i < inputs; i++) z += f[x.at + row * x.stride + i] * f[kernelIndex(kernel, i, unit)];
      f[y.at + row * y.stride + unit] = activate(activation, z, alpha);
    }
  }
}

/** dKernel = xᵀ dy */
function denseKernelGradient(f: Floats, { x, dy, dKernel, inputs, units }: Fields, rows: number): void {
  for (let unit = 0; unit < units; unit++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += f[x.at + row * x.stride + i] * f[dy.at + row * dy.stride + unit];
      f[kernelIndex(dKernel, i, unit)] = sum;
    }
  }
}

/** dx = dy kernelᵀ */
function denseInputGradient(f: Floats, { dy, kernel, dx, inputs, units }: Fields, rows: number): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let unit = 0; unit < units; unit++)
        sum += f[dy.at + row * dy.stride + unit] * f[kernelIndex(kernel, i, unit)];
      f[dx.at + row * dx.stride + i] = sum;
    }
  }
}

/** out = sum over rows of x */
function columnSum(f: Floats, { x, out, columns }: Fields, rows: number): void {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += f[x.at + row * x.stride + j];
    f[out + j] = sum;
  }
}

/** y = f(z) for one element */
function activate(kind: ActivationKind, z: number, alpha: number): number {
  switch (kind) {
    case ActivationKind.Linear:
      return z;
    case ActivationKind.Relu:
      return Math.max(z, 0);
    case ActivationKind.LeakyRelu:
      return z < 0 ? alpha * z : z;
    case ActivationKind.Elu:
      return z < 0 ? alpha * expm1(z) : z;
    case ActivationKind.Sigmoid:
      return sigmoid(z);
    case ActivationKind.Tanh:
      return tanh(z);
    case ActivationKind.Softmax:
      throw new Error("softmax works on rows"); // activationForward sees to it
    default:
      return kind satisfies never;
  }
}

/** dy/dz for one element, from the output y */
function derivative(kind: ActivationKind, y: number, alpha: number): number {
  switch (kind) {
    case ActivationKind.Linear:
      return 1;
    case ActivationKind.Relu:
      return y > 0 ? 1 : 0;
    case ActivationKind.LeakyRelu:
      return y > 0 ? 1 : alpha;
    case ActivationKind.Elu:
      return y > 0 ? 1 : y + alpha;
    case ActivationKind.Sigmoid:
      return y * (1 - y);
    case ActivationKind.Tanh:
      return 1 - y * y;
    case ActivationKind.Softmax:
      throw new Error("softmax works on rows"); // activationBackward sees to it
    default:
      return kind satisfies never;
  }
}

function activationForward(f: Floats, { x, y, columns, activation, alpha }: Fields, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    const to = y.at + row * y.stride;
    if (activation === ActivationKind.Softmax) {
      const { largest, sum } = softmaxSum(f, from, columns);
      for (let j = 0; j < columns; j++) f[to + j] = exp(f[from + j] - largest) / sum;
    } else {
      for (let j = 0; j < columns; j++) f[to + j] = activate(activation, f[from + j], alpha);
    }
  }
}

function activationBackward(f: Floats, { y, dy, dx, columns, activation, alpha }: Fields, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const output = y.at + row * y.stride;
    const upstream = dy.at + row * dy.stride;
    const to = dx.at + row * dx.stride;
    if (activation === ActivationKind.Softmax) {
      let mean = 0;
      for (let j = 0; j < columns; j++) mean += f[output + j] * f[upstream + j];
      for (let j = 0; j < columns; j++) f[to + j] = f[output + j] * (f[upstream + j] - mean);
    } else {
      for (let j = 0; j < columns; j++) f[to + j] = f[upstream + j] * derivative(activation, f[output + j], alpha);
    }
  }
}

function softmaxSum(f: Floats, at: number, columns: number): { largest: number; sum: number } {
  let largest = -Infinity;
  for (let j = 0; j < columns; j++) if (f[at + j] > largest) largest = f[at + j];
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += exp(f[at + j] - largest);
  return { largest, sum };
}

function clip(p: number): number {
  return Math.min(Math.max(p, CLIP), 1 - CLIP);
}

/** The weighted loss of each row; with `dPredictions`, the gradient of sum(w l) / rows. */
function loss(f: Floats, ints: Int32Array, record: Fields, rows: number): void {
  const { predictions, targets, sampleWeights, dPredictions, rowLoss, columns, kind } = record;
  for (let row = 0; row < rows; row++) {
    const weight = f[sampleWeights + row];
    const scale = weight / rows;
    const p = predictions.at + row * predictions.stride;
    const t = targets.at + row * targets.stride;
    const sparse =
      kind === LossKind.SparseCategoricalCrossentropy || kind === LossKind.SparseCategoricalCrossentropyLogits;
    const target = sparse ? (j: number) => (ints[t] === j ? 1 : 0) : (j: number) => f[t + j];
    const gradient = dPredictions.at
      ? (j: number, value: number) => {
          f[dPredictions.at + row * dPredictions.stride + j] = value * scale;
        }
      : () => {};
    f[rowLoss + row] = weight * rowLossAndGradient(kind, f, p, target, gradient, columns);
  }
}

function rowLossAndGradient(
  kind: LossKind,
  f: Floats,
  p: number,
  target: (j: number) => number,
  gradient: (j: number, value: number) => void,
  columns: number,
): number {
  let value = 0;
  switch (kind) {
    // mean_j (p_j - t_j)²
    case LossKind.MeanSquaredError:
      for (let j = 0; j < columns; j++) {
        const error = f[p + j] - target(j);
        value += (error * error) / columns;
        gradient(j, (2 * error) / columns);
      }
      return value;
    // -sum_j t_j ln q_j, q = clip(p / sum p)
    case LossKind.CategoricalCrossentropy:
    case LossKind.SparseCategoricalCrossentropy: {
      let total = 0;
      for (let j = 0; j < columns; j++) total += f[p + j];
      const dq = (j: number) => {
        const q = f[p + j] / total;
        return clip(q) === q && target(j) !== 0 ? -target(j) / q : 0;
      };
      let mean = 0;
      for (let j = 0; j < columns; j++) {
        const q = f[p + j] / total;
        if (target(j) !== 0) value -= target(j) * log(clip(q));
        mean += dq(j) * q;
      }
      for (let j = 0; j < columns; j++) gradient(j, (dq(j) - mean) / total);
      return value;
    }
    // sum_j t_j (lse - x_j)
    case LossKind.CategoricalCrossentropyLogits:
    case LossKind.SparseCategoricalCrossentropyLogits: {
      const { largest, sum } = softmaxSum(f, p, columns);
      let targetSum = 0;
      for (let j = 0; j < columns; j++) {
        targetSum += target(j);
        value += target(j) * (log(sum) + largest - f[p + j]);
      }
      for (let j = 0; j < columns; j++) gradient(j, (exp(f[p + j] - largest) / sum) * targetSum - target(j));
      return value;
    }
    // -mean_j (t ln q + (1 - t) ln(1 - q)), q = clip(p)
    case LossKind.BinaryCrossentropy:
      for (let j = 0; j < columns; j++) {
        const q = clip(f[p + j]);
        value -= (target(j) * log(q) + (1 - target(j)) * log(1 - q)) / columns;
        gradient(j, q === f[p + j] ? (q - target(j)) / (q * (1 - q)) / columns : 0);
      }
      return value;
    // mean_j (max(x, 0) - x t + ln(1 + e^-|x|))
    case LossKind.BinaryCrossentropyLogits:
      for (let j = 0; j < columns; j++) {
        const x = f[p + j];
        value += (Math.max(x, 0) - x * target(j) + log1p(exp(-Math.abs(x)))) / columns;
        gradient(j, (sigmoid(x) - target(j)) / columns);
      }
      return value;
    default:
      return kind satisfies never;
  }
}

function argMax(f: Floats, at: number, columns: number): number {
  let best = 0;
  for (let j = 1; j < columns; j++) if (f[at + j] > f[at + best]) best = j;
  return best;
}

function metricOfRow(f: Floats, ints: Int32Array, record: Fields, row: number): number {
  const { predictions, targets, columns, threshold } = record;
  const kind: MetricKind = record.kind;
  const p = predictions.at + row * predictions.stride;
  const t = targets.at + row * targets.stride;
  let sum = 0;
  switch (kind) {
    case MetricKind.SparseCategoricalAccuracy:
      return argMax(f, p, columns) === ints[t] ? 1 : 0;
    case MetricKind.CategoricalAccuracy:
      return argMax(f, p, columns) === argMax(f, t, columns) ? 1 : 0;
    case MetricKind.BinaryAccuracy:
      for (let j = 0; j < columns; j++) if (f[p + j] > threshold === f[t + j] > 0.5) sum++;
      return sum / columns;
    case MetricKind.MeanSquaredError:
      for (let j = 0; j < columns; j++) sum += (f[p + j] - f[t + j]) * (f[p + j] - f[t + j]);
      return sum / columns;
    case MetricKind.MeanAbsoluteError:
      for (let j = 0; j < columns; j++) sum += Math.abs(f[p + j] - f[t + j]);
      return sum / columns;
    default:
      return kind satisfies never;
  }
}

/** Returns false when an element would have become non-finite; it then keeps its value. */
function sgd(f: Floats, { params, grads, velocity, count, momentum, nesterov }: Fields, lr: number): boolean {
  let allFinite = true;
  for (let i = 0; i < count; i++) {
    const step = lr * f[grads + i];
    const v = (velocity ? momentum * f[velocity + i] : 0) - step;
    const updated = f[params + i] + (nesterov ? momentum * v - step : v);
    if (storable(f, updated)) {
      f[params + i] = updated;
      if (velocity) f[velocity + i] = v;
    } else allFinite = false;
  }
  return allFinite;
}

/** Adam in Keras's form; `epsilonInside` gives PyTorch's. */
function adam(f: Floats, record: Fields, lr: number, step: number): boolean {
  const { params, grads, m, v, count, beta1, beta2, epsilon, epsilonInside } = record;
  const root = Math.sqrt(1 - power(beta2, step));
  const rate = (lr * root) / (1 - power(beta1, step));
  const small = epsilonInside ? epsilon * root : epsilon;
  let allFinite = true;
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const updated = f[params + i] - (rate * first) / (Math.sqrt(second) + small);
    if (storable(f, updated) && storable(f, second)) {
      f[params + i] = updated;
      f[m + i] = first;
      f[v + i] = second;
    } else allFinite = false;
  }
  return allFinite;
}

/** Is the value still finite once it is stored? */
function storable(f: Floats, value: number): boolean {
  return Number.isFinite(f instanceof Float32Array ? Math.fround(value) : value);
}

/** base^exponent by repeated squaring, the same in every engine. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}
