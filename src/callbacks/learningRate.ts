/** Callbacks that change the learning rate between epochs. */

import { checkArguments, checkFunction, checkNumber } from "../base/errors.js";
import { func, type Given, number, optional, readOptions } from "../base/options.js";
import { unawaited } from "../base/unawaited.js";
import type { Callback, Trainer } from "./callback.js";
import { type MonitorOptions, monitorOptions, openMonitor, toStored } from "./monitor.js";

/** Options of `reduceLROnPlateau`. */
const plateauOptions = {
  /** The rate is multiplied by this, between 0 and 1. @default 0.1 */
  factor: number({ above: 0, below: 1 }, 0.1),
  /** Epochs without improvement before the rate is reduced. @default 10 */
  patience: number({ min: 0, integer: true }, 10),
  /** Changes smaller than this do not count as improvement. @default 1e-4 */
  minDelta: number({ min: 0 }, 1e-4),
  /** Epochs after a reduction that are not counted. @default 0 */
  cooldown: number({ min: 0, integer: true }, 0),
  /** The lowest rate. @default 0 */
  minLearningRate: number({ min: 0 }, 0),
  /** Called at each reduction. @default none */
  onReduce: optional(func<(epoch: number, learningRate: number) => unknown>()),
};

/** Options of `reduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions extends MonitorOptions, Given<typeof plateauOptions> {}

/**
 * Multiplies the learning rate by `factor` when a number has not improved for `patience` epochs (semantics of
 * Keras 3's ReduceLROnPlateau). The rate replaces that of the optimizer, even a schedule, until the next `compile`.
 * Epochs without the number, such as those that `validationFreq` leaves out, are skipped and do not count.
 * @throws OptionError for unknown options, and when `fit` begins if the logs have no number named by `monitor`.
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const where = "reduceLROnPlateau";
  const checked = readOptions(where, { ...monitorOptions, ...plateauOptions }, options, arguments);
  const { factor, patience, cooldown, minLearningRate: lowest, onReduce } = checked;
  const monitor = openMonitor(where, checked);

  let trainer: Trainer;
  let best: number | null = null;
  let wait = 0;
  let cooling = 0;
  return {
    name: where,
    getState: () => ({ best: toStored(best), wait, cooling }),
    setState(state) {
      best = state.best as number | null;
      wait = state.wait as number;
      cooling = state.cooling as number;
    },
    onTrainBegin(started) {
      trainer = started;
      monitor.begin(trainer);
      best = null;
      wait = 0;
      cooling = 0;
    },
    async onEpochEnd(epoch, logs) {
      const value = monitor.read(logs);
      if (value === null) return;
      if (cooling > 0) {
        cooling--;
        wait = 0;
      }
      if (monitor.improves(value, best)) {
        best = value;
        wait = 0;
      } else if (cooling === 0 && ++wait >= patience && trainer.learningRate > lowest) {
        trainer.learningRate = Math.max(trainer.learningRate * factor, lowest);
        cooling = cooldown;
        wait = 0;
        await onReduce?.(epoch, trainer.learningRate);
      }
    },
  };
}

/**
 * Sets the learning rate at the start of each epoch to the value that `schedule` returns for the number of the epoch
 * and the current rate (Keras's LearningRateScheduler). A resumed epoch keeps the rate that it began with.
 * @throws OptionError if the schedule does not return a number >= 0.
 */
export function learningRateScheduler(schedule: (epoch: number, learningRate: number) => number): Callback {
  checkArguments("learningRateScheduler", arguments, 1);
  const where = "learningRateScheduler";
  checkFunction(where, schedule);
  let trainer: Trainer;
  let scheduled = -1;
  return {
    name: where,
    getState: () => ({ scheduled }),
    setState(state) {
      scheduled = state.scheduled as number;
    },
    onTrainBegin(started) {
      trainer = started;
      scheduled = -1;
    },
    onEpochBegin(epoch) {
      if (epoch === scheduled) return;
      scheduled = epoch;
      const rate = unawaited(schedule(epoch, trainer.learningRate));
      trainer.learningRate = checkNumber(`${where}: epoch ${epoch}`, rate, { min: 0 });
    },
  };
}
