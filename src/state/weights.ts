/** The weights of a model by name, and checks on the values that users set. */
import { checkArrayLike, DataError, FormatError, newArray, OptionError, ShapeError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { formatShape, type Shape, sizeOf } from "../base/shape.js";
import type { NamedTensor } from "../formats/safetensors.js";
import { pack, unpack } from "../plan/tensor.js";
import type { Parameter } from "../program/types.js";

/** One weight tensor as users see it: kernels are in [inputs, units] order, regardless of storage. */
export interface Weight {
  /** `dense_1/kernel` */
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** A weight that `setWeights` accepts. */
export type WeightLike = Omit<Weight, "data"> & { readonly data: ArrayLike<number> };

/** The parameters in a slab as named tensors, with `prefix` before each name. */
export function toTensors(parameters: readonly Parameter[], slab: Float32Array | Float64Array, prefix = ""): Weight[] {
  return parameters.map(({ path, shape, tensor }) => ({ name: prefix + path, shape, data: unpack(tensor, slab) }));
}

/** The reverse of `toTensors`: a slab of `size` floats. @throws FormatError, ShapeError, DataError */
export function fromTensors(
  parameters: readonly Parameter[],
  tensors: ReadonlyMap<string, NamedTensor>,
  prefix: string,
  size: number,
): Float32Array {
  const weights = parameters.map(({ path }) => {
    const tensor = tensors.get(prefix + path);
    if (!tensor) throw new FormatError(`${show(prefix + path)} is missing.`);
    return { ...tensor, name: path };
  });
  return packWeights("weights", parameters, weights, blankSlab(size));
}

/** Zeros for a copy of the weights. @throws BackendError if there is not enough memory */
export function blankSlab(size: number): Float32Array {
  return newArray(Float32Array, size, "A copy of the weights");
}

/** True for numbers that float32 can represent. */
function isStorable(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(Math.fround(value));
}

/** True if no value is NaN or infinite: all other values times 0 are 0. Four sums run side by side. */
function areFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & -4;
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  return a + b + c + d === 0 && values.subarray(whole).every(Number.isFinite);
}

/** Index of the first value that is not a float32 number of at least `minimum`; -1 if there is none. */
function firstBad(values: ArrayLike<number>, minimum: number): number {
  if (kindOf(values) === "Float32Array" && minimum === -Infinity && areFinite(values as Float32Array)) return -1;
  for (let i = 0; i < values.length; i++) if (!isStorable(values[i]) || values[i] < minimum) return i;
  return -1;
}

/**
 * Packs a full list of weights into a slab.
 * @throws OptionError, ShapeError, DataError before anything is written
 */
export function packWeights(
  where: string,
  parameters: readonly Parameter[],
  weights: readonly WeightLike[],
  slab: Float32Array,
): Float32Array {
  if (!Array.isArray(weights))
    throw new OptionError(`${where}: expected what getWeights() returns, got ${show(weights)}.`);
  const names = parameters.map(({ path }) => path).join(", ");
  if (weights.length !== parameters.length) {
    throw new ShapeError(`${where}: expected ${parameters.length} weights (${names}), got ${weights.length}.`);
  }
  parameters.forEach(({ path, shape, minimum = -Infinity }, i) => {
    const weight = weights[i] as Partial<WeightLike> | null;
    if (weight?.name !== path) {
      throw new OptionError(
        `${where}: expected ${path} at place ${i}, got ${show(weight?.name)}. The order is ${names}.`,
      );
    }
    const given = show(weight.shape);
    if (given !== formatShape(shape) || weight.data?.length !== sizeOf(shape)) {
      const values = `${weight.data?.length ?? 0} values`;
      throw new ShapeError(`${where}: ${path}: expected ${formatShape(shape)}, got ${given} with ${values}.`);
    }
    checkArrayLike(`${where}: ${path}: data`, weight.data);
    const bad = firstBad(weight.data, minimum);
    if (bad >= 0) {
      const wanted = isStorable(weight.data[bad]) ? `a number >= ${minimum}` : "a finite number";
      throw new DataError(`${where}: ${path}[${bad}]: expected ${wanted}, got ${show(weight.data[bad])}.`);
    }
  });
  parameters.forEach(({ tensor }, i) => {
    pack(tensor, weights[i].data, slab);
  });
  return slab;
}
