/** What a chapter asks for, told from the engine's state. Pure: no page, no model. */
import type { EpochLog, LayerHealth, WeightView } from "../engine/protocol.js";
import type { Setup } from "../setup.js";

/** The state of the run, as far as checks look at it. */
export interface RunState {
  readonly setup: Setup;
  /** Epochs of this run so far, the last one at the end. */
  readonly logs: readonly EpochLog[];
  readonly epoch: number;
  /** Steps of the epoch that is under way. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Weights and biases of the network. */
  readonly parameters: number;
  readonly weights: readonly WeightView[];
  readonly health: readonly LayerHealth[];
  /** [classes, classes], row: true class; empty for numbers. */
  readonly confusion: readonly number[];
  /** True if the loss is no number any more. */
  readonly hasDiverged: boolean;
}

export type Check = (state: RunState) => boolean;

const last = ({ logs }: RunState): EpochLog | undefined => logs[logs.length - 1];

/** True if every check holds. */
export const all =
  (...checks: readonly Check[]): Check =>
  (state) =>
    checks.every((check) => check(state));

/** True if settings have these values. */
export const has =
  (part: Partial<Setup>): Check =>
  ({ setup }) =>
    (Object.keys(part) as (keyof Setup)[]).every((key) => JSON.stringify(setup[key]) === JSON.stringify(part[key]));

/** True if the inputs are the two coordinates, and nothing made from them. */
export const hasPlainInputs: Check = ({ setup: { features } }) => features.every((name) => /^x[12]$/.test(name));

/** True if the hidden layers have from `least` to `most` neurons, all together. */
export const hasHidden =
  (least: number, most: number): Check =>
  ({ setup: { hidden } }) => {
    const units = hidden.reduce((sum, each) => sum + each, 0);
    return units >= least && units <= most;
  };

/** True after this many epochs. */
export const after =
  (epochs: number): Check =>
  (state) =>
    (last(state)?.epoch ?? 0) >= epochs;

/** True if the training loss of the last epoch is below a limit. */
export const lossBelow =
  (limit: number): Check =>
  (state) =>
    (last(state)?.loss ?? Infinity) < limit;

/** True if the accuracy on test rows is at least this share in the last epoch. */
export const accurate =
  (share: number): Check =>
  (state) =>
    (last(state)?.valScore ?? 0) >= share;

/** True if the training accuracy was at most this share in each of the last 10 epochs. */
export const stuckBelow =
  (share: number): Check =>
  ({ logs }) =>
    logs.length >= 10 && logs.slice(-10).every(({ score }) => score <= share);

/** True if something holds within the first epochs. */
export const within =
  (epochs: number, check: Check): Check =>
  (state) =>
    (last(state)?.epoch ?? Infinity) <= epochs && check(state);

/** True after exactly this many steps. */
export const stepsTaken =
  (steps: number): Check =>
  ({ epoch, step, stepsPerEpoch }) =>
    epoch * stepsPerEpoch + step === steps;

/** True if the training loss fell in each of the last epochs. */
export const fellFor =
  (epochs: number): Check =>
  ({ logs }) => {
    const ends = logs.slice(-epochs - 1);
    return ends.length > epochs && ends.every(({ loss }, i) => i === 0 || loss < ends[i - 1].loss);
  };

/** True if steps go uphill: the training loss has at least doubled since the best epoch, or is no number any more. */
export const divergesFrom: Check = (state) => {
  const best = state.logs.reduce((least, { loss }) => Math.min(least, loss), Infinity);
  return state.hasDiverged || (last(state)?.loss ?? 0) > 2 * best;
};

/** True if the test loss has risen by this factor since its best epoch, while the training loss fell. */
export const overfitsBy =
  (factor: number): Check =>
  (state) => {
    const now = last(state);
    if (!now) return false;
    const best = state.logs.reduce((least, each) => (each.valLoss < least.valLoss ? each : least));
    return now.valLoss > factor * best.valLoss && now.loss < best.loss;
  };

/** True if the output neuron has these weights and this bias, to two digits. */
export const outputIs =
  (weights: readonly number[], bias: number): Check =>
  (state) => {
    const values = (name: string) => [...(state.weights.find((each) => each.name === `output/${name}`)?.data ?? [])];
    const given = [...values("kernel"), ...values("bias")];
    const wanted = [...weights, bias];
    return given.length === wanted.length && wanted.every((value, i) => Math.abs(value - given[i]) < 0.005);
  };

/** True if the network has exactly this many weights and biases, or at most. */
export const hasParameters =
  (least: number, most: number): Check =>
  ({ parameters }) =>
    parameters >= least && parameters <= most;

/** True if a hidden layer has units that are 0 for every row. */
export const hasDead: Check = ({ health }) => health.some(({ dead }) => (dead ?? 0) > 0);

/** Share of rows on the diagonal. */
function rightShare(confusion: readonly number[]): number {
  const classes = Math.round(Math.sqrt(confusion.length));
  const rows = confusion.reduce((sum, count) => sum + count, 0);
  const right = Array.from({ length: classes }, (_, i) => confusion[i * classes + i]);
  return rows === 0 ? Number.NaN : right.reduce((sum, count) => sum + count, 0) / rows;
}

/** True if an untrained network answers at most this share of the rows correctly. */
export const guesses =
  (most: number): Check =>
  ({ epoch, step, confusion }) =>
    epoch === 0 && step === 0 && rightShare(confusion) <= most;

/** True if the recall of each class is at least this share. */
export const recallOfAll =
  (share: number): Check =>
  ({ confusion }) => {
    const classes = Math.round(Math.sqrt(confusion.length));
    const recalls = Array.from({ length: classes }, (_, i) => {
      const row = confusion.slice(i * classes, (i + 1) * classes);
      return row[i] / row.reduce((sum, count) => sum + count, 0);
    });
    return classes > 1 && recalls.every((recall) => recall >= share);
  };
