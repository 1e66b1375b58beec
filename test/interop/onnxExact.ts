/** Graphs of ONNX that work number by number, in float64 by the formulas of the format: the judge between two in float32. */
import type { NodeRow } from "./onnxFile.js";

type Formula = (x: number, attribute: (name: string, otherwise: number) => number) => number;

const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

const UNARY: Readonly<Record<string, Formula>> = {
  Identity: (x) => x,
  Relu: (x) => Math.max(x, 0),
  Abs: Math.abs,
  Neg: (x) => -x,
  Exp: Math.exp,
  Sigmoid: sigmoid,
  Tanh: Math.tanh,
  Softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  Softsign: (x) => x / (1 + Math.abs(x)),
  Erf: erf,
  Sign: Math.sign,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  HardSwish: (x) => x * clip(x / 6 + 0.5, 0, 1),
  LeakyRelu: (x, of) => (x < 0 ? of("alpha", 0.01) * x : x),
  Elu: (x, of) => (x < 0 ? of("alpha", 1) * Math.expm1(x) : x),
  Celu: (x, of) => Math.max(x, 0) + Math.min(0, of("alpha", 1) * Math.expm1(x / of("alpha", 1))),
  Selu: (x) => Math.fround(1.0507009873554805) * (x < 0 ? Math.fround(1.6732632423543772) * Math.expm1(x) : x),
  HardSigmoid: (x, of) => clip(of("alpha", 0.2) * x + of("beta", 0.5), 0, 1),
  ThresholdedRelu: (x, of) => (x > of("alpha", 1) ? x : 0),
  Shrink: (x, of) => (x < -of("lambd", 0.5) ? x + of("bias", 0) : x > of("lambd", 0.5) ? x - of("bias", 0) : 0),
};

const OTHERS: Readonly<Record<string, (a: number, b: number, c: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Greater: (a, b) => Number(a > b),
  Less: (a, b) => Number(a < b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Where: (a, b, c) => (a ? b : c),
};

/** By its series, or for large numbers by the continued fraction of the rest. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let rest = size;
  for (let n = 60; n > 0; n--) rest = size + n / 2 / rest;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * rest));
}

/** The output y of a graph for a number; constants and attributes are float32, as in files. */
export function exactOutput(
  nodes: readonly NodeRow[],
  constants: Readonly<Record<string, { readonly data: readonly number[] }>>,
  x: number,
): number {
  const values: Record<string, number> = { x };
  for (const [name, { data }] of Object.entries(constants)) values[name] = Math.fround(data[0]);
  for (const [type, inputs, [output], attributes = {}] of nodes) {
    const [a, b, c] = inputs.map((name) => values[name]);
    const attribute = (name: string, otherwise: number) =>
      Math.fround((attributes[name] as { float: number } | undefined)?.float ?? otherwise);
    if (type === "MatMul") values[output] = a;
    else if (type === "Clip") values[output] = Math.min(Math.max(a, b ?? -Infinity), c ?? Infinity);
    else if (Object.hasOwn(UNARY, type)) values[output] = UNARY[type](a, attribute);
    else values[output] = OTHERS[type](a, ...([b, type === "Where" ? c : b] as [number, number]));
  }
  return values.y;
}
