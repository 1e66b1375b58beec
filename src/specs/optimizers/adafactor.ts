/** Adafactor, which knows the sizes of gradients by row and by column. */
import { pow } from "../../base/math.js";
import { flag, type Given, number, type Spec } from "../../base/options.js";
import type { Floats } from "../../plan/controlBlock.js";
import { commit, isSquarable } from "../../plan/guard.js";
import { Place, Status } from "../../plan/op.js";
import { Adafactor } from "../../plan/scriptOps.js";
import { addOptimizers } from "./add.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";
import { scriptOf, type Update } from "./script.js";

/** Options of `adafactor`. */
const adafactorOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** Means of squared gradients decay by 1 − t^beta2Decay in step t, below 0. @default -0.8 */
  beta2Decay: number({ below: 0 }, -0.8),
  /** Added to squared gradients, >= 0. @default 1e-30 */
  epsilon1: number({ min: 0 }, 1e-30),
  /** Smallest size of weights that steps are measured by, >= 0. @default 1e-3 */
  epsilon2: number({ min: 0 }, 1e-3),
  /** Largest root mean square of an update before the learning rate, > 0. @default 1 */
  clipThreshold: number({ above: 0 }, 1),
  /** Let the learning rate be at most 1/√t. @default true */
  relativeStep: flag(true),
};

/** Options of `adafactor`. */
export interface AdafactorOptions extends CommonOptions, Given<typeof adafactorOptions> {}

/** Adafactor with every option spelled out. */
export interface AdafactorSpec extends CommonSpec, Spec<"adafactor", typeof adafactorOptions> {}

/**
 * Adafactor (Shazeer and Stern 2018), as Keras's `Adafactor`: with s = g² + epsilon1 and β = 1 − t^beta2Decay, the
 * means over the rows of a kernel [inputs, units] r ← β r + (1 − β) mean(s) and over its columns c ← β c + (1 − β)
 * mean(s) give v = r c / mean(r); a bias has v ← β v + (1 − β) s. Then u = g / √v, and w ← w − η max(epsilon2, rms(w))
 * u / max(1, rms(u) / clipThreshold). With `relativeStep`, η is at most 1/√t.
 *
 * Keras takes the smaller of η and 1/√t with and without `relativeStep`; here `relativeStep: false` uses η itself, as
 * in the paper. Rows and columns are kept in vectors as large as the weights, so it needs as much memory as Adam.
 * @throws OptionError for unknown options or values out of range.
 */
export function adafactor(options: AdafactorOptions = {}): AdafactorSpec {
  addOptimizers({ adafactor: adafactorDefinition });
  return makeOptimizer("adafactor", adafactorOptions, options, arguments);
}

/** Moves the mean at `placeOf(i)` towards sums[i] / size, for each i, and returns the mean of the means. */
function moveMeans(f: Floats, placeOf: (i: number) => number, sums: Float64Array, size: number, keep: number): number {
  let total = 0;
  for (let i = 0; i < sums.length; i++) {
    const at = placeOf(i);
    f[at] += keep * (sums[i] / size - f[at]);
    total += f[at];
  }
  return total / sums.length;
}

/** Sums are float64, unit by unit. A gradient that cannot be squared counts as 0, and its weight stays. */
const update: Update<typeof Adafactor> = (memory, record) => {
  const { floats: f, learningRate, step } = memory;
  const { params, grads, rows, columns, inputs, units, stride, epsilon1, epsilon2 } = record;
  const lr = record.relativeStep ? Math.min(learningRate, 1 / Math.sqrt(step)) : learningRate;
  const keep = pow(step, record.beta2Decay);
  const isKernel = inputs > 0;
  // A vector is one column, whose rows are its elements.
  const [height, width] = isKernel ? [inputs, units] : [units, 1];
  const gap = isKernel ? Place.PanelWidth : 1;
  const columnOf = (j: number) => Math.floor(j / Place.PanelWidth) * stride + (j % Place.PanelWidth);
  const [rowSums, columnSums] = [new Float64Array(height), new Float64Array(width)];
  let weights = 0;
  for (let j = 0; j < width; j++) {
    for (let i = 0, at = columnOf(j); i < height; i++, at += gap) {
      const g = f[grads + at];
      const square = (isSquarable(g) ? g * g : 0) + epsilon1;
      weights += f[params + at] * f[params + at];
      rowSums[i] += square;
      columnSums[j] += square;
    }
  }
  const mean = moveMeans(f, (i) => rows + i * gap, rowSums, width, keep);
  if (isKernel) moveMeans(f, (j) => columns + columnOf(j), columnSums, height, keep);
  /** The part of an element's divisor that its column decides. */
  const shareOf = (j: number) => (isKernel ? f[columns + columnOf(j)] / mean : 1);
  let changes = 0;
  for (let j = 0; j < width; j++) {
    const share = shareOf(j);
    for (let i = 0, at = columnOf(j); i < height; i++, at += gap) {
      const [g, v] = [f[grads + at], f[rows + i * gap] * share];
      if (v > 0 && isSquarable(g)) changes += (g * g) / v;
    }
  }
  const size = height * width;
  const clip = Math.max(1, Math.sqrt(changes / size) / record.clipThreshold);
  const rate = (lr * Math.max(epsilon2, Math.sqrt(weights / size))) / clip;
  for (let j = 0; j < width; j++) {
    const share = shareOf(j);
    for (let i = 0, at = columnOf(j); i < height; i++, at += gap) {
      const [g, v] = [f[grads + at], f[rows + i * gap] * share];
      if (!isSquarable(g)) memory.status = Status.UpdateNotFinite;
      else if (v > 0) commit(memory, params + at, f[params + at] - (rate * g) / Math.sqrt(v));
    }
  }
};

export const adafactorDefinition: OptimizerDefinition<AdafactorSpec, AdafactorOptions> = {
  resolve: adafactor,
  slots: () => ["rows", "columns"],
  record({ beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep }, { format, shape, stride }) {
    const [inputs, units] = format === "panels" ? shape : [0, shape[0]];
    const constants = { beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep: Number(relativeStep) };
    return { op: Adafactor, script: scriptOf(update), inputs, units, stride, ...constants };
  },
  perTensor: true,
  isScaleFree: true,
};
