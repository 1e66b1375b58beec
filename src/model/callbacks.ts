/** What can be hooked into training, and the callbacks that come with the library. */
import type { ActivationName } from "../activations.js";
import { checkBoolean, checkKeys, checkName, checkNumber, OptionError, show } from "../errors.js";
import { isLargerBetter } from "../metrics/metric.js";
import type { Shape } from "../shape.js";

/** Numbers of an epoch or batch by name: `loss`, `accuracy`, `valLoss`, … */
export type Logs = Readonly<Record<string, number>>;

/** A tensor of a training step, by name. */
export interface StepTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** What a training step computed. */
export interface StepTensors {
  /** Outputs of layers: `dense_1/h` [rows, units], or `dense_2/z` where the loss begins at the logits. */
  readonly activations: readonly (StepTensor & { readonly activation: ActivationName })[];
  /** Of the mean loss by the trainable weights: `dense_1/kernel`. */
  readonly gradients: readonly StepTensor[];
  /** After the update. */
  readonly weights: readonly StepTensor[];
}

/** What a callback may ask of the model that is being trained. */
export interface Trainer {
  /** Stops after the running epoch. */
  stopTraining: boolean;
  /** A copy of the current weights as they are stored. */
  snapshot(): Float32Array;
  /** Puts a snapshot back. */
  restore(weights: Float32Array): void;
  /** Copies of what the step that has just ended computed; for `onBatchEnd`, whose `rows` it needs. */
  inspect(rows: number): StepTensors;
}

/** Where training stands when a batch has ended. */
export interface BatchPosition {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Rows of this epoch that are done. */
  readonly rows: number;
  readonly totalRows: number;
}

/** Hooks named as in Keras. All are optional; epochs and steps count from 0. */
export interface Callback {
  onTrainBegin?(trainer: Trainer): void;
  onEpochBegin?(epoch: number): void;
  /** Logs are running means of the epoch so far. */
  onBatchEnd?(position: BatchPosition, logs: () => Logs): void;
  onEpochEnd?(epoch: number, logs: Logs): void;
  onTrainEnd?(): void;
}

const hookNames = ["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const;

/** A list of callbacks, checked. @throws OptionError for anything that has no hook. */
export function resolveCallbacks(value: unknown): Callback[] {
  if (!Array.isArray(value)) throw new OptionError(`fit: callbacks: expected a list, got ${show(value)}.`);
  for (const callback of value) {
    const hooks = typeof callback === "object" && callback !== null ? hookNames.filter((name) => name in callback) : [];
    const wrong = hooks.find((name) => typeof callback[name] !== "function");
    if (hooks.length === 0 || wrong) {
      const problem = wrong ? `${wrong} is not a function` : show(callback);
      throw new OptionError(`fit: callbacks: expected objects with hooks such as onEpochEnd, got ${problem}.`);
    }
  }
  return value;
}

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** The number to watch. @default "valLoss" */
  monitor?: string;
  /** Changes smaller than this do not count as better. @default 0 */
  minDelta?: number;
  /** Epochs without improvement before training stops. @default 0 */
  patience?: number;
  /** Is less better, or more? `auto` knows the metrics: more accuracy, less error. @default "auto" */
  mode?: "auto" | "min" | "max";
  /** Training must do better than this to go on. @default none */
  baseline?: number;
  /** End with the weights of the best epoch. @default false */
  restoreBestWeights?: boolean;
  /** Epochs to let pass before watching. @default 0 */
  startFromEpoch?: number;
}

/**
 * Stops training when a number has not become better for `patience` epochs (semantics of Keras 3's EarlyStopping).
 * @throws OptionError for unknown options, and at the first epoch when nothing is called `monitor`.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const known = ["monitor", "minDelta", "patience", "mode", "baseline", "restoreBestWeights", "startFromEpoch"];
  checkKeys("earlyStopping", options, known);
  const { monitor = "valLoss", mode = "auto", restoreBestWeights = false, baseline } = options;
  const minDelta = checkNumber("earlyStopping: minDelta", options.minDelta ?? 0, { min: 0 });
  const patience = checkNumber("earlyStopping: patience", options.patience ?? 0, { min: 0, integer: true });
  const startFrom = checkNumber("earlyStopping: startFromEpoch", options.startFromEpoch ?? 0, {
    min: 0,
    integer: true,
  });
  if (typeof monitor !== "string")
    throw new OptionError(`earlyStopping: monitor: expected a name, got ${show(monitor)}.`);
  if (baseline !== undefined) checkNumber("earlyStopping: baseline", baseline);
  checkName("earlyStopping: mode", mode, ["auto", "min", "max"]);
  checkBoolean("earlyStopping: restoreBestWeights", restoreBestWeights);
  const sign = mode === "max" || (mode === "auto" && isLargerBetter(monitor)) ? -1 : 1;
  const improves = (value: number, best: number) => sign * value < sign * best - minDelta;

  let trainer: Trainer;
  let best = sign * Infinity;
  let bestWeights: Float32Array | null = null;
  let wait = 0;
  return {
    onTrainBegin(started) {
      trainer = started;
      best = sign * Infinity;
      bestWeights = null;
      wait = 0;
    },
    onEpochEnd(epoch, logs) {
      const value = logs[monitor];
      if (typeof value !== "number") {
        const names = Object.keys(logs).join(", ");
        throw new OptionError(
          `earlyStopping: monitor: nothing is called "${monitor}"; there is ${names}.` +
            (monitor.startsWith("val") ? ` Give fit validationData or validationSplit.` : ""),
        );
      }
      if (epoch < startFrom) return;
      if (restoreBestWeights && bestWeights === null) bestWeights = trainer.snapshot();
      wait++;
      if (improves(value, best)) {
        best = value;
        if (restoreBestWeights) bestWeights = trainer.snapshot();
        if (baseline === undefined || improves(value, baseline)) wait = 0;
        return;
      }
      if (wait >= patience && epoch > 0) trainer.stopTraining = true;
    },
    onTrainEnd() {
      if (bestWeights) trainer.restore(bestWeights);
    },
  };
}
