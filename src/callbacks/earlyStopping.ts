/** Stops training that no longer gets better. */
import { checkBoolean, checkKeys, checkNumber } from "../base/errors.js";
import type { Callback, Trainer } from "./callback.js";
import { type MonitorOptions, openMonitor, toStored } from "./monitor.js";

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Changes smaller than this do not count as better. @default 0 */
  minDelta?: number;
  /** Epochs without improvement before training stops. @default 0 */
  patience?: number;
  /** Training must do better than this to go on. @default none */
  baseline?: number;
  /** End with the weights of the best epoch, unless training is aborted. @default false */
  restoreBestWeights?: boolean;
  /** Epochs to let pass before watching. @default 0 */
  startFromEpoch?: number;
}

const OPTIONS = ["monitor", "minDelta", "patience", "mode", "baseline", "restoreBestWeights", "startFromEpoch"];

/**
 * Stops training when a number has not become better for `patience` epochs (semantics of Keras 3's EarlyStopping).
 * After an abort the weights stay as they are, so that training can be resumed; the best ones are saved beside them.
 * Epochs without the number, as `validationFreq` makes them, are passed over and do not count.
 * @throws OptionError for unknown options, and when `fit` begins where nothing is called `monitor`.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  checkKeys("earlyStopping", options, OPTIONS, arguments);
  const { restoreBestWeights = false, baseline } = options;
  const monitor = openMonitor("earlyStopping", options);
  const count = { min: 0, integer: true };
  const patience = checkNumber("earlyStopping: patience", options.patience ?? 0, count);
  const startFrom = checkNumber("earlyStopping: startFromEpoch", options.startFromEpoch ?? 0, count);
  if (baseline !== undefined) checkNumber("earlyStopping: baseline", baseline);
  checkBoolean("earlyStopping: restoreBestWeights", restoreBestWeights);

  let trainer: Trainer;
  let best: number | null = null;
  let bestWeights: Float32Array | null = null;
  let wait = 0;
  return {
    name: "earlyStopping",
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
      if (value === null || epoch < startFrom) return;
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
