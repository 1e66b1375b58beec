/** Activations and their derivatives, element by element; softmax row by row. */
import { exp, expm1, sigmoid, tanh } from "../../math.js";
import { ActivationKind } from "../../plan/op.js";
import type { Fields, Floats, Memory } from "./memory.js";

/** y = f(z) for one element */
export function activate(kind: ActivationKind, z: number, alpha: number): number {
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

export function activationForward({ floats: f, rows }: Memory, { x, y, columns, activation, alpha }: Fields): void {
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

export function activationBackward(
  { floats: f, rows }: Memory,
  { y, dy, dx, columns, activation, alpha }: Fields,
): void {
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

/** Largest value of a row, and the sum of e^(x - largest). */
export function softmaxSum(f: Floats, at: number, columns: number): { largest: number; sum: number } {
  let largest = -Infinity;
  for (let j = 0; j < columns; j++) if (f[at + j] > largest) largest = f[at + j];
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += exp(f[at + j] - largest);
  return { largest, sum };
}
