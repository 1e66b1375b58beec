/** Evaluates the nodes that are not layers: constants before reading, and functions between layers on sample rows. */
import { exp, log } from "../../base/math.js";
import { sizeOf } from "../../base/shape.js";
import { type Budget, reduce, zip } from "./broadcast.js";
import { elementwiseOf } from "./elementwise.js";
import {
  axesOf,
  BATCH,
  checkSize,
  type Evaluate,
  type Evaluation,
  given,
  type Inputs,
  integers,
} from "./evaluation.js";
import { ElementType } from "./messages.js";
import { movers } from "./movers.js";
import { floatOf, floatsOf, intOf, intsOf, type Node, refuse } from "./source.js";
import { listOf, readSparse, readTensor, scalar, type Tensor } from "./tensors.js";

function clipped(node: Node, inputs: Inputs, { budget }: Evaluation): readonly Tensor[] {
  const low = inputs[1] ?? scalar(floatOf(node, "min", -Infinity));
  const high = inputs[2] ?? scalar(floatOf(node, "max", Infinity));
  return joined(node, [given(node, inputs, 0), low, high], (x, a, b) => Math.min(Math.max(x, a), b), budget);
}

function joined(
  node: Node,
  inputs: readonly Tensor[],
  f: (...values: number[]) => number,
  budget: Budget,
  kind = inputs[0].kind,
): readonly Tensor[] {
  const result = zip(inputs, f, kind, budget);
  return result
    ? [result]
    : refuse(node, `shapes that do not fit: ${inputs.map(({ shape }) => `[${shape}]`).join(", ")}.`);
}

const cast: Evaluate = (node, inputs, { budget }) => {
  const input = given(node, inputs, 0);
  const to = intOf(node, "to", ElementType.Float);
  if (to === ElementType.Bool) return joined(node, [input], (x) => Number(x !== 0), budget, "bool");
  const floats: readonly number[] = [ElementType.Float, ElementType.Double, ElementType.Half, ElementType.Bfloat];
  if (floats.includes(to)) return [{ ...input, kind: "float" }];
  if (to === ElementType.Text) refuse(node, "it makes text of numbers.");
  return joined(node, [input], Math.trunc, budget, "int");
};

const divide: Evaluate = (node, inputs, { budget }) => {
  const pair = [given(node, inputs, 0), given(node, inputs, 1)];
  const isWhole = pair.every(({ kind }) => kind === "int");
  return joined(node, pair, isWhole ? (x, y) => Math.trunc(x / y) : (x, y) => x / y, budget);
};

const where: Evaluate = (node, inputs, { budget }) => {
  const [condition, yes, no] = [0, 1, 2].map((i) => given(node, inputs, i));
  return joined(node, [condition, yes, no], (c, a, b) => (c !== 0 ? a : b), budget, yes.kind);
};

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

const reductions: Readonly<Record<string, (values: Float64Array) => number>> = {
  ReduceSum: sum,
  ReduceMean: (v) => sum(v) / v.length,
  ReduceMax: (v) => v.reduce((a, b) => Math.max(a, b), -Infinity),
  ReduceMin: (v) => v.reduce((a, b) => Math.min(a, b), Infinity),
  ReduceProd: (v) => v.reduce((a, b) => a * b, 1),
  ReduceL1: (v) => v.reduce((a, b) => a + Math.abs(b), 0),
  ReduceL2: (v) => Math.sqrt(v.reduce((a, b) => a + b * b, 0)),
  ReduceSumSquare: (v) => v.reduce((a, b) => a + b * b, 0),
  ReduceLogSum: (v) => log(sum(v)),
  ReduceLogSumExp: (v) => log(v.reduce((a, b) => a + exp(b), 0)),
};

const reduced: Evaluate = (node, inputs, { budget }) => {
  const input = given(node, inputs, 0);
  const rank = input.shape.length;
  const named = axesOf(node, inputs, rank);
  if ((!named || named.length === 0) && intOf(node, "noop_with_empty_axes", 0) === 1) return [input];
  const axes = named && named.length > 0 ? named : input.shape.map((_, d) => d);
  return [reduce(input, axes, intOf(node, "keepdims", 1) === 1, reductions[node.type], budget)];
};

const constantOfShape: Evaluate = (node, inputs, { budget, external }) => {
  const shape = integers(given(node, inputs, 0)).map((n) => (n === BATCH ? 1 : n));
  checkSize(node, shape, budget);
  const message = node.attributes.get("value")?.t;
  const value = message ? readTensor(`${node.label}`, message, external) : scalar(0);
  return [{ shape, data: new Float64Array(sizeOf(shape)).fill(value.data[0]), kind: value.kind }];
};

const constant: Evaluate = (node, _, { external, budget }) => {
  const { attributes } = node;
  const message = attributes.get("value")?.t;
  if (message) return [readTensor(`${node.label}`, message, external)];
  const sparse = attributes.get("sparse_value")?.sparse;
  if (sparse) return [readSparse(node.label, sparse, external, budget)];
  const floats = floatsOf(node, "value_floats");
  const ints = intsOf(node, "value_ints");
  if (floats && attributes.has("value_floats")) return [{ ...listOf(floats), kind: "float" }];
  if (ints && attributes.has("value_ints")) return [listOf(ints)];
  if (attributes.has("value_float")) return [scalar(floatOf(node, "value_float", 0))];
  if (attributes.has("value_int")) return [scalar(intOf(node, "value_int", 0), "int")];
  refuse(node, "a constant without numbers.");
};

const dropout: Evaluate = (node, inputs) => {
  if (inputs[2] && inputs[2].data[0] !== 0) {
    refuse(node, "it drops values when the model runs, too. Export the model for inference: model.eval().");
  }
  return [given(node, inputs, 0)];
};

const identity: Evaluate = (node, inputs) => [given(node, inputs, 0)];

const others = new Map<string, Evaluate>([
  ...movers,
  ...Object.keys(reductions).map((type): [string, Evaluate] => [type, reduced]),
  ["Identity", identity],
  ["Dropout", dropout],
  ["Constant", constant],
  ["ConstantOfShape", constantOfShape],
  ["Cast", cast],
  ["CastLike", identity],
  ["Clip", clipped],
  ["Div", divide],
  ["Where", where],
]);

/** The inputs of an operator; before opset 7 the second one may belong to an inner dimension of the first. */
function aligned(node: Node, inputs: Inputs, opset: number): readonly Tensor[] {
  const all = node.inputs.map((_, i) => given(node, inputs, i));
  const [first, second] = all;
  const axis = intOf(node, "axis", node.type === "PRelu" ? 1 : -1);
  if (opset >= 7 || axis < 0 || all.length !== 2 || second.data.length === 1) return all;
  const after = first.shape.length - axis - second.shape.length;
  return after > 0 ? [first, { ...second, shape: [...second.shape, ...new Array<number>(after).fill(1)] }] : all;
}

/** True for a node that `evaluate` knows. */
export function canEvaluate(node: Node): boolean {
  return node.domain === "" && (others.has(node.type) || elementwiseOf(node) !== null);
}

/** The outputs of a node. @throws FormatError naming the node */
export function evaluate(node: Node, inputs: Inputs, place: Evaluation): readonly Tensor[] {
  const other = others.get(node.type);
  if (other) return other(node, inputs, place);
  const operator = elementwiseOf(node) ?? refuse(node, "there is no such layer here.");
  const all = aligned(node, inputs, place.opset);
  if (all.length === 0) refuse(node, "it has no inputs.");
  return joined(node, all, operator.f, place.budget, operator.kind);
}
