/** Every activation as ONNX nodes of opset 17. */
import { FormatError } from "../../base/errors.js";
import type { ActivationName, ActivationSpec } from "../../specs/activations.js";
import type { GraphWriter } from "./graphWriter.js";

type Of<Name extends ActivationName> = Extract<ActivationSpec, { type: Name }>;
/** Adds the nodes of an activation of `x`, whose names begin with `at`; returns the name of the result. */
type Write<Spec> = (graph: GraphWriter, at: string, x: string, spec: Spec) => string;

/** The node of that type, with numbers as attributes. */
function node<Name extends ActivationName>(
  type: string,
  numbers?: (spec: Of<Name>) => Readonly<Record<string, number>>,
): Write<Of<Name>> {
  return (graph, at, x, spec) => {
    const floats = Object.entries(numbers?.(spec) ?? {}).map(([name, float]) => [name, { float }]);
    return graph.op(type, at, [x], Object.fromEntries(floats));
  };
}

function clip(low: number, high: number): Write<unknown> {
  return (graph, at, x) => graph.op("Clip", at, [x, graph.float(`${at}/low`, low), graph.float(`${at}/high`, high)]);
}

/** x times a function of x. */
function gated<Spec>(gate: Write<Spec>): Write<Spec> {
  return (graph, at, x, spec) => graph.op("Mul", at, [x, gate(graph, `${at}/gate`, x, spec)]);
}

const writeRelu: Write<Of<"relu">> = (graph, at, x, { negativeSlope = 0, maxValue = null, threshold = 0 }) => {
  if (threshold === 0 && maxValue === null) {
    return negativeSlope === 0
      ? graph.op("Relu", at, [x])
      : graph.op("LeakyRelu", at, [x], { alpha: { float: negativeSlope } });
  }
  if (threshold === 0 && negativeSlope === 0) return clip(0, maxValue ?? 0)(graph, at, x, null);
  const bound = graph.float(`${at}/threshold`, threshold);
  const above = maxValue === null ? x : graph.op("Min", `${at}/limited`, [x, graph.float(`${at}/maxValue`, maxValue)]);
  const shifted = graph.op("Sub", `${at}/shifted`, [x, bound]);
  const below = graph.op("Mul", `${at}/damped`, [shifted, graph.float(`${at}/negativeSlope`, negativeSlope)]);
  return graph.op("Where", at, [graph.op("Greater", `${at}/isAbove`, [x, bound]), above, below]);
};

const writeGelu: Write<Of<"gelu">> = (graph, at, x, { approximate }) => {
  const number = (name: string, value: number) => graph.float(`${at}/${name}`, value);
  const half = graph.op("Mul", `${at}/half`, [x, number("one_half", 0.5)]);
  let inner: string;
  if (approximate) {
    const square = graph.op("Mul", `${at}/square`, [x, x]);
    const cube = graph.op("Mul", `${at}/cube`, [square, x]);
    const small = graph.op("Mul", `${at}/small`, [cube, number("cubic", 0.044715)]);
    const sum = graph.op("Add", `${at}/sum`, [x, small]);
    const scaled = graph.op("Mul", `${at}/scaled`, [sum, number("factor", Math.sqrt(2 / Math.PI))]);
    inner = graph.op("Tanh", `${at}/tanh`, [scaled]);
  } else {
    const scaled = graph.op("Div", `${at}/scaled`, [x, number("root", Math.SQRT2)]);
    inner = graph.op("Erf", `${at}/erf`, [scaled]);
  }
  return graph.op("Mul", at, [half, graph.op("Add", `${at}/plus`, [inner, number("one", 1)])]);
};

const writeSparsePlus: Write<unknown> = (graph, at, x) => {
  const one = graph.float(`${at}/one`, 1);
  const bounded = graph.op("Max", `${at}/bounded`, [x, graph.float(`${at}/low`, -1)]);
  const sum = graph.op("Add", `${at}/sum`, [bounded, one]);
  const square = graph.op("Mul", `${at}/square`, [sum, sum]);
  const bend = graph.op("Mul", `${at}/bend`, [square, graph.float(`${at}/quarter`, 0.25)]);
  return graph.op("Where", at, [graph.op("GreaterOrEqual", `${at}/isAbove`, [x, one]), x, bend]);
};

