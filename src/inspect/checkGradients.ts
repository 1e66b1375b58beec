/** `checkGradients`: compares the gradients of any model with slopes of the loss in float64. */

import { checkArguments, checkNumber } from "../base/errors.js";
import { type Given, number, readOptions, via } from "../base/options.js";
import { Random } from "../base/random.js";
import { type Shape, sizeOf } from "../base/shape.js";
import type { Data } from "../data/dataset.js";
import type { DataRows } from "../data/rows.js";
import { checkedData } from "../model/checkedData.js";
import { insideOf } from "../model/insideOf.js";
import { SpectralNormalization } from "../plan/layerScriptOps.js";
import type { Plan } from "../plan/tape.js";
import { pack, unpack } from "../plan/tensor.js";
import { buildProgram } from "../program/program.js";
import type { Parameter, Program } from "../program/types.js";
import type { BackendFactory } from "../runtime/backend.js";
import { Session } from "../runtime/session.js";
import type { Sequential } from "../sequential.js";
import { sgd } from "../specs/optimizers/sgd.js";
import { Feed } from "../training/feed.js";
import { formatShort, formatTable } from "./table.js";

function checkSample(where: string, sample: unknown): number | "all" {
  return sample === "all" ? sample : checkNumber(where, sample, { min: 1, integer: true });
}

