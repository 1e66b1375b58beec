/** Nodes that are layers by themselves. */
import { counted } from "../../base/counted.js";
import { kindOf } from "../../base/kinds.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import {
  batchNormalization,
  categoryEncoding,
  groupNormalization,
  layerNormalization,
  rmsNormalization,
  softmax,
  unitNormalization,
} from "../../specs/layers/all.js";
import type { PortableTensor } from "../portable.js";
import type { LayerList } from "./layerList.js";
import { isUniform, shortest } from "./numbers.js";
import { floatOf, floatsOf, intOf, intsOf, type Node, refuse, textOf } from "./source.js";
import type { Tensor } from "./tensors.js";

/** The parts of the reading that a node may use. */
export interface Walk {
  readonly list: LayerList;
  readonly opset: number;
  /** A constant input. @throws FormatError if it is missing or computed */
  constant(node: Node, i: number): Tensor;
  /** A constant input that may be missing. */
  optional(node: Node, i: number): Tensor | null;
  /** The shape of one row of a computed tensor. */
  rowOf(node: Node, i: number): Shape;
  /** Adds the layers up to an input of the node. */
  upTo(node: Node, i: number): void;
  /** The same, and a flatten if rows have more dimensions in the layers so far. */
  upToFlat(node: Node, i: number): void;
  /** The same for an input of a node before it. */
  makerOf(name: string): Node | undefined;
  takersOf(name: string): readonly Node[];
  /** True if there is no layer yet that changes values. */
  isUntouched(name: string): boolean;
  /** Begins anew after the layer of the node. */
  begin(output: string, row: Shape): void;
}

type Read = (node: Node, walk: Walk) => void;

/** The width of rows of one dimension. @throws FormatError for others */
function widthOf(node: Node, walk: Walk): number {
  const row = walk.rowOf(node, 0);
  if (row.length === 1) return row[0];
  refuse(
    node,
    `expected rows of one dimension, got [batch${row.map((n) => `, ${n}`).join("")}]. Put a flatten before it.`,
  );
}

/** Values of a vector, however it is stretched. @throws FormatError for another size */
function vector(node: Node, tensor: Tensor, size: number): Float64Array {
  const { data, shape } = tensor;
  const isRow = shape.every((n, d) => n === 1 || d === shape.length - 1);
  if (data.length === size && isRow) return Float64Array.from(data);
  if (data.length === 1) return new Float64Array(size).fill(data[0]);
  refuse(node, `expected ${counted(size, "value")}, got the shape [${shape}].`);
}

const isFloat32 = (data: Tensor["data"]): data is Float32Array => kindOf(data) === "Float32Array";

/** [inputs, units] of a constant matrix, times a factor. */
function kernelOf(
  node: Node,
  { shape, data }: Tensor,
  inputs: number,
  isTurned: boolean,
  factor: number,
): PortableTensor {
  const [rows, columns] = shape.length === 1 ? [shape[0], 1] : shape;
  const [got, units] = isTurned ? [columns, rows] : [rows, columns];
  if (shape.length > 2 || shape.length === 0 || got !== inputs || units === 0) {
    refuse(node, `expected a matrix of ${counted(inputs, "input")}, got the shape [${shape}].`);
  }
  if (!isTurned && factor === 1 && isFloat32(data)) return { shape: [inputs, units], data };
  const kernel = new Float32Array(data.length);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++) kernel[i * units + j] = factor * data[isTurned ? j * inputs + i : i * units + j];
  }
  return { shape: [inputs, units], data: kernel };
}

const gemm: Read = (node, walk) => {
  const inputs = widthOf(node, walk);
  if (intOf(node, "transA", 0) !== 0) refuse(node, "transA turns rows into columns. Export it with transA = 0.");
  const isTurned = intOf(node, "transB", 0) !== 0;
  const kernel = kernelOf(node, walk.constant(node, 1), inputs, isTurned, floatOf(node, "alpha", 1));
  const beta = floatOf(node, "beta", 1);
  const bias = walk.optional(node, 2);
  walk.upToFlat(node, 0);
  const [, units] = kernel.shape;
  walk.list.dense(kernel, bias && vector(node, bias, units).map((value) => beta * value));
  walk.begin(node.outputs[0], [units]);
};

