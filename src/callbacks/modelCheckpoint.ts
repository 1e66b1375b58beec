/** Saves the model while it trains. The caller stores the bytes; `simdgrad/node` has a version that writes files. */

import { OptionError, show } from "../base/errors.js";
import { flag, type Given, number, numberOr, optional, readOptions, via } from "../base/options.js";
import type { Callback, Trainer } from "./callback.js";
import type { Logs } from "./logTypes.js";
import { type MonitorOptions, monitorOptions, openMonitor, toStored } from "./monitor.js";

/** The moment at which a checkpoint was taken. */
export interface CheckpointMoment {
  /** The running epoch, from 0. */
  readonly epoch: number;
  /** Steps taken in this epoch, if the checkpoint was taken before its end. */
  readonly step?: number;
  readonly logs: Logs<string>;
}

/** Options of `modelCheckpoint`, wherever it saves. */
export const checkpointOptions = {
  ...monitorOptions,
  /** Save only when the monitored number is better than before. @default false */
  saveBestOnly: flag(false),
  /** With `saveBestOnly`: the number to beat from the start. @default none */
  initialBest: optional(number({})),
  /** At the end of every epoch, or whenever that many steps have been taken. @default "epoch" */
  saveFreq: numberOr("epoch", { min: 1, integer: true }),
};

/** Options of `modelCheckpoint`, wherever it saves. */
export interface CheckpointOptions extends MonitorOptions, Given<typeof checkpointOptions> {}

type Save = (bytes: Uint8Array<ArrayBuffer>, moment: CheckpointMoment) => void | Promise<void>;

/** Options of `modelCheckpoint`. */
const modelCheckpointOptions = {
  /** Receives the bytes of `model.save()`; training waits for its promise. */
  save: via<Save, Save>(checkSave),
};

/** Options of `modelCheckpoint`. */
export interface ModelCheckpointOptions extends CheckpointOptions, Given<typeof modelCheckpointOptions> {}

function checkSave(where: string, save: unknown): Save {
  if (typeof save === "function") return save as Save;
  throw new OptionError(`${where}: expected a function that takes the bytes, got ${show(save)}.`);
}

/**
 * Passes the saved model to `save` after every epoch, or after every best one (Keras's ModelCheckpoint). A saved model
 * can be loaded and trained further with `fit(data, { resume: true })`. With `saveBestOnly`, epochs without the number,
 * such as those that `validationFreq` leaves out, are skipped.
 * @throws OptionError for unknown options, and when `fit` begins if the logs have no number named by `monitor`.
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const where = "modelCheckpoint";
  const checked = readOptions(where, { ...modelCheckpointOptions, ...checkpointOptions }, options, arguments);
  const { save, saveBestOnly, initialBest = null, saveFreq } = checked;
  const monitor = openMonitor(where, checked, saveFreq === "epoch" ? "epoch" : "step");

  let trainer: Trainer;
  let best = initialBest;
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
      best = initialBest;
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