/** Options of `checkGradients`. */
const checkGradientsOptions = {
  /** Half the distance between the two points of a slope. @default 1e-5 */
  epsilon: number({ above: 0, max: 1 }, 1e-5),
  /** Elements to try in each weight tensor, chosen by seed, or all of them. @default 20 */
  sample: via<number | "all", number | "all">(checkSample, 20),
  /** Seed of the choice of elements. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `checkGradients`. */
export interface CheckGradientsOptions extends Given<typeof checkGradientsOptions> {}

/** One element: its place, its analytic gradient, and the slope there. */
export interface GradientPoint {
  /** `dense_1/kernel` */
  readonly name: string;
  /** [input, unit] for a kernel. */
  readonly index: readonly number[];
  /** From the backward pass, in float64. */
  readonly gradient: number;
  /** (L(w + ε) − L(w − ε)) / 2ε, in float64. */
  readonly slope: number;
  /** |gradient − slope|, in units of the tensor's largest slope, or of 1e-4 of the model's gradient if that is more. */
  readonly error: number;
}

/** One weight tensor. */
export interface TensorCheck {
  readonly name: string;
  readonly shape: Shape;
  /** Elements tried. */
  readonly checked: number;
  readonly worst: GradientPoint;
  /**
   * Largest difference between the gradient of the model's own backend and that in float64, in units of the tensor's
   * largest slope, or of a hundredth of the model's gradient if that is more.
   */
  readonly kernelError: number;
}

/** The result. */
export interface GradientCheck {
  /** True if every `error` is at most 1e-4, and every `kernelError` at most 1e-3. */
  readonly ok: boolean;
  readonly tensors: readonly TensorCheck[];
  /** The element whose gradient is furthest from its slope. */
  readonly worst: GradientPoint;
  /** A table for the terminal, the worst named below. */
  toString(): string;
}

const MOST_ERROR = 1e-4;
const MOST_KERNEL_ERROR = 1e-3;
/** Slopes below this are only rounding: a tensor without larger ones is measured against it. */
const SMALLEST_SCALE = 1e-7;
/**
 * The same limit as a share of the model's largest gradient. A bias before batchNormalization() has a slope of exactly
 * 0: the terms that cancel leave about 1e-10 of the model's gradient in a slope, and 1e-7 in float32.
 */
const SMALLEST_SHARE = 1e-4;
const SMALLEST_KERNEL_SHARE = 1e-2;

/** The training step of a model on one backend, for any weights. */
interface Trial {
  /** The mean loss with these parameters; leaves the gradients in the session. */
  lossAt(params: Float64Array): number;
  readonly session: Session;
}

/**
 * The plan with kernels left as they are before a step: dividing them by their norm would undo the steps of a slope.
 */
function withoutProjection(plan: Plan): Plan {
  const records = plan.records.map((record) => {
    return record.op === SpectralNormalization ? { ...record, script: () => () => {} } : record;
  });
  return { ...plan, records };
}

function openTrial(program: Program, dataset: DataRows, batch: number, create: BackendFactory): Trial {
  const session = new Session(withoutProjection(program.plan), dataset.length, create);
  new Feed(session, program, dataset).write(null, 0, dataset.length);
  session.batch = batch;
  session.learningRate = 0;
  return {
    session,
    lossAt(params) {
      session.writeSlab("params", params); // all of it: a step may also update statistics
      session.resetSums();
      session.run("train");
      return session.lossSum / dataset.length;
    },
  };
}

/**
 * Compares the gradients of one training step on all rows of `data` with slopes of the loss,
 * (L(w + ε) − L(w − ε)) / 2ε, both in float64 by the reference backend, and then the gradients of the model's own
 * backend with those in float64. Works on any compiled model, and does not change it.
 *
 * A weight that moves a unit of relu across its kink within ε shows an error although its gradient is right. Costs two
 * training steps of the slow reference backend for each element tried.
 *
 * @example console.log(String(await checkGradients(model, train.slice(0, 8))));
 * @throws OptionError, ShapeError, DataError
 */
export async function checkGradients(
  model: Sequential,
  data: Data,
  options: CheckGradientsOptions = {},
): Promise<GradientCheck> {
  checkArguments("checkGradients", arguments, 3);
  const inside = insideOf("checkGradients", model);
  const { epsilon, sample, seed } = readOptions("checkGradients", checkGradientsOptions, options);
  await inside.state.loadKernels();
  const { compiled, dataset } = checkedData(inside, "checkGradients", data);
  const batch = inside.progress.step + 1;
  const { reduction, ...loss } = compiled.loss; // it scales gradients, not the mean that the slopes are of
  const still = { loss, optimizer: sgd({ learningRate: 0 }), metrics: [] };
  const program = buildProgram(inside.layers, inside.spec.inputShape, still, inside.spec.seed);
  const params = Float64Array.from(inside.state.readParameters());
  const { ReferenceBackend } = await import("../runtime/reference/backend.js");
  const exact = openTrial(program, dataset, batch, (words, bytes) => new ReferenceBackend(words, bytes, 64));
  const own = openTrial(program, dataset, batch, inside.state.backend.create);
  own.lossAt(params);
  exact.lossAt(params);
  const { trainable } = program;
  const gradients = trainable.map(({ tensor }) => exact.session.read({ ...tensor, slab: "grads" }));
  const most = gradients.reduce((found, gradient) => Math.max(found, largest(gradient)), 0);
  const tensors = trainable.map((parameter, i) => {
    const indices = choose(sizeOf(parameter.shape), sample, Random.fromSeed(seed, i));
    const slopes = slopesOf(exact, parameter, indices, params, epsilon);
    const ownGradient = own.session.read({ ...parameter.tensor, slab: "grads" });
    return compare(parameter, indices, slopes, gradients[i], ownGradient, most);
  });
  own.session.release();
  return report(tensors);
}

/** Positions of the elements to try, in order. */
function choose(count: number, sample: number | "all", random: Random): Uint32Array {
  const order = random.permutation(count);
  return order.subarray(0, sample === "all" ? count : Math.min(sample, count)).toSorted();
}

/** Central differences by the chosen elements of one tensor. */
function slopesOf(
  { lossAt }: Trial,
  { tensor }: Parameter,
  indices: Uint32Array,
  params: Float64Array,
  epsilon: number,
): number[] {
  const moved = params.slice();
  const values = Float64Array.from(unpack(tensor, params));
  const lossWith = (index: number, value: number): number => {
    values[index] = value;
    pack(tensor, values, moved);
    return lossAt(moved);
  };
  return Array.from(indices, (index) => {
    const value = values[index];
    const slope = (lossWith(index, value + epsilon) - lossWith(index, value - epsilon)) / (2 * epsilon);
    values[index] = value;
    return slope;
  });
}

/** [row, column] of a position in row-major order. */
function placeOf(position: number, shape: Shape): number[] {
  const place = [...shape];
  for (let i = shape.length - 1; i >= 0; i--) {
    place[i] = position % shape[i];
    position = Math.floor(position / shape[i]);
  }
  return place;
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

function compare(
  { path, shape }: Parameter,
  indices: Uint32Array,
  slopes: readonly number[],
  gradient: Float32Array,
  ownGradient: Float32Array,
  most: number,
): TensorCheck {
  const own = Math.max(largest(slopes), largest(gradient), SMALLEST_SCALE);
  const scale = Math.max(own, SMALLEST_SHARE * most);
  const kernelScale = Math.max(own, SMALLEST_KERNEL_SHARE * most);
  const points = slopes.map((slope, i): GradientPoint => {
    const value = gradient[indices[i]];
    const error = Math.abs(value - slope) / scale;
    return { name: path, index: placeOf(indices[i], shape), gradient: value, slope, error };
  });
  const kernelError = largest(gradient.map((value, i) => value - ownGradient[i])) / kernelScale;
  return { name: path, shape, checked: points.length, worst: worstOf(points), kernelError };
}

/** A gradient that is not a number is worse than any other. */
function worstOf(points: readonly GradientPoint[]): GradientPoint {
  return points.reduce((a, b) => (a.error >= b.error || Number.isNaN(a.error) ? a : b));
}

function report(tensors: readonly TensorCheck[]): GradientCheck {
  const worst = worstOf(tensors.map((tensor) => tensor.worst));
  const isGood = (check: TensorCheck) => check.worst.error <= MOST_ERROR && check.kernelError <= MOST_KERNEL_ERROR;
  return {
    ok: tensors.every(isGood),
    tensors,
    worst,
    toString() {
      const head = ["weights", "tried", "worst at", "gradient", "slope", "error", "kernels"];
      const lines = tensors.map((check) => {
        const { index, gradient, slope, error } = check.worst;
        const numbers = [gradient, slope, error, check.kernelError].map(formatShort);
        return [check.name, String(check.checked), `[${index.join(", ")}]`, ...numbers, isGood(check) ? "" : "FAILS"];
      });
      const verdict = `worst: ${worst.name}[${worst.index.join(", ")}], off by ${formatShort(worst.error)}`;
      return `${formatTable([[...head, ""], ...lines])}\n${verdict} of the tensor's largest slope`;
    },
  };
}
