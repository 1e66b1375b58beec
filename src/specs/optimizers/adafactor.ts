/** Adafactor, which knows the sizes of gradients by row and by column. */
import { pow } from "../../base/math.js";
import { flag, type Given, number, type Spec } from "../../base/options.js";
import { commit, type Floats, storable } from "../../plan/guard.js";
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
import { type Resolved, scriptOf, type Update } from "./script.js";

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
 * Adafactor (Shazeer and Stern 2018), as Keras's `Adafactor`: with s = g² + epsilon1 and β = 1 − t^beta2Decay, the means
 * over the rows of a kernel [inputs, units] r ← β r + (1 − β) mean(s) and over its columns c ← β c + (1 − β) mean(s) give
 * v = r c / mean(r); a bias has v ← β v + (1 − β) s. Then u = g / √v, and
 * w ← w − η max(epsilon2, rms(w)) u / max(1, rms(u) / clipThreshold). With `relativeStep`, η is at most 1/√t.
 *
 * Keras takes the smaller of η and 1/√t with and without `relativeStep`; here `relativeStep: false` uses η itself, as in
 * the paper. Rows and columns are kept in vectors as large as the weights, so it needs as much memory as Adam.
 * @throws OptionError for unknown options or values out of range.
 */
export function adafactor(options: AdafactorOptions = {}): AdafactorSpec {
  addOptimizers({ adafactor: adafactorDefinition });
  return makeOptimizer("adafactor", adafactorOptions, options, arguments);
}

type Record = Resolved<typeof Adafactor>;

/** Calls `visit` with the place of each element of a parameter, and those of its row and its column. */
function forEachElement(record: Record, visit: (at: number, row: number, column: number) => void): void {
  const { inputs, units, stride } = record;
  for (let unit = 0; unit < units; unit++) {
    const column = Math.floor(unit / Place.PanelWidth) * stride + (unit % Place.PanelWidth);
    if (inputs === 0) visit(unit, unit, unit);
    for (let input = 0; input < inputs; input++) {
      visit(column + input * Place.PanelWidth, input * Place.PanelWidth, column);
    }
  }
}

/** The new mean of squares of one row or column, or element of a vector. */
function moveMeans(f: Floats, means: number, sums: ReadonlyMap<number, number>, size: number, beta: number): void {
  for (const [at, sum] of sums) f[means + at] += (1 - beta) * (sum / size - f[means + at]);
}

/** Sums are float64, unit by unit. A gradient that cannot be squared counts as 0, and its weight stays. */
const update: Update<typeof Adafactor> = (memory, record) => {
  const { floats: f, learningRate, step } = memory;
  const { params, grads, rows, columns, inputs, units, epsilon1, epsilon2, clipThreshold } = record;
  const isUsable = (i: number) => storable(f, f[grads + i] * f[grads + i]);
  const squareOf = (i: number) => (isUsable(i) ? f[grads + i] * f[grads + i] : 0) + epsilon1;
  const lr = record.relativeStep ? Math.min(learningRate, 1 / Math.sqrt(step)) : learningRate;
  const beta = 1 - pow(step, record.beta2Decay);
  const sums = { rows: new Map<number, number>(), columns: new Map<number, number>() };
  let weights = 0;
  forEachElement(record, (i, row, column) => {
    if (!isUsable(i)) memory.status = Status.UpdateNotFinite;
    weights += f[params + i] * f[params + i];
    sums.rows.set(row, (sums.rows.get(row) ?? 0) + squareOf(i));
    sums.columns.set(column, (sums.columns.get(column) ?? 0) + squareOf(i));
  });
  moveMeans(f, rows, sums.rows, inputs > 0 ? units : 1, beta);
  let mean = 0;
  if (inputs > 0) {
    moveMeans(f, columns, sums.columns, inputs, beta);
    for (const row of sums.rows.keys()) mean += f[rows + row] / inputs;
  }
  const change = (i: number, row: number, column: number) => {
    const v = inputs > 0 ? (f[rows + row] / mean) * f[columns + column] : f[rows + row];
    return v > 0 && isUsable(i) ? f[grads + i] / Math.sqrt(v) : 0;
  };
  let changes = 0;
  forEachElement(record, (i, row, column) => {
    const u = change(i, row, column);
    changes += u * u;
  });
  const size = Math.max(inputs, 1) * units;
  const clip = Math.max(1, Math.sqrt(changes / size) / clipThreshold);
  const rate = (lr * Math.max(epsilon2, Math.sqrt(weights / size))) / clip;
  forEachElement(record, (i, row, column) => {
    commit(memory, params + i, f[params + i] - rate * change(i, row, column));
  });
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
