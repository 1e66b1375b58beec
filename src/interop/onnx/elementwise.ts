/** Operators of ONNX that work number by number, in float64. */
import { erfc } from "../../base/erfc.js";
import { exp, expm1, log, log1p } from "../../base/math.js";
import { sigmoid, tanh } from "../../base/sigmoids.js";
import { floatOf, type Node } from "./source.js";

/** The function by which an operator computes one number from one of each input. */
export interface Elementwise {
  readonly f: (...values: number[]) => number;
  /** The kind of its results; that of the first input by default. */
  readonly kind?: "float" | "bool";
}

const softplus = (x: number) => Math.max(x, 0) + log1p(exp(-Math.abs(x)));
const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** x^y for any x. */
function power(x: number, y: number): number {
  if (y === 2) return x * x;
  if (y === 0.5) return Math.sqrt(x);
  if (Number.isInteger(y) && Math.abs(y) <= 64) {
    let result = 1;
    for (let i = 0; i < Math.abs(y); i++) result *= x;
    return y < 0 ? 1 / result : result;
  }
  if (x === 0) return y > 0 ? 0 : Infinity;
  return x > 0 ? exp(y * log(x)) : Number.NaN;
}

const bool = (f: (...values: number[]) => boolean): Elementwise => ({ f: (...v) => Number(f(...v)), kind: "bool" });
const plain = (f: (...values: number[]) => number): Elementwise => ({ f });

/** Operators without attributes. */
const fixed = new Map<string, Elementwise>([
  ["Abs", plain(Math.abs)],
  ["Neg", plain((x) => -x)],
  ["Exp", plain(exp)],
  ["Expm1", plain(expm1)],
  ["Log", plain(log)],
  ["Log1p", plain(log1p)],
  ["Sqrt", plain(Math.sqrt)],
  ["Reciprocal", plain((x) => 1 / x)],
  ["Erf", plain((x) => 1 - erfc(x))],
  ["Erfc", plain(erfc)],
  ["Tanh", plain(tanh)],
  ["Sigmoid", plain(sigmoid)],
  ["Softplus", plain(softplus)],
  ["Softsign", plain((x) => x / (1 + Math.abs(x)))],
  ["Relu", plain((x) => Math.max(x, 0))],
  ["HardSwish", plain((x) => (x * clip(x + 3, 0, 6)) / 6)],
  ["Mish", plain((x) => x * tanh(softplus(x)))],
  ["Sign", plain(Math.sign)],
  ["Floor", plain(Math.floor)],
  ["Ceil", plain(Math.ceil)],
  ["Add", plain((x, y) => x + y)],
  ["Sub", plain((x, y) => x - y)],
  ["Mul", plain((x, y) => x * y)],
  ["Pow", plain(power)],
  ["PRelu", plain((x, slope) => (x < 0 ? slope * x : x))],
  ["Max", plain((...v) => v.reduce((a, b) => Math.max(a, b)))],
  ["Min", plain((...v) => v.reduce((a, b) => Math.min(a, b)))],
  ["Sum", plain((...v) => v.reduce((a, b) => a + b))],
  ["Mean", plain((...v) => v.reduce((a, b) => a + b) / v.length)],
  ["Greater", bool((x, y) => x > y)],
  ["GreaterOrEqual", bool((x, y) => x >= y)],
  ["Less", bool((x, y) => x < y)],
  ["LessOrEqual", bool((x, y) => x <= y)],
  ["Equal", bool((x, y) => x === y)],
  ["And", bool((x, y) => x !== 0 && y !== 0)],
  ["Or", bool((x, y) => x !== 0 || y !== 0)],
  ["Xor", bool((x, y) => (x !== 0) !== (y !== 0))],
  ["Not", bool((x) => x === 0)],
]);

/** The constants of SELU as the format gives them. */
const SELU = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

/** Operators with attributes. */
const configured: Readonly<Record<string, (node: Node) => (...values: number[]) => number>> = {
  LeakyRelu: (node) => {
    const alpha = floatOf(node, "alpha", 0.01);
    return (x) => (x < 0 ? alpha * x : x);
  },
  Elu: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => (x < 0 ? alpha * expm1(x) : x);
  },
  Celu: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => (x < 0 ? alpha * expm1(x / alpha) : x);
  },
  Selu: (node) => {
    const [alpha, gamma] = [floatOf(node, "alpha", SELU.alpha), floatOf(node, "gamma", SELU.gamma)];
    return (x) => gamma * (x < 0 ? alpha * expm1(x) : x);
  },
  HardSigmoid: (node) => {
    const [alpha, beta] = [floatOf(node, "alpha", 0.2), floatOf(node, "beta", 0.5)];
    return (x) => clip(alpha * x + beta, 0, 1);
  },
  ThresholdedRelu: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => (x > alpha ? x : 0);
  },
  Shrink: (node) => {
    const [bound, bias] = [floatOf(node, "lambd", 0.5), floatOf(node, "bias", 0)];
    return (x) => (x < -bound ? x + bias : x > bound ? x - bias : 0);
  },
  Gelu: (node) => {
    const text = node.attributes.get("approximate")?.s;
    const isTanh = text !== undefined && new TextDecoder().decode(text) === "tanh";
    return isTanh
      ? (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))
      : (x) => 0.5 * x * erfc(-x * Math.SQRT1_2);
  },
  Swish: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => x * sigmoid(alpha * x);
  },
};

/** The operator of a node; `null` if it does not work number by number. Clip, Cast, Div and Where are apart. */
export function elementwiseOf(node: Node): Elementwise | null {
  if (Object.hasOwn(configured, node.type)) return { f: configured[node.type](node) };
  return fixed.get(node.type) ?? null;
}
