/** Operators that move values, and compute nothing. */
import { counted } from "../../base/counted.js";
import { sizeOf } from "../../base/shape.js";
import { type Budget, stretch, transpose } from "./broadcast.js";
import { axesOf, axisOf, BATCH, checkSize, type Evaluate, given, integers } from "./evaluation.js";
import { intOf, intsOf, type Node, refuse } from "./source.js";
import { listOf, type Tensor } from "./tensors.js";

/** The same values in another shape. */
function shaped(node: Node, input: Tensor, shape: readonly number[]): readonly Tensor[] {
  if (sizeOf(shape) !== input.data.length) {
    refuse(node, `values of the shape [${input.shape}] do not fit into [${shape}].`);
  }
  return [{ ...input, shape }];
}

/** A Reshape may leave rows as they are, whatever the file calls their number, or refuse. */
const reshape: Evaluate = (node, inputs, { rows }) => {
  const input = given(node, inputs, 0);
  const target = inputs[1] ? integers(inputs[1]) : [...(intsOf(node, "shape") ?? [])];
  const zeros = intOf(node, "allowzero", 0) === 0;
  const shape = target.map((n, d) => (n === 0 && zeros ? (input.shape[d] ?? 0) : n));
  if (rows > 0 && shape.length > 0) {
    const [first, ...rest] = shape;
    const size = input.data.length / rows;
    const known = sizeOf(rest.filter((n) => n !== -1));
    const isFree = first === -1 || first === BATCH || first === rows || first === 1;
    const isWhole = rest.includes(-1) ? Number.isInteger(size / known) : known === size;
    if (isFree && isWhole) return shaped(node, input, [rows, ...rest.map((n) => (n === -1 ? size / known : n))]);
    refuse(
      node,
      `a reshape to [${target.map((n) => (n === BATCH ? "batch" : n))}] mixes rows of ${counted(size, "value")}.`,
    );
  }
  const known = Math.abs(sizeOf(shape));
  return shaped(
    node,
    input,
    shape.map((n) => (n === -1 ? input.data.length / known : n)),
  );
};

const flatten: Evaluate = (node, inputs) => {
  const input = given(node, inputs, 0);
  const axis = intOf(node, "axis", 1);
  const split = axis < 0 ? axis + input.shape.length : axis;
  return shaped(node, input, [sizeOf(input.shape.slice(0, split)), sizeOf(input.shape.slice(split))]);
};

const squeeze: Evaluate = (node, inputs, { rows }) => {
  const input = given(node, inputs, 0);
  const axes = axesOf(node, inputs, input.shape.length);
  const isGone = (n: number, d: number) => (axes ? axes.includes(d) : n === 1 && (rows === 0 || d > 0));
  return shaped(
    node,
    input,
    input.shape.filter((n, d) => !isGone(n, d)),
  );
};

const unsqueeze: Evaluate = (node, inputs) => {
  const input = given(node, inputs, 0);
  const count = (intsOf(node, "axes") ?? inputs[1]?.data ?? []).length;
  const rank = input.shape.length + count;
  const axes = axesOf(node, inputs, rank) ?? [];
  const rest = [...input.shape];
  return shaped(
    node,
    input,
    Array.from({ length: rank }, (_, d) => (axes.includes(d) ? 1 : (rest.shift() ?? 1))),
  );
};

const transposed: Evaluate = (node, inputs, { budget }) => {
  const input = given(node, inputs, 0);
  const order = intsOf(node, "perm") ?? input.shape.map((_, d) => input.shape.length - 1 - d);
  const isOrder = order.length === input.shape.length && input.shape.every((_, d) => order.includes(d));
  return [
    isOrder ? transpose(input, order, budget) : refuse(node, `the order [${order}] is not one of its dimensions.`),
  ];
};

const expand: Evaluate = (node, inputs, { budget }) => {
  const shape = integers(given(node, inputs, 1)).map((n) => (n === BATCH ? 1 : n));
  const input = given(node, inputs, 0);
  checkSize(node, shape, budget);
  return [stretch(input, shape, budget) ?? refuse(node, `values of [${input.shape}] cannot become [${shape}].`)];
};

/** The parts of a tensor along an axis, from, to and by steps. */
function slicedAlong(input: Tensor, axis: number, indices: readonly number[], budget: Budget): Tensor {
  const { shape, data } = input;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  budget.spend(outer * indices.length * inner);
  const values = new Float64Array(outer * indices.length * inner);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      const from = (o * shape[axis] + index) * inner;
      values.set(data.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return { ...input, shape: shape.map((n, d) => (d === axis ? indices.length : n)), data: values };
}

function rangeOf(from: number, to: number, step: number): number[] {
  const list: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) list.push(i);
  return list;
}