const matMul: Read = (node, walk) => {
  const matrix = walk.constant(node, 1);
  const kernel = kernelOf(node, matrix, widthOf(node, walk), false, 1);
  walk.upToFlat(node, 0);
  walk.list.dense(kernel, null);
  walk.begin(node.outputs[0], matrix.shape.length === 1 ? [] : [kernel.shape[1]]);
};

const batchNorm: Read = (node, walk) => {
  const size = widthOf(node, walk);
  if (intOf(node, "training_mode", 0) !== 0)
    refuse(node, "it is in training mode. Export the model for inference: model.eval().");
  const [gamma, beta, movingMean, movingVariance] = [1, 2, 3, 4].map((i) => vector(node, walk.constant(node, i), size));
  if (movingVariance.some((value) => value < 0)) refuse(node, "a variance below 0.");
  const momentum = Math.min(Math.max(shortest(floatOf(node, "momentum", 0.9)), 0), 1);
  const epsilon = shortest(floatOf(node, "epsilon", 1e-5));
  walk.upToFlat(node, 0);
  walk.list.add(batchNormalization({ momentum, epsilon }), { gamma, beta, movingMean, movingVariance });
  walk.begin(node.outputs[0], [size]);
};

function expectLastAxis(node: Node, rank: number, axis: number): void {
  if (axis !== -1 && axis !== rank) refuse(node, `the axis ${axis} is not the last one.`);
}

const layerNorm: Read = (node, walk) => {
  const size = widthOf(node, walk);
  expectLastAxis(node, 1, intOf(node, "axis", -1));
  const gamma = vector(node, walk.constant(node, 1), size);
  const given = walk.optional(node, 2);
  const epsilon = shortest(floatOf(node, "epsilon", 1e-5));
  const beta = given && vector(node, given, size);
  walk.upToFlat(node, 0);
  walk.list.add(layerNormalization({ epsilon, center: beta !== null }), { gamma, ...(beta && { beta }) });
  walk.begin(node.outputs[0], [size]);
};

const rmsNorm: Read = (node, walk) => {
  const size = widthOf(node, walk);
  expectLastAxis(node, 1, intOf(node, "axis", -1));
  const scale = vector(node, walk.constant(node, 1), size);
  walk.upToFlat(node, 0);
  walk.list.add(rmsNormalization({ epsilon: shortest(floatOf(node, "epsilon", 1e-5)) }), { scale });
  walk.begin(node.outputs[0], [size]);
};

/** Groups of a row as channels, as PyTorch writes GroupNorm. */
const instanceNorm: Read = (node, walk) => {
  const row = walk.rowOf(node, 0);
  const [groups] = row;
  const isPlain = [1, 2].every((i) => walk.constant(node, i).data.every((value) => value === 2 - i));
  if (row.length !== 2 || !isPlain) refuse(node, "it normalizes channels of images: there is no such layer here.");
  const epsilon = shortest(floatOf(node, "epsilon", 1e-5));
  walk.upToFlat(node, 0);
  walk.list.add(groupNormalization({ groups, epsilon, scale: false, center: false }));
  walk.begin(node.outputs[0], row);
};

/** Values that a Where before the softmax takes out; `null` if there is none. */
function maskBefore(node: Node, walk: Walk, size: number): { where: Node; mask: readonly boolean[] | null } | null {
  const where = walk.makerOf(node.inputs[0]);
  if (where?.type !== "Where") return null;
  const [condition, rest] = [walk.optional(where, 0), walk.optional(where, 2)];
  if (!condition || rest?.data[0] !== -Infinity || !isUniform(rest.data)) return null;
  if (condition.data.length !== size)
    refuse(node, `expected a mask of ${counted(size, "value")}, got ${condition.data.length}.`);
  return { where, mask: Array.from(condition.data, (value) => value !== 0) };
}

