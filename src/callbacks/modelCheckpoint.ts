/** Saves the model while it trains. Where the bytes go is the caller's business; `simdgrad/node` has one for files. */

import { checkBoolean, checkKeys, checkNumber, OptionError, show } from "../base/errors.js";
import type { Callback, Trainer } from "./callback.js";
import type { Logs } from "./logTypes.js";
import { type MonitorOptions, openMonitor, toStored } from "./monitor.js";

/** When a checkpoint was taken. */
export interface CheckpointMoment {
  /** The running epoch, from 0. */
  readonly epoch: number;
  /** Steps taken in this epoch, where the checkpoint is not of its end. */
  readonly step?: number;
  readonly logs: Logs<string>;
}

/** Options of `modelCheckpoint`, wherever it saves. */
export interface CheckpointOptions extends MonitorOptions {
  /** Save only when the monitored number is better than before. @default false */
  saveBestOnly?: boolean;
  /** With `saveBestOnly`: the number to beat from the start. @default none */
  initialBest?: number;
  /** At the end of every epoch, or whenever that many steps have been taken. @default "epoch" */
  saveFreq?: "epoch" | number;
}

/** Options of `modelCheckpoint`. */
export interface ModelCheckpointOptions extends CheckpointOptions {
  /** Takes the bytes of `model.save()`; training waits for its promise. */
  save: (bytes: Uint8Array<ArrayBuffer>, moment: CheckpointMoment) => void | Promise<void>;
}

export const checkpointKeys = ["monitor", "mode", "saveBestOnly", "initialBest", "saveFreq"];

/**
 * Hands the saved model to `save` after every epoch, or every best one (Keras's ModelCheckpoint). What is saved can be
 * loaded and trained on with `fit(data, { resume: true })`. With `saveBestOnly`, epochs without the number, as
 * `validationFreq` makes them, are passed over.
 * @throws OptionError for unknown options, and when `fit` begins where nothing is called `monitor`.
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const where = "modelCheckpoint";
  checkKeys(where, options, ["save", ...checkpointKeys], arguments);
  const { save, saveBestOnly = false, initialBest, saveFreq = "epoch" } = options;
  if (typeof save !== "function") {
    throw new OptionError(`${where}: save: expected a function that takes the bytes, got ${show(save)}.`);
  }
  checkBoolean(`${where}: saveBestOnly`, saveBestOnly);
  const monitor = openMonitor(where, options, saveFreq === "epoch" ? "epoch" : "step");
  if (initialBest !== undefined) checkNumber(`${where}: initialBest`, initialBest);
  if (saveFreq !== "epoch") checkNumber(`${where}: saveFreq`, saveFreq, { min: 1, integer: true });

  let trainer: Trainer;
  let best = initialBest ?? null;
  let steps = 0;

  function checkpoint(moment: CheckpointMoment): void | Promise<void> {
    if (saveBestOnly) {
      const value = monitor.read(moment.logs);
      if (value === null || !monitor.improves(value, best)) return;
      best = value;
    }
    return save(trainer.save(), moment);
  }

  const common: Callback = {
    name: where,
    getState: () => ({ best: toStored(best), steps }),
    setState(state) {
      best = state.best as number | null;
      steps = state.steps as number;
    },
    onTrainBegin(started) {
      trainer = started;
      if (saveBestOnly) monitor.begin(trainer);
      best = initialBest ?? null;
      steps = 0;
    },
  };
  if (saveFreq === "epoch") return { ...common, onEpochEnd: (epoch, logs) => checkpoint({ epoch, logs }) };
  return {
    ...common,
    onBatchEnd({ epoch, step }, logs) {
      if (++steps % saveFreq === 0) return checkpoint({ epoch, step: step + 1, logs: logs() });
    },
  };
}
