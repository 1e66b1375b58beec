/** The hooks of training. Knows no particular callback. */

import { didYouMean, type NonFiniteError, OptionError, show } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import { via } from "../base/options.js";
import type { Shape } from "../base/shape.js";
import type { ActivationName } from "../specs/activations.js";
import type { MetricSpec } from "../specs/metrics/table.js";
import type { Logs } from "./logTypes.js";

/** A tensor of a training step, by name. */
export interface StepTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** The values that a training step computed. */
export interface StepTensors {
  /** Outputs of layers: `dense_1/h` [rows, units], or `dense_2/z` if the loss begins at the logits. */
  readonly activations: readonly (StepTensor & { readonly activation: ActivationName })[];
  /** Gradients of the mean loss by the trainable weights: `dense_1/kernel`. */
  readonly gradients: readonly StepTensor[];
  /** After the update. */
  readonly weights: readonly StepTensor[];
}

/** The model being trained, as far as a callback may use it. */
export interface Trainer {
  /** Stops after the running epoch. */
  stopTraining: boolean;
  /**
   * The rate of the next step. A rate that is set replaces the optimizer's own, schedules included, until the next
   * `compile`; it is saved with the model.
   */
  learningRate: number;
  /** The number of the first epoch, as given to `fit`; 0 if it resumes. */
  readonly initialEpoch: number;
  /** The epoch that training ends before. */
  readonly epochs: number;
  /** The metrics given to `compile`. */
  readonly metrics: readonly MetricSpec[];
  /** The epochs followed by validation, as given to `fit`; `null` if there is no validation data. */
  readonly validationFreq: number | readonly number[] | null;
  /** The `signal` given to `fit`. */
  readonly signal: Signal | null;
  /** In `onTrainEnd`: true if training was aborted, so that it may be resumed from the current weights. */
  readonly isInterrupted: boolean;
  /** A copy of the current weights in their stored layout. */
  snapshot(): Float32Array;
  /** Puts a snapshot back. */
  restore(weights: Float32Array): void;
  /**
   * Copies of the values computed by the step that has just ended, for its first `rows` rows: `Infinity` for all.
   * Before the first step of a `fit`, also of one that resumes, there are only the weights.
   */
  inspect(rows: number): StepTensors;
  /** The bytes of `model.save()`, with everything needed to resume from here. */
  save(): Uint8Array<ArrayBuffer>;
  /**
   * In `onTrainBegin`: resumes from the bytes that `save` returned in an earlier `fit` of the same model, as
   * `resume: true` does with a loaded one. Training waits for it.
   * @throws FormatError for any other bytes; OptionError for the file of another model or `compile`, and when called
   * after `onTrainBegin`.
   */
  resumeFrom(file: Uint8Array): void | Promise<void>;
}

/** The position of training when a batch begins or has ended. */
export interface BatchPosition {
  readonly epoch: number;
  readonly step: number;
  /** `null` for a stream of unknown length. */
  readonly stepsPerEpoch: number | null;
  /** Rows of this epoch that are done. */
  readonly rows: number;
  /** `null` for a stream of unknown length. */
  readonly totalRows: number | null;
}

/** A value that a callback may store: number, text, boolean, `null`, Float32Array, or a list or object of these. */
export type CallbackValue =
  | null
  | boolean
  | number
  | string
  | Float32Array
  | readonly CallbackValue[]
  | { readonly [key: string]: CallbackValue };

/** The stored state of a callback, by name. */
export type CallbackState = Readonly<Record<string, CallbackValue>>;

/** The return value of a hook: training waits for a promise and ignores anything else. */
export type Hooked = unknown;

/**
 * Hooks named as in Keras. All are optional, and an object with any of them is a callback; epochs and steps count
 * from 0. A hook may be async: training resumes when its promise is fulfilled, and fails if it rejects.
 */
export interface Callback {
  onTrainBegin?(trainer: Trainer): Hooked;
  /** Called again when a fit resumes within the epoch. */
  onEpochBegin?(epoch: number): Hooked;
  onBatchBegin?(position: BatchPosition): Hooked;
  /** Logs are running means of the epoch up to this step, even if they are read later. */
  onBatchEnd?(position: BatchPosition, logs: () => Logs): Hooked;
  onEpochEnd?(epoch: number, logs: Logs): Hooked;
  /** Not called if training fails. */
  onTrainEnd?(): Hooked;
  /** Training met NaN or infinity. Return true to end it normally instead of rejecting. */
  onNonFinite?(error: NonFiniteError): boolean | undefined | Promise<boolean | undefined>;
  /** Name of the state; required with `getState`. */
  readonly name?: string;
  /** The state to save with a model whose training is interrupted. A copy is kept. */
  getState?(): CallbackState;
  /** Called after `onTrainBegin` when a fit resumes. */
  setState?(state: CallbackState): Hooked;
}

export const hookNames = [
  "onTrainBegin",
  "onEpochBegin",
  "onBatchBegin",
  "onBatchEnd",
  "onEpochEnd",
  "onTrainEnd",
  "onNonFinite",
] as const satisfies readonly (keyof Callback)[];

const stateNames = ["getState", "setState"] as const satisfies readonly (keyof Callback)[];

/** Names of hooks in Keras that differ by more than their spelling. */
const HOOK_ALIASES = { onTrainBatchBegin: "onBatchBegin", onTrainBatchEnd: "onBatchEnd" } as const;

/** Refuses a method that nobody would call: its name is nearly that of a hook. `onEpochEndAsync` has a name of its own. */
function checkHookNames(where: string, callback: object): void {
  for (let owner = callback; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      const isOwn = hookNames.some((hook) => name.startsWith(hook) && !/^[a-z_]/.test(name.slice(hook.length)));
      const hint = typeof value === "function" && !isOwn && didYouMean(name, hookNames, HOOK_ALIASES);
      if (hint) throw new OptionError(`${where}: ${name} is not a hook.${hint} Known: ${hookNames.join(", ")}.`);
    }
  }
}

/** A list of callbacks, checked. @throws OptionError for anything without a hook, and for names that are nearly hooks. */
export function resolveCallbacks(value: unknown, where = "fit: callbacks"): Callback[] {
  if (!Array.isArray(value)) throw new OptionError(`${where}: expected a list, got ${show(value)}.`);
  for (const callback of value) {
    const isObject = typeof callback === "object" && callback !== null;
    const hooks = isObject ? hookNames.filter((name) => name in callback) : [];
    const states = isObject ? stateNames.filter((name) => name in callback) : [];
    const wrong = [...hooks, ...states].find((name) => typeof callback[name] !== "function");
    if (isObject) checkHookNames(where, callback);
    if (hooks.length === 0 || wrong) {
      const problem = wrong ? `${wrong} is not a function` : show(callback);
      throw new OptionError(`${where}: expected objects with hooks such as onEpochEnd, got ${problem}.`);
    }
    if (states.length > 0 && (states.length < 2 || typeof callback.name !== "string")) {
      throw new OptionError(`${where}: a callback with a state needs name, getState and setState.`);
    }
  }
  return value;
}

/** The option that is a list of callbacks. */
export const callbacksOption = via<readonly Callback[], readonly Callback[]>(
  (where, value) => resolveCallbacks(value, where),
  [],
);
