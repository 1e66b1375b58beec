/** `watch`: a callback that inspects activations, gradients and weights while a model trains. */

import { counted } from "../base/counted.js";
import { func, type Given, number, optional, readOptions } from "../base/options.js";
import type { Callback, StepTensor, StepTensors, Trainer } from "../callbacks/callback.js";
import type { ActivationName } from "../specs/activations.js";
import { formatShare, formatShort, formatTable } from "./table.js";

/** Options of `watch`. */
const watchOptions = {
  /** Epochs from one inspected epoch to the next, beginning with the first. @default 1 */
  every: number({ min: 1, integer: true }, 1),
  /** Called with the table of each inspected epoch. @default nothing is printed */
  log: optional(func<(table: string) => void>()),
};

/** Options of `watch`. */
export interface WatchOptions extends Given<typeof watchOptions> {}

/** Statistics of a tensor. */
export interface TensorStatistics {
  /** `dense_1/h`, `dense_1/kernel` */
  readonly name: string;
  readonly mean: number;
  /** Standard deviation, of the whole population. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/** Statistics of the outputs of a layer. */
export interface ActivationStatistics extends TensorStatistics {
  readonly activation: ActivationName;
  /** Share of relu units that are 0 for every row of the batch; `null` for other activations. */
  readonly dead: number | null;
  /** Share of values of sigmoid or tanh within 1 % of the range from an end; `null` for other activations. */
  readonly saturated: number | null;
}

/** Statistics of a weight tensor. */
export interface WeightStatistics extends TensorStatistics {
  /** ‖Δw‖ / ‖w‖ of this step, Euclidean norms: about 1e-3 is healthy. `null` if all weights were 0. */
  readonly updateRatio: number | null;
}

/** The report on one epoch. */
export interface WatchReport {
  readonly epoch: number;
  /** Rows of the inspected batch. */
  readonly rows: number;
  readonly activations: readonly ActivationStatistics[];
  /** Gradients of the trainable weights. */
  readonly gradients: readonly TensorStatistics[];
  readonly weights: readonly WeightStatistics[];
  /** A table for the terminal. */
  toString(): string;
}

/** A callback that keeps its reports. */
export interface Watch extends Callback {
  readonly reports: readonly WatchReport[];
}

/** Share of the range from an end that counts as saturated. */
const END = 0.01;

/**
 * Inspects the first batch of an epoch: mean, standard deviation, least and largest value of activations, gradients and
 * weights, the share of dead or saturated units, and how far the step moved each weight tensor. An epoch that a fit
 * resumes after that batch has no further report.
 *
 * Cost: no further pass. An inspected epoch takes two copies of the weights, and reads the batch's activations, the
 * gradients and the weights once: together about as long as one training step in plain JavaScript. Other epochs take
 * one call per step that does nothing.
 *
 * @example
 * const watching = watch({ every: 5, log: console.log });
 * await model.fit(train, { epochs: 20, callbacks: [watching] });
 * watching.reports[0].activations[0].dead;
 * @throws OptionError
 */
export function watch(options: WatchOptions = {}): Watch {
  const { every, log } = readOptions("watch", watchOptions, options, arguments);
  const reports: WatchReport[] = [];
  let trainer: Trainer;
  let first = 0;
  let isDue = false;
  let before: readonly StepTensor[] = [];
  return {
    reports,
    onTrainBegin(started) {
      trainer = started;
      first = -1;
    },
    onEpochBegin(epoch) {
      if (first < 0) first = epoch;
      isDue = (epoch - first) % every === 0;
      if (isDue) before = trainer.inspect(0).weights;
    },
    onBatchEnd({ epoch, step, rows }) {
      if (!isDue) return;
      isDue = false;
      if (step > 0) return; // the fit resumes, and the first batch is gone
      const seen = trainer.inspect(rows);
      if (seen.activations.length === 0) return; // as is that of the last fit
      const report = reportOf(epoch, rows, before, seen);
      before = [];
      reports.push(report);
      log?.(report.toString());
    },
  };
}

function statisticsOf({ name, data }: StepTensor): TensorStatistics {
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (const value of data) {
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / data.length;
  const squares = data.reduce((total, value) => total + (value - mean) * (value - mean), 0);
  return { name, mean, std: Math.sqrt(squares / data.length), min, max };
}

/** Share of columns that are 0 in every row. */
function deadUnits({ shape, data }: StepTensor): number {
  const columns = shape[shape.length - 1];
  const isAlive = new Uint8Array(columns);
  data.forEach((value, i) => {
    if (value > 0) isAlive[i % columns] = 1;
  });
  return isAlive.reduce((dead, alive) => dead + 1 - alive, 0) / columns;
}

function saturatedShare({ data }: StepTensor, low: number, high: number): number {
  const margin = (high - low) * END;
  return data.reduce((n, value) => n + Number(value < low + margin || value > high - margin), 0) / data.length;
}

function activationStatistics(tensor: StepTensors["activations"][number]): ActivationStatistics {
  const { activation } = tensor;
  const low = activation === "tanh" ? -1 : 0;
  const isBounded = activation === "tanh" || activation === "sigmoid";
  return {
    ...statisticsOf(tensor),
    activation,
    dead: activation === "relu" ? deadUnits(tensor) : null,
    saturated: isBounded ? saturatedShare(tensor, low, 1) : null,
  };
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function weightStatistics(tensor: StepTensor, before: Float32Array): WeightStatistics {
  const size = norm(before);
  const change = norm(tensor.data.map((value, i) => value - before[i]));
  return { ...statisticsOf(tensor), updateRatio: size === 0 ? null : change / size };
}

function reportOf(epoch: number, rows: number, before: readonly StepTensor[], seen: StepTensors): WatchReport {
  const activations = seen.activations.map(activationStatistics);
  const gradients = seen.gradients.map(statisticsOf);
  const weights = seen.weights.map((tensor, i) => weightStatistics(tensor, before[i].data));
  return {
    epoch,
    rows,
    activations,
    gradients,
    weights,
    toString: () => format(epoch, rows, activations, gradients, weights),
  };
}

function format(
  epoch: number,
  rows: number,
  activations: readonly ActivationStatistics[],
  gradients: readonly TensorStatistics[],
  weights: readonly WeightStatistics[],
): string {
  const cells = ({ mean, std, min, max }: TensorStatistics) => [mean, std, min, max].map(formatShort);
  const remark = ({ dead, saturated }: ActivationStatistics) => {
    if (dead !== null) return `${formatShare(dead)} dead`;
    return saturated === null ? "" : `${formatShare(saturated)} saturated`;
  };
  return formatTable([
    [`epoch ${epoch}, first ${counted(rows, "row")}`, "mean", "std", "min", "max", ""],
    ...activations.map((one) => [one.name, ...cells(one), remark(one)]),
    ...gradients.map((one) => [`∂L/∂ ${one.name}`, ...cells(one), ""]),
    ...weights.map((one) => [one.name, ...cells(one), `moved by ${formatShort(one.updateRatio)}`]),
  ]);
}
