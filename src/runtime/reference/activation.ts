/** Activations and their derivatives, element by element; softmax and its logarithm row by row. */
import { erfc } from "../../base/erfc.js";
import { exp, expm1, log, log1p } from "../../base/math.js";
import { sigmoid, tanh } from "../../base/sigmoids.js";
import { ActivationKind } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Floats, Memory } from "./memory.js";

type RowKind = ActivationKind.Softmax | ActivationKind.LogSoftmax | ActivationKind.Sparsemax;

/** y = f(z) for one element, and dy/dz from the `saved` value: y, or z if y does not determine it. */
interface Elementwise {
  readonly f: (z: number, alpha: number, threshold: number, maxValue: number) => number;
  readonly slope: (saved: number, alpha: number, threshold: number, maxValue: number) => number;
}

/** Klambauer et al. 2017. */
const SELU_SCALE = 1.0507009873554805;
const SELU_LIMIT = SELU_SCALE * 1.6732632423543772;

function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

function square(x: number): number {
  return x * x;
}

function within(y: number, low: number, high: number): number {
  return low < y && y < high ? 1 : 0;
}

/** ln(1 + eˣ) */
export function softplus(x: number): number {
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}

/** Probability that a standard normal number lies below z. */
function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2);
}

/** Constants of the argument of tanh in gelu's approximation, and of its derivative. */
const GELU = Math.sqrt(2 / Math.PI);
const geluArgument = (z: number) => GELU * (z + 0.044715 * z * z * z);
const geluArgumentSlope = (z: number) => GELU * (1 + 3 * 0.044715 * z * z);

const shrinkSlope = (y: number) => (y === 0 ? 0 : 1);

const elementwise: Readonly<Record<Exclude<ActivationKind, RowKind>, Elementwise>> = {
  [ActivationKind.Linear]: { f: (z) => z, slope: () => 1 },
  [ActivationKind.Relu]: { f: (z) => Math.max(z, 0), slope: (y) => (y > 0 ? 1 : 0) },
  [ActivationKind.LeakyRelu]: { f: (z, alpha) => (z < 0 ? alpha * z : z), slope: (y, alpha) => (y > 0 ? 1 : alpha) },
  [ActivationKind.ClippedRelu]: { f: (z, alpha) => clip(z, 0, alpha), slope: (y, alpha) => within(y, 0, alpha) },
  [ActivationKind.GeneralRelu]: {
    f: (z, alpha, threshold, maxValue) => (z > threshold ? Math.min(z, maxValue) : alpha * (z - threshold)),
    slope: (y, alpha, _, maxValue) => (y > 0 ? Number(y < maxValue) : alpha),
  },
  [ActivationKind.Elu]: {
    f: (z, alpha) => (z < 0 ? alpha * expm1(z) : z),
    slope: (y, alpha) => (y > 0 ? 1 : y + alpha),
  },
  [ActivationKind.Celu]: {
    f: (z, alpha) => (z < 0 ? alpha * expm1(z / alpha) : z),
    slope: (y, alpha) => (y > 0 ? 1 : y / alpha + 1),
  },
  [ActivationKind.Selu]: {
    f: (z) => (z < 0 ? SELU_LIMIT * expm1(z) : SELU_SCALE * z),
    slope: (y) => (y > 0 ? SELU_SCALE : y + SELU_LIMIT),
  },
  [ActivationKind.Sigmoid]: { f: sigmoid, slope: (y) => y * (1 - y) },
  [ActivationKind.HardSigmoid]: { f: (z) => clip(z + 3, 0, 6) / 6, slope: (y) => within(y, 0, 1) / 6 },
  [ActivationKind.LogSigmoid]: { f: (z) => -softplus(-z), slope: (y) => -expm1(y) },
  [ActivationKind.Tanh]: { f: tanh, slope: (y) => 1 - y * y },
  [ActivationKind.HardTanh]: { f: (z) => clip(z, -1, 1), slope: (y) => within(y, -1, 1) },
  [ActivationKind.TanhShrink]: { f: (z) => z - tanh(z), slope: (z) => square(tanh(z)) },
  [ActivationKind.SoftShrink]: {
    f: (z, alpha) => Math.max(z - alpha, 0) + Math.min(z + alpha, 0),
    slope: shrinkSlope,
  },
  [ActivationKind.HardShrink]: { f: (z, alpha) => (Math.abs(z) <= alpha ? 0 : z), slope: shrinkSlope },
  [ActivationKind.Exponential]: { f: exp, slope: (y) => y },
  [ActivationKind.Softplus]: { f: softplus, slope: (y) => -expm1(-y) },
  [ActivationKind.SparsePlus]: {
    f: (z) => (z >= 1 ? z : square(Math.max(z, -1) + 1) / 4),
    slope: (y) => Math.sqrt(clip(y, 0, 1)),
  },
  [ActivationKind.SparseSigmoid]: { f: (z) => clip((z + 1) / 2, 0, 1), slope: (y) => within(y, 0, 1) / 2 },
  [ActivationKind.Squareplus]: {
    f: (z, b) => (z < 0 ? b / (2 * (Math.sqrt(z * z + b) - z)) : (z + Math.sqrt(z * z + b)) / 2),
    slope: (y, b) => 1 / (1 + b / (4 * y * y)),
  },
  [ActivationKind.Threshold]: {
    f: (z, defaultValue, threshold) => (z <= threshold ? defaultValue : z),
    slope: (z, _, threshold) => Number(!(z <= threshold)),
  },
  [ActivationKind.Softsign]: { f: (z) => z / (1 + Math.abs(z)), slope: (y) => square(1 - Math.abs(y)) },
  [ActivationKind.Silu]: {
    f: (z) => z * sigmoid(z),
    slope: (z) => sigmoid(z) + z * sigmoid(z) * sigmoid(-z),
  },
  [ActivationKind.HardSilu]: {
    f: (z) => (z * clip(z + 3, 0, 6)) / 6,
    slope: (z) => (z <= -3 ? 0 : z >= 3 ? 1 : (2 * z + 3) / 6),
  },
  [ActivationKind.Gelu]: {
    f: (z) => z * normalCdf(z),
    slope: (z) => normalCdf(z) + (z * exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI),
  },
  [ActivationKind.GeluTanh]: {
    f: (z) => z * sigmoid(2 * geluArgument(z)),
    slope: (z) => {
      const u = 2 * geluArgument(z);
      return sigmoid(u) + z * sigmoid(u) * sigmoid(-u) * 2 * geluArgumentSlope(z);
    },
  },
  [ActivationKind.Mish]: {
    f: (z) => z * tanh(softplus(z)),
    slope: (z) => {
      const t = tanh(softplus(z));
      return t + z * (1 - t * t) * sigmoid(z);
    },
  },
};