const slice: Evaluate = (node, inputs, { budget }) => {
  let result = given(node, inputs, 0);
  const list = (name: string, i: number) => intsOf(node, name) ?? (inputs[i] ? integers(inputs[i]) : null);
  const [starts, ends] = [list("starts", 1), list("ends", 2)];
  if (!starts || starts.length !== ends?.length) refuse(node, "its starts and ends do not match.");
  const axes = list("axes", 3) ?? starts.map((_, i) => i);
  const steps = list("steps", 4) ?? starts.map(() => 1);
  for (const [i, start] of starts.entries()) {
    const axis = axisOf(node, axes[i], result.shape.length);
    const size = result.shape[axis];
    const step = steps[i];
    if (!Number.isInteger(step) || step === 0) refuse(node, `a step of ${step}.`);
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const place = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, low), high);
    result = slicedAlong(result, axis, rangeOf(place(start), place(ends[i]), step), budget);
  }
  return [result];
};

const split: Evaluate = (node, inputs, { budget }) => {
  const input = given(node, inputs, 0);
  const axis = axisOf(node, intOf(node, "axis", 0), input.shape.length);
  const size = input.shape[axis];
  const count = node.outputs.length;
  const each = Math.ceil(size / count);
  const lengths = intsOf(node, "split") ?? (inputs[1] ? integers(inputs[1]) : node.outputs.map(() => each));
  let from = 0;
  return lengths.slice(0, count).map((length) => {
    const to = Math.min(from + length, size);
    if (!(length >= 0)) refuse(node, `a part of ${counted(length, "value")}.`);
    const part = slicedAlong(input, axis, rangeOf(from, to, 1), budget);
    from = to;
    return part;
  });
};

const gather: Evaluate = (node, inputs, { budget, rows }) => {
  const input = given(node, inputs, 0);
  const indices = given(node, inputs, 1);
  const axis = axisOf(node, intOf(node, "axis", 0), input.shape.length);
  if (rows > 0 && axis === 0) refuse(node, "it picks rows: there is no such layer here.");
  const size = input.shape[axis];
  const list = integers(indices).map((i) => (i < 0 ? i + size : i));
  if (!list.every((i) => Number.isInteger(i) && i >= 0 && i < size))
    refuse(node, `an index outside of 0 to ${size - 1}.`);
  const { data, ...part } = slicedAlong(input, axis, list, budget);
  return [{ ...part, data, shape: [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)] }];
};

const concat: Evaluate = (node, inputs, { budget, rows }) => {
  const parts = node.inputs.map((_, i) => given(node, inputs, i));
  const rank = parts[0].shape.length;
  const axis = axisOf(node, intOf(node, "axis", 1), rank);
  const fits = parts.every(
    ({ shape }) => shape.length === rank && shape.every((n, d) => d === axis || n === parts[0].shape[d]),
  );
  if (!fits || (rows > 0 && axis === 0)) refuse(node, "it joins rows, or parts that do not fit.");
  const outer = sizeOf(parts[0].shape.slice(0, axis));
  const lengths = parts.map(({ shape }) => sizeOf(shape.slice(axis)));
  const width = lengths.reduce((a, b) => a + b, 0);
  budget.spend(outer * width);
  const data = new Float64Array(outer * width);
  for (let o = 0, to = 0; o < outer; o++) {
    for (const [i, { data: values }] of parts.entries()) {
      data.set(values.subarray(o * lengths[i], (o + 1) * lengths[i]), to);
      to += lengths[i];
    }
  }
  const along = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  return [{ ...parts[0], data, shape: parts[0].shape.map((n, d) => (d === axis ? along : n)) }];
};

const shapeOf: Evaluate = (node, inputs, { rows }) => {
  const { shape } = given(node, inputs, 0);
  const open = shape.map((n, d) => (d === 0 && rows > 0 ? BATCH : n));
  const [start, end] = [intOf(node, "start", 0), intOf(node, "end", shape.length)];
  return [listOf(open.slice(start, end))];
};

/** Evaluations by type. */
export const movers: ReadonlyMap<string, Evaluate> = new Map([
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Transpose", transposed],
  ["Expand", expand],
  ["Slice", slice],
  ["Split", split],
  ["Gather", gather],
  ["Concat", concat],
  ["Shape", shapeOf],
]);
