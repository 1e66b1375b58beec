/** The trainer of a fit in a worker, as callbacks use it on the caller's side. */
import { BackendError, OptionError, show } from "../base/errors.js";
import { kindOf, type Signal } from "../base/kinds.js";
import type { CallbackState, StepTensors, Trainer } from "../callbacks/callback.js";
import { checkedTrainer, SETTABLE } from "../callbacks/checkedTrainer.js";
import { deepFreeze } from "../specs/layers/facts.js";
import type { changeFile } from "./changeFile.js";
import type { TrainerState } from "./protocol.js";

/** The line from a trainer to the worker. */
export interface TrainerLine {
  /** Uses the worker's trainer and waits for the result; `null` if waiting is impossible. */
  readonly ask: ((member: string, args: readonly unknown[]) => unknown) | null;
  /** Uses it without waiting. */
  readonly tell: (member: string, args: readonly unknown[]) => void;
  /** The promise of the last method used. */
  readonly later: () => Promise<unknown>;
  /** Changes a file; `null` where `ask` is there. */
  readonly changeFile: typeof changeFile | null;
  /** The current states of the callbacks. */
  readonly states: () => readonly (CallbackState | null)[];
  readonly signal: Signal | null;
}

export class CallerTrainer {
  readonly #line: TrainerLine;
  #state: Record<string, unknown> = {};
  #ahead: TrainerState["ahead"] = {};
  /** The rate that the running hook has set. */
  #rate: unknown;
  /** The trainer that callbacks are given. */
  readonly trainer: Trainer;

  constructor(line: TrainerLine) {
    this.#line = line;
    this.trainer = checkedTrainer({ signal: line.signal } as Trainer);
  }

  /** Takes over the state of the worker's trainer. */
  update({ properties, methods, ahead }: TrainerState): void {
    deepFreeze(properties.metrics);
    this.#state = { ...properties };
    this.#ahead = ahead;
    this.#rate = undefined;
    for (const name of Object.keys(properties)) this.#property(name);
    for (const name of methods) this.#method(name);
  }

  #property(name: string): void {
    const set = (value: unknown) => {
      if (name === "learningRate") this.#rate = value;
      this.#state[name] = value;
      this.#line.tell(name, [value]);
    };
    Object.defineProperty(this.trainer, name, {
      get: () => (name === "isInterrupted" ? this.#isInterrupted() : this.#state[name]),
      ...(SETTABLE.includes(name) && { set }),
      configurable: true,
      enumerable: true,
    });
  }

  /** A signal may have been aborted since the hook was called. */
  #isInterrupted(): unknown {
    const { ask, signal } = this.#line;
    return ask && signal?.aborted ? ask("isInterrupted", []) : this.#state.isInterrupted;
  }

  #method(name: string): void {
    const value = (...args: unknown[]) => {
      const returned = (this.#line.ask ?? this.#withoutAsking)(name, args);
      // An error reaches the code that awaits it, and fit.
      if (kindOf(returned) === "Promise") (returned as Promise<unknown>).catch(() => {});
      return returned;
    };
    Object.defineProperty(this.trainer, name, { value, configurable: true, enumerable: true });
  }

  /** The result of a method in a page whose threads share no memory. */
  readonly #withoutAsking = (name: string, args: readonly unknown[]): unknown => {
    const { snapshot, save, inspect } = this.#ahead;
    const { changeFile } = this.#line;
    if (name === "inspect" && inspect) return firstRows(inspect, args[0] as number);
    if (name === "snapshot" && snapshot) return snapshot.slice();
    if (name === "save" && save && changeFile && args.length === 0) {
      const { stopTraining } = this.#state;
      return changeFile(save, { learningRate: this.#rate, stopTraining, states: this.#line.states() });
    }
    if (name === "resumeFrom") {
      this.#line.tell(name, args);
      return this.#line.later();
    }
    if (name === "restore" && snapshot) {
      const [weights] = args as [Float32Array];
      if (kindOf(weights) !== "Float32Array" || weights.length !== snapshot.length) {
        throw new OptionError(`restore: expected what snapshot() returned, got ${show(weights)}.`);
      }
      this.#ahead = { snapshot: weights.slice() };
      return this.#line.tell(name, args);
    }
    throw new BackendError(
      `${name}: the worker of a model cannot answer at once, as this page is not cross-origin isolated. ` +
        "Isolate the page by its headers (COOP and COEP), or make the model without worker: true.",
    );
  };
}

/** The values of a step, for its first rows only. */
function firstRows({ activations, ...others }: StepTensors, wanted: number): StepTensors {
  const cut = activations.map((tensor) => {
    const [all, ...shape] = tensor.shape;
    const rows = Math.min(wanted, all);
    return { ...tensor, shape: [rows, ...shape], data: tensor.data.slice(0, (tensor.data.length / all) * rows) };
  });
  return { ...others, activations: cut };
}