/** True if the activation works on whole rows; then `activate` cannot apply it. */
function isRowKind(kind: ActivationKind): kind is RowKind {
  return [ActivationKind.Softmax, ActivationKind.LogSoftmax, ActivationKind.Sparsemax].includes(kind);
}

/** y = f(z) for one element */
export function activate(kind: ActivationKind, z: number, alpha: number, threshold = 0, maxValue = 0): number {
  if (isRowKind(kind)) throw new Error(`${ActivationKind[kind]} works on rows`); // callers rule this out
  return elementwise[kind].f(z, alpha, threshold, maxValue);
}

export function activationForward(
  { floats: f, rows }: Memory,
  { x, y, columns, activation, alpha, threshold, maxValue }: Fields<typeof Op.ActivationForward>,
): void {
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    const to = y.at + row * y.stride;
    if (activation === ActivationKind.Sparsemax) {
      const bound = sparsemaxBound(f.subarray(from, from + columns));
      for (let j = 0; j < columns; j++) f[to + j] = Math.max(f[from + j] - bound, 0);
    } else if (isRowKind(activation)) {
      const { largest, sum } = softmaxSum(f, from, columns);
      for (let j = 0; j < columns; j++) {
        const z = f[from + j] - largest;
        f[to + j] = activation === ActivationKind.Softmax ? exp(z) / sum : z - log(sum);
      }
    } else {
      for (let j = 0; j < columns; j++) f[to + j] = activate(activation, f[from + j], alpha, threshold, maxValue);
    }
  }
}

export function activationBackward(
  { floats: f, rows }: Memory,
  { saved, dy, dx, columns, activation, alpha, threshold, maxValue }: Fields<typeof Op.ActivationBackward>,
): void {
  for (let row = 0; row < rows; row++) {
    const from = saved.at + row * saved.stride;
    const upstream = dy.at + row * dy.stride;
    const to = dx.at + row * dx.stride;
    if (activation === ActivationKind.Softmax) {
      let mean = 0;
      for (let j = 0; j < columns; j++) mean += f[from + j] * f[upstream + j];
      for (let j = 0; j < columns; j++) f[to + j] = f[from + j] * (f[upstream + j] - mean);
    } else if (activation === ActivationKind.Sparsemax) {
      const support = Array.from({ length: columns }, (_, j) => j).filter((j) => f[from + j] > 0);
      const mean = support.reduce((sum, j) => sum + f[upstream + j], 0) / support.length;
      for (let j = 0; j < columns; j++) f[to + j] = f[from + j] > 0 ? f[upstream + j] - mean : 0;
    } else if (activation === ActivationKind.LogSoftmax) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += f[upstream + j];
      for (let j = 0; j < columns; j++) f[to + j] = f[upstream + j] - exp(f[from + j]) * sum;
    } else {
      const { slope } = elementwise[activation];
      for (let j = 0; j < columns; j++) {
        f[to + j] = f[upstream + j] * slope(f[from + j], alpha, threshold, maxValue);
      }
    }
  }
}

/** The bound t for which the sum of max(z - t, 0) is 1: that of the values above it, from all of them on. */
function sparsemaxBound(z: Floats): number {
  let above = Array.from(z);
  for (;;) {
    const bound = (above.reduce((sum, value) => sum + value, 0) - 1) / above.length;
    const next = above.filter((value) => value > bound);
    if (next.length === above.length || next.length === 0) return bound;
    above = next;
  }
}

/** Largest value of a row, and the sum of e^(x - largest). */
export function softmaxSum(f: Floats, at: number, columns: number): { largest: number; sum: number } {
  let largest = -Infinity;
  for (let j = 0; j < columns; j++) if (f[at + j] > largest) largest = f[at + j];
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += exp(f[at + j] - largest);
  return { largest, sum };
}

/** y = x from 0 on, alpha x below */
export function prelu({ floats: f, rows }: Memory, { x, y, alpha, columns }: Fields<typeof Op.Prelu>): void {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const value = f[x.at + row * x.stride + j];
      f[y.at + row * y.stride + j] = value < 0 ? f[alpha + j] * value : value;
    }
  }
}

/** dx = dy from 0 on, alpha dy below; slope = x dy below 0, 0 from there on */
export function preluBackward({ floats: f, rows }: Memory, record: Fields<typeof Op.PreluBackward>): void {
  const { x, dy, dx, slope, alpha, columns } = record;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const value = f[x.at + row * x.stride + j];
      const upstream = f[dy.at + row * dy.stride + j];
      if (slope.at) f[slope.at + row * slope.stride + j] = value < 0 ? value * upstream : 0;
      if (dx.at) f[dx.at + row * dx.stride + j] = value < 0 ? f[alpha + j] * upstream : upstream;
    }
  }
}