/** max(x, 0) + b / (2 (√(x² + b) + |x|)), which loses no digits for large negative x. */
const writeSquareplus: Write<Of<"squareplus">> = (graph, at, x, { b }) => {
  const square = graph.op("Mul", `${at}/square`, [x, x]);
  const sum = graph.op("Add", `${at}/sum`, [square, graph.float(`${at}/b`, b)]);
  const root = graph.op("Sqrt", `${at}/root`, [sum]);
  const divisor = graph.op("Add", `${at}/divisor`, [root, graph.op("Abs", `${at}/size`, [x])]);
  const bend = graph.op("Div", `${at}/bend`, [graph.float(`${at}/half_b`, b / 2), divisor]);
  return graph.op("Add", at, [graph.op("Relu", `${at}/relu`, [x]), bend]);
};

const writeThreshold: Write<Of<"threshold">> = (graph, at, x, { threshold, defaultValue }) => {
  const isBelow = graph.op("LessOrEqual", `${at}/isBelow`, [x, graph.float(`${at}/threshold`, threshold)]);
  return graph.op("Where", at, [isBelow, graph.float(`${at}/defaultValue`, defaultValue), x]);
};

const logSigmoid: Write<unknown> = (graph, at, x) => {
  const softplus = graph.op("Softplus", `${at}/softplus`, [graph.op("Neg", `${at}/minus`, [x])]);
  return graph.op("Neg", at, [softplus]);
};

const tanhSoftplus: Write<unknown> = (graph, at, x) =>
  graph.op("Tanh", at, [graph.op("Softplus", `${at}/softplus`, [x])]);

/** `null` for functions without nodes in ONNX. */
const activations: { readonly [Name in ActivationName]: Write<Of<Name>> | null } = {
  linear: (_graph, _at, x) => x,
  relu: writeRelu,
  leakyRelu: node<"leakyRelu">("LeakyRelu", ({ negativeSlope }) => ({ alpha: negativeSlope })),
  relu6: clip(0, 6),
  elu: node<"elu">("Elu", ({ alpha }) => ({ alpha })),
  celu: node<"celu">("Celu", ({ alpha }) => ({ alpha })),
  selu: node("Selu"),
  sigmoid: node("Sigmoid"),
  hardSigmoid: node("HardSigmoid", () => ({ alpha: 1 / 6, beta: 0.5 })),
  logSigmoid,
  tanh: node("Tanh"),
  hardTanh: clip(-1, 1),
  tanhShrink: (graph, at, x) => graph.op("Sub", at, [x, graph.op("Tanh", `${at}/tanh`, [x])]),
  softShrink: node<"softShrink">("Shrink", ({ threshold }) => ({ lambd: threshold, bias: threshold })),
  hardShrink: node<"hardShrink">("Shrink", ({ threshold }) => ({ lambd: threshold, bias: 0 })),
  exponential: node("Exp"),
  softplus: node("Softplus"),
  softsign: node("Softsign"),
  silu: gated(node("Sigmoid")),
  hardSilu: node("HardSwish"),
  gelu: writeGelu,
  mish: gated(tanhSoftplus),
  sparsePlus: writeSparsePlus,
  sparseSigmoid: node("HardSigmoid", () => ({ alpha: 0.5, beta: 0.5 })),
  squareplus: writeSquareplus,
  threshold: writeThreshold,
  softmax: (graph, at, x) => graph.op("Softmax", at, [x], { axis: -1 }),
  logSoftmax: (graph, at, x) => graph.op("LogSoftmax", at, [x], { axis: -1 }),
  sparsemax: null,
};

/** Adds the nodes of an activation; returns the name of the result. @throws FormatError for one that ONNX lacks */
export function writeActivation(graph: GraphWriter, at: string, x: string, spec: ActivationSpec): string {
  const write = activations[spec.type] as Write<ActivationSpec> | null;
  if (write) return write(graph, at, x, spec);
  throw new FormatError(
    `${at.split("/")[0]}: ONNX has no ${spec.type}. Export to simdgrad/code instead, or train with another, such as softmax.`,
  );
}
