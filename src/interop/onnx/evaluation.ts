/** Evaluating a node: what it is given, and how its inputs and axes are found. */
import { counted } from "../../base/counted.js";
import { sizeOf } from "../../base/shape.js";
import type { Budget } from "./broadcast.js";
import { intsOf, type Node, refuse } from "./source.js";
import type { External, Tensor } from "./tensors.js";

/** The number of rows in shapes, which files leave open: a prime that is larger than any layer. */
export const BATCH = 16_777_259;

/** The place of a node that is evaluated. */
export interface Evaluation {
  readonly opset: number;
  readonly budget: Budget;
  readonly external: External;
  /** Rows of the samples; 0 for constants. */
  readonly rows: number;
}

/** The inputs of a node; `null` for one that is not given. */
export type Inputs = readonly (Tensor | null)[];

/** The outputs of a node. */
export type Evaluate = (node: Node, inputs: Inputs, place: Evaluation) => readonly Tensor[];

/** @throws FormatError if the input is not given */
export function given(node: Node, inputs: Inputs, i: number): Tensor {
  return inputs[i] ?? refuse(node, `its input ${i} is missing: the file is incomplete.`);
}

export const integers = (tensor: Tensor) => Array.from(tensor.data);

export function axisOf(node: Node, axis: number, rank: number): number {
  const place = axis < 0 ? axis + rank : axis;
  return Number.isInteger(place) && place >= 0 && place < rank
    ? place
    : refuse(node, `the axis ${axis} is not one of ${counted(rank, "dimension")}.`);
}

/** Axes, which older files keep in an attribute and newer ones in an input. */
export function axesOf(node: Node, inputs: Inputs, rank: number): number[] | null {
  const input = inputs[1];
  const axes = intsOf(node, "axes") ?? (input ? integers(input) : null);
  return axes?.map((axis) => axisOf(node, axis, rank)) ?? null;
}

/** Bounds a size before anything is made of it. @throws FormatError */
export function checkSize(node: Node, shape: readonly number[], budget: Budget): void {
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) refuse(node, `[${shape}] is not a shape.`);
  budget.spend(sizeOf(shape));
}
