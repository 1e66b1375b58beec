/** Writes the numbers of training, and histograms of weights, for TensorBoard. */
import { join } from "node:path";
import { checkNumber, OptionError, show } from "../base/errors.js";
import { type Given, number, readOptions, via } from "../base/options.js";
import type { Callback, CallbackState, Trainer } from "../callbacks/callback.js";
import { logNamesOf } from "../callbacks/logNames.js";
import type { Logs } from "../callbacks/logTypes.js";
import { checkPath } from "./atomicFile.js";
import { EventFile, type FilePlace, newPlace, sizeAt } from "./eventFile.js";
import { histogramRecord, scalarRecord } from "./events.js";
import { claimPath } from "./ownPath.js";

/** Options of `tensorBoard`. */
const tensorBoardOptions = {
  /** The folder of the run. Missing folders are made. @default "logs" */
  logDir: via<string, string>(checkPath, "logs"),
  /** Epochs from one histogram of the weights to the next; 0 for none. @default 0 */
  histogramFreq: number({ min: 0, integer: true }, 0),
  /** Also write running means after every batch, or whenever that many batches are done. @default "epoch" */
  updateFreq: via<"epoch" | "batch" | number, number | null>(checkFrequency, "epoch"),
};

/** Options of `tensorBoard`. */
export interface TensorBoardOptions extends Given<typeof tensorBoardOptions> {}

/** The number of batches from one to the next; `null` for epochs alone. */
function checkFrequency(where: string, value: unknown): number | null {
  if (value === "epoch") return null;
  if (value === "batch") return 1;
  if (typeof value === "number") return checkNumber(where, value, { min: 1, integer: true });
  throw new OptionError(`${where}: expected "epoch", "batch" or a number of batches, got ${show(value)}.`);
}

type Part = "train" | "validation";

/**
 * Writes event files that TensorBoard shows: `tensorboard --logdir logs` (Keras's TensorBoard callback, with its names,
 * so that runs of both can be compared). TensorBoard itself is not needed to write them.
 *
 * | folder | name | step |
 * | --- | --- | --- |
 * | `train/` | `epoch_loss`, `epoch_accuracy` … of all numbers in the logs; `epoch_learning_rate`, that of the next step | epoch, from 0 |
 * | `validation/` | `epoch_loss`, `epoch_accuracy` … of `valLoss`, `valAccuracy` …, so that both are in one chart | epoch |
 * | `train/` | `batch_loss` … with `updateFreq` | batches so far, from 1 |
 * | `train/` | `dense_1/kernel/histogram` …, in 30 equal parts, with `histogramFreq` | epoch |
 *
 * Each epoch is in the files when the next begins, so an end of the process loses none. A run that resumes, from
 * `backupAndRestore` or with `resume: true`, continues its own files; records of epochs that it trains again are
 * removed first. Any other `fit` adds new files to the folder: give each run a folder of its own.
 *
 * @example await model.fit(data, { epochs: 20, callbacks: [tensorBoard({ logDir: "logs/first", histogramFreq: 5 })] });
 * @throws OptionError, also from `fit` if another callback writes the folder; SimdgradError, naming the path, if a file
 * cannot be written.
 */
export function tensorBoard(options: TensorBoardOptions = {}): Callback {
  const where = "tensorBoard";
  const { logDir, histogramFreq, updateFreq } = readOptions(where, tensorBoardOptions, options, arguments);
  let trainer: Trainer;
  /** The names of numbers on validation data, and of the same numbers in training. */
  let twins = new Map<string, string>();
  const files = new Map<Part, EventFile>();
  const newPlaces = (): Record<Part, FilePlace> => ({ train: newPlace(), validation: newPlace() });
  /** The places to continue from. */
  let places = newPlaces();
  let batches = 0;

  function fileOf(part: Part): EventFile {
    const file = files.get(part) ?? new EventFile(where, join(logDir, part), places[part]);
    files.set(part, file);
    return file;
  }

  function add(part: Part, tag: string, step: number, value: unknown): void {
    if (typeof value === "number") fileOf(part).add(step, (moment) => scalarRecord(moment, tag, value));
  }

  function addEpoch(epoch: number, logs: Logs<string>): void {
    for (const [name, value] of Object.entries(logs)) {
      const own = twins.get(name);
      add(own === undefined ? "train" : "validation", `epoch_${own ?? name}`, epoch, value);
    }
    add("train", "epoch_learning_rate", epoch, trainer.learningRate);
    if (histogramFreq === 0 || epoch % histogramFreq !== 0) return;
    for (const { name, data } of trainer.inspect(1).weights) {
      fileOf("train").add(epoch, (moment) => histogramRecord(moment, `${name}/histogram`, data));
    }
  }

  const flush = () => {
    for (const file of files.values()) file.flush();
  };
  const placeOf = (part: Part) => ({ ...(files.get(part)?.place ?? places[part]) });

  const callback: Callback = {
    name: where,
    getState: () => ({ batches, train: placeOf("train"), validation: placeOf("validation") }),
    setState(state: CallbackState) {
      batches = state.batches as number;
      const { train, validation } = state as Partial<Record<Part, FilePlace | null>>;
      places = { ...newPlaces(), ...(train && { train }), ...(validation && { validation }) };
    },
    onTrainBegin(started) {
      trainer = started;
      claimPath(trainer, where, logDir, "logDir");
      const names = logNamesOf(trainer);
      twins = new Map(names.validation.map((name, i) => [name, names.own[i]]));
      files.clear();
      places = newPlaces();
      batches = 0;
    },
    onEpochBegin() {
      fileOf("train");
      if (sizeAt(join(logDir, "validation"), places.validation) !== null) fileOf("validation");
    },
    onEpochEnd(epoch, logs) {
      addEpoch(epoch, logs);
      flush();
    },
    onNonFinite() {
      flush();
      return undefined;
    },
    onTrainEnd: flush,
  };
  if (updateFreq === null) return callback;
  return {
    ...callback,
    onBatchEnd(_, logs) {
      batches++;
      if (batches % updateFreq !== 0) return;
      for (const [name, value] of Object.entries(logs())) add("train", `batch_${name}`, batches, value);
    },
  };
}
