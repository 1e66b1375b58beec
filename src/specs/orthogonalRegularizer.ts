/**
 * A penalty on rows or columns of a kernel that are not orthogonal. It has no kernel: the records of the penalty and of
 * its gradient hold scripts, and only programs that call the factory contain them.
 */
import { OptionError } from "../base/errors.js";
import { type Given, makeSpec, number, oneOf, type Spec } from "../base/options.js";
import type { ScriptMaker, TapeRecord } from "../plan/record.js";
import { pack, storageSize, type TensorRef, unpack } from "../plan/tensor.js";
import { otherRegularizers } from "./regularizers.js";

/** Options of `orthogonalRegularizer`. */
const orthogonalOptions = {
  /** Factor of the mean, >= 0. @default 0.01 */
  factor: number({ min: 0 }, 0.01),
  /** The vectors that should be orthogonal: the weights of each input, or those of each unit. @default "rows" */
  mode: oneOf(["rows", "columns"], "rows"),
};

/** Options of `orthogonalRegularizer`. */
export interface OrthogonalRegularizerOptions extends Given<typeof orthogonalOptions> {}

/** The penalty with its options spelled out. */
export interface OrthogonalRegularizerSpec extends Spec<"orthogonalRegularizer", typeof orthogonalOptions> {}

/** Keras's epsilon: shorter vectors count as this long, and get no gradient. */
const SHORTEST = 1e-7;

/**
 * Adds factor times the mean of |cos| over all pairs of rows of a kernel [inputs, units], or of its columns, to the
 * loss: 0 where all are orthogonal, factor where all are parallel (Keras's `OrthogonalRegularizer`). It takes kernels
 * with at least two such vectors. n vectors of length m cost n² m operations a step, on one thread.
 *
 * @example dense({ units: 64, kernelRegularizer: orthogonalRegularizer({ factor: 0.1, mode: "columns" }) })
 * @throws OptionError for unknown options or a factor below 0; by `compile`, for other weights than kernels.
 */
export function orthogonalRegularizer(options: OrthogonalRegularizerOptions = {}): OrthogonalRegularizerSpec {
  addOrthogonalRegularizer();
  return makeSpec("orthogonalRegularizer", orthogonalOptions, options, arguments);
}

/** Makes the penalty known to layers. */
export function addOrthogonalRegularizer(): void {
  otherRegularizers.set("orthogonalRegularizer", {
    resolve: (options) => makeSpec("orthogonalRegularizer", orthogonalOptions, options, []),
    scripts: (spec, tensor) => scriptsOf(spec as OrthogonalRegularizerSpec, tensor),
  });
}

function scriptsOf(
  spec: OrthogonalRegularizerSpec,
  tensor: TensorRef,
): { penalty: ScriptMaker; gradient: ScriptMaker } {
  const { name, shape } = tensor;
  const isByRow = spec.mode === "rows";
  const count = shape[isByRow ? 0 : 1];
  if (shape.length !== 2 || count < 2) {
    const got = shape.length === 2 ? `${count} of the kernel [${shape.join(", ")}]` : "a vector of weights";
    throw new OptionError(
      `compile: ${name}: orthogonalRegularizer compares at least 2 ${spec.mode} of a kernel, got ${got}. Take l2() here.`,
    );
  }
  /** The kernel's vectors, one after the other. */
  const read = (floats: Float32Array | Float64Array, at: number): Vectors => {
    const values = new Float64Array(shape[0] * shape[1]);
    unpack({ ...tensor, offset: 0 }, floats.subarray(at, at + storageSize(tensor)), values);
    return new Vectors(values, shape[1], isByRow);
  };
  return {
    penalty: (record, addressOf) => {
      const [params, penalties] = placesOf(record, addressOf, "params", "penalties");
      return (floats) => {
        floats.fill(0, penalties, penalties + (record.penalties as TensorRef).shape[0]);
        floats[penalties] = spec.factor * read(floats, params).meanCosine(null);
      };
    },
    gradient: (record, addressOf) => {
      const [params, grads] = placesOf(record, addressOf, "params", "grads");
      return (floats) => {
        const slopes = new Float64Array(shape[0] * shape[1]);
        read(floats, params).meanCosine(slopes);
        const place = { ...tensor, offset: 0 };
        const own = floats.subarray(grads, grads + storageSize(tensor));
        const sums = unpack(place, own, new Float64Array(slopes.length));
        for (let i = 0; i < sums.length; i++) sums[i] += spec.factor * slopes[i];
        pack(place, sums, own);
      };
    },
  };
}

function placesOf(record: TapeRecord, addressOf: (tensor: TensorRef) => number, ...names: string[]): number[] {
  return names.map((name) => addressOf(record[name] as TensorRef) / 4);
}

/** The rows or columns of a matrix, scaled to length 1. */
class Vectors {
  readonly #directions: Float64Array[] = [];
  readonly #lengths: number[] = [];
  /** Place of element k of vector i in the matrix. */
  readonly #placeOf: (i: number, k: number) => number;

  constructor(values: Float64Array, columns: number, isByRow: boolean) {
    const rows = values.length / columns;
    const [count, size] = isByRow ? [rows, columns] : [columns, rows];
    this.#placeOf = isByRow ? (i, k) => i * columns + k : (i, k) => k * columns + i;
    for (let i = 0; i < count; i++) {
      const vector = Float64Array.from({ length: size }, (_, k) => values[this.#placeOf(i, k)]);
      const length = Math.sqrt(dot(vector, vector));
      this.#lengths.push(length);
      this.#directions.push(vector.map((value) => value / Math.max(length, SHORTEST)));
    }
  }

  /** The mean of |cos| over pairs; adds its derivatives by the elements of the matrix to `slopes`, if given. */
  meanCosine(slopes: Float64Array | null): number {
    const directions = this.#directions;
    const pairs = (directions.length * (directions.length - 1)) / 2;
    const turns = slopes && directions.map(({ length }) => new Float64Array(length));
    let sum = 0;
    for (let i = 1; i < directions.length; i++) {
      for (let j = 0; j < i; j++) {
        const cosine = dot(directions[i], directions[j]);
        sum += Math.abs(cosine);
        const sign = Math.sign(cosine) / pairs;
        if (!turns || sign === 0) continue;
        for (let k = 0; k < directions[i].length; k++) {
          turns[i][k] += sign * directions[j][k];
          turns[j][k] += sign * directions[i][k];
        }
      }
    }
    turns?.forEach((turn, i) => {
      if (!slopes || this.#lengths[i] <= SHORTEST) return;
      const along = dot(turn, directions[i]);
      for (let k = 0; k < turn.length; k++) {
        slopes[this.#placeOf(i, k)] += (turn[k] - along * directions[i][k]) / this.#lengths[i];
      }
    });
    return sum / pairs;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