const softmaxNode: Read = (node, walk) => {
  const row = walk.rowOf(node, 0);
  const isLog = node.type === "LogSoftmax";
  const isOld = walk.opset < 13;
  const given = intOf(node, "axis", isOld ? 1 : -1);
  const axis = given < 0 ? given + row.length : given - 1;
  if (axis < 0 || axis >= row.length) refuse(node, `the axis ${given} is not one of a row.`);
  const masked = maskBefore(node, walk, row[axis]);
  if (masked) walk.upTo(masked.where, 1);
  else walk.upTo(node, 0);
  const { list } = walk;
  // Before opset 13 all dimensions from the axis on were one.
  const isWhole = row.length === 1 || (isOld && axis === 0);
  if (isWhole && !masked) {
    list.flat();
    list.activation({ type: isLog ? "logSoftmax" : "softmax" });
  } else if (isLog || (isOld && axis !== row.length - 1)) {
    refuse(node, `along the axis ${given} of [batch, ${row.join(", ")}] there is no such layer here.`);
  } else {
    list.shapeTo(row);
    list.add(softmax({ axis: axis === row.length - 1 ? -1 : axis, mask: masked?.mask ?? null }));
  }
  walk.begin(node.outputs[0], row);
};

/** scikit-learn's scalers: (x − offset) · scale. */
const scaler: Read = (node, walk) => {
  const size = widthOf(node, walk);
  const list = (name: string, fallback: number) =>
    vector(node, { shape: [], data: Float64Array.from(floatsOf(node, name) ?? [fallback]), kind: "float" }, size);
  const [offset, scale] = [list("offset", 0), list("scale", 1)];
  walk.upToFlat(node, 0);
  walk.list.step({ type: "lines", scales: scale, offsets: scale.map((value, j) => -value * offset[j]) });
  walk.begin(node.outputs[0], [size]);
};

const unitNorm: Read = (node, walk) => {
  const size = widthOf(node, walk);
  const isL2 = node.type === "Normalizer" ? textOf(node, "norm", "MAX") === "L2" : intOf(node, "p", 2) === 2;
  if (!isL2) refuse(node, "only rows divided by their L2 norm are a layer here.");
  if (node.type !== "Normalizer") expectLastAxis(node, 1, intOf(node, "axis", -1));
  walk.upToFlat(node, 0);
  walk.list.add(unitNormalization());
  walk.begin(node.outputs[0], [size]);
};

const oneHot: Read = (node, walk) => {
  const features = sizeOf(walk.rowOf(node, 0));
  const [depth, values] = [walk.constant(node, 1), walk.constant(node, 2)];
  const numTokens = depth.data[0];
  const axis = intOf(node, "axis", -1);
  const isPlain = values.data.length === 2 && values.data[0] === 0 && values.data[1] === 1;
  if (!isPlain || (axis !== -1 && axis !== 2) || !walk.isUntouched(node.inputs[0])) {
    refuse(node, "only category numbers of the input can become zeros and ones here, along the last axis.");
  }
  const takers = walk.takersOf(node.outputs[0]);
  const together = takers.length === 1 && takers[0].type === "ReduceMax" ? takers[0] : null;
  walk.list.flat();
  if (together) {
    const axes = intsOf(together, "axes") ?? Array.from(walk.optional(together, 1)?.data ?? []);
    const isOver = axes.length === 1 && (axes[0] === 1 || axes[0] === -2) && intOf(together, "keepdims", 1) === 0;
    if (!isOver) refuse(together, "only the categories of a row can be joined.");
    walk.list.add(categoryEncoding({ numTokens }), {}, [numTokens]);
    walk.begin(together.outputs[0], [numTokens]);
    return;
  }
  const row = [features, numTokens];
  walk.list.add(categoryEncoding({ numTokens, outputMode: "oneHot" }), {}, features === 1 ? [numTokens] : row);
  walk.begin(node.outputs[0], row);
};

/** Readers by domain and type. */
export const layerNodes: ReadonlyMap<string, Read> = new Map([
  [":Gemm", gemm],
  [":MatMul", matMul],
  [":BatchNormalization", batchNorm],
  [":LayerNormalization", layerNorm],
  [":RMSNormalization", rmsNorm],
  [":InstanceNormalization", instanceNorm],
  [":Softmax", softmaxNode],
  [":LogSoftmax", softmaxNode],
  [":LpNormalization", unitNorm],
  [":OneHot", oneHot],
  ["ai.onnx.ml:Scaler", scaler],
  ["ai.onnx.ml:Normalizer", unitNorm],
]);
