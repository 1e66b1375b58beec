/** Operators on tensors whose shapes are joined as in NumPy, with a bound on the work. */
import { FormatError } from "../../base/errors.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { Tensor } from "./tensors.js";

/** Numbers that reading a file may compute: constants are folded, and functions evaluated on sample rows. */
export class Budget {
  private constructor(numbers: number) {
    this.left = numbers;
  }

  /** For functions on sample rows, whose values are soon forgotten. @param bytes of the file */
  static forSamples(bytes: number): Budget {
    return new Budget(16e6 + 4 * bytes);
  }

  /** For constants, which stay: sixteen times the weights that a file of this size can hold. @param bytes of the file */
  static forConstants(bytes: number): Budget {
    return new Budget(2 ** 16 + 4 * bytes);
  }

  private left: number;

  /** @throws FormatError if the file asks for more */
  spend(count: number): void {
    this.left -= count;
    if (this.left >= 0) return;
    throw new FormatError("the graph computes more numbers than a chain of layers of its size needs.");
  }
}

/** The shape of two shapes together; `null` if they do not fit. */
function joinShapes(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const joined: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) return null;
    joined.push(m === 1 ? n : m);
  }
  return joined;
}

/** Distances between neighbours in memory, 0 along dimensions that are stretched. */
function stridesFor(shape: Shape, joined: Shape): number[] {
  const strides = new Array<number>(joined.length).fill(0);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] > 1) strides[i + joined.length - shape.length] = step;
    step *= shape[i];
  }
  return strides;
}

/** For each value of the joined shape, the place of the value of `shape`. */
function places(shape: Shape, joined: Shape): Int32Array | null {
  if (shape.length === joined.length && shape.every((n, i) => n === joined[i])) return null;
  const strides = stridesFor(shape, joined);
  const size = sizeOf(joined);
  const at = new Int32Array(size);
  const index = new Array<number>(joined.length).fill(0);
  let place = 0;
  for (let i = 0; i < size; i++) {
    at[i] = place;
    for (let d = joined.length - 1; d >= 0; d--) {
      place += strides[d];
      index[d]++;
      if (index[d] < joined[d]) break;
      place -= strides[d] * joined[d];
      index[d] = 0;
    }
  }
  return at;
}

/** f of the values of several tensors, joined. @returns `null` if their shapes do not fit */
export function zip(
  inputs: readonly Tensor[],
  f: (...values: number[]) => number,
  kind: Tensor["kind"],
  budget: Budget,
): Tensor | null {
  let shape: Shape = [];
  for (const input of inputs) {
    const joined = joinShapes(shape, input.shape);
    if (!joined) return null;
    shape = joined;
  }
  const size = sizeOf(shape);
  budget.spend(size * inputs.length);
  const at = inputs.map((input) => places(input.shape, shape));
  const data = new Float64Array(size);
  const values = new Array<number>(inputs.length);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < inputs.length; k++) values[k] = inputs[k].data[at[k]?.[i] ?? i];
    data[i] = f(...values);
  }
  return { shape, data, kind };
}

/** The same values stretched to a shape. @returns `null` if they do not fit */
export function stretch(input: Tensor, shape: Shape, budget: Budget): Tensor | null {
  const joined = joinShapes(input.shape, shape);
  if (!joined) return null;
  budget.spend(sizeOf(joined));
  const at = places(input.shape, joined);
  if (!at) return input;
  return { ...input, shape: joined, data: Float64Array.from(at, (place) => input.data[place]) };
}

/** f of the values along some dimensions. */
export function reduce(
  input: Tensor,
  axes: readonly number[],
  keep: boolean,
  f: (values: Float64Array) => number,
  budget: Budget,
): Tensor {
  const { shape, data } = input;
  budget.spend(2 * data.length);
  const isReduced = shape.map((_, d) => axes.includes(d));
  const outer = shape.map((n, d) => (isReduced[d] ? 1 : n));
  const count = sizeOf(shape.filter((_, d) => isReduced[d]));
  const size = sizeOf(outer);
  const groups = new Float64Array(size * count);
  const filled = new Int32Array(size);
  const at = places(outer, shape);
  for (let i = 0; i < data.length; i++) {
    const group = at?.[i] ?? i;
    groups[group * count + filled[group]++] = data[i];
  }
  const values = Float64Array.from({ length: size }, (_, i) => f(groups.subarray(i * count, (i + 1) * count)));
  return { shape: keep ? outer : shape.filter((_, d) => !isReduced[d]), data: values, kind: input.kind };
}

/** The values in another order of dimensions. */
export function transpose(input: Tensor, order: readonly number[], budget: Budget): Tensor {
  const { shape } = input;
  budget.spend(input.data.length);
  const strides = stridesFor(shape, shape);
  const turned = order.map((d) => shape[d]);
  const steps = order.map((d) => strides[d]);
  const data = input.data.slice();
  const index = new Array<number>(shape.length).fill(0);
  let place = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = input.data[place];
    for (let d = shape.length - 1; d >= 0; d--) {
      place += steps[d];
      index[d]++;
      if (index[d] < turned[d]) break;
      place -= steps[d] * turned[d];
      index[d] = 0;
    }
  }
  return { ...input, shape: turned, data };
}
