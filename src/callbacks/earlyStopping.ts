/** Stops training that no longer improves. */
import { flag, type Given, number, optional, readOptions } from "../base/options.js";
import type { Callback, Trainer } from "./callback.js";
import { type MonitorOptions, monitorOptions, openMonitor, toStored } from "./monitor.js";

/** Options of `earlyStopping`. */
const earlyStoppingOptions = {
  /** Changes smaller than this do not count as improvement. @default 0 */
  minDelta: number({ min: 0 }, 0),
  /** Epochs without improvement before training stops. @default 0 */
  patience: number({ min: 0, integer: true }, 0),
  /** Training must do better than this to continue. @default none */
  baseline: optional(number({})),
  /** End with the weights of the best epoch, unless training is aborted. @default false */
  restoreBestWeights: flag(false),
  /** Epochs to wait before watching. @default 0 */
  startFromEpoch: number({ min: 0, integer: true }, 0),
};

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions, Given<typeof earlyStoppingOptions> {}

/**
 * Stops training when a number has not improved for `patience` epochs (semantics of Keras 3's EarlyStopping).
 * After an abort the weights stay as they are, so that training can be resumed; the best ones are saved with them.
 * Epochs without the number, such as those that `validationFreq` leaves out, are skipped and do not count.
 * @throws OptionError for unknown options, and when `fit` begins if the logs have no number named by `monitor`.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const where = "earlyStopping";
  const checked = readOptions(where, { ...monitorOptions, ...earlyStoppingOptions }, options, arguments);
  const { patience, baseline, restoreBestWeights, startFromEpoch } = checked;
  const monitor = openMonitor(where, checked);

  let trainer: Trainer;
  let best: number | null = null;
  let bestWeights: Float32Array | null = null;
  let wait = 0;
  return {
    name: where,
    getState: () => ({ best: toStored(best), wait, bestWeights }),
    setState(state) {
      best = state.best as number | null;
      wait = state.wait as number;
      bestWeights = state.bestWeights as Float32Array | null;
    },
    onTrainBegin(started) {
      trainer = started;
      monitor.begin(trainer);
      best = null;
      bestWeights = null;
      wait = 0;
    },
    onEpochEnd(epoch, logs) {
      const value = monitor.read(logs);
      if (value === null || epoch < startFromEpoch) return;
      if (restoreBestWeights && bestWeights === null) bestWeights = trainer.snapshot();
      wait++;
      if (monitor.improves(value, best)) {
        best = value;
        if (restoreBestWeights) bestWeights = trainer.snapshot();
        if (baseline === undefined || monitor.improves(value, baseline)) wait = 0;
        return;
      }
      if (wait >= patience && epoch > 0) trainer.stopTraining = true;
    },
    onTrainEnd() {
      if (bestWeights && !trainer.isInterrupted) trainer.restore(bestWeights);
    },
  };
}
