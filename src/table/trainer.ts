/** Trains the networks of a table model in this thread, one after the other. Knows Datasets, not tables. */
import { NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Dataset } from "../data/dataset.js";
import type { Fold } from "../data/split.js";
import type { Sequential } from "../sequential.js";
import { type Losses, makeNetwork, type Problem, trainNetwork } from "./network.js";
import type { Setting } from "./setting.js";

/** Epochs of the rounds of the choice. After each but the last, a third goes on. */
export const ROUNDS = [4, 12, 36];
/** Number of the fold that settings are chosen with; that of each member is one more than its place. */
export const CHOICE = 0;

/** Epochs of a member, and those without improvement after which it stops: fewer where an epoch has very many rows. */
const limitsFor = (rows: number) => ({
  epochs: Math.min(400, Math.max(10, Math.ceil(1e8 / rows))),
  patience: Math.min(12, Math.max(4, Math.ceil(6e6 / rows))),
});

/** A setting in the choice. */
export interface Running {
  readonly setting: Setting;
  model: Sequential | null;
  loss: number;
  /** Epochs that the network was trained for. */
  epochs: number;
}

/** End of the choice, and who is told after each training. */
export interface Watch {
  isOver(): boolean;
  onDone(): unknown;
  /** The time of `now()` after which it is over. */
  readonly end: number;
}

/** A network for the model: its setting, the fold that it is trained on, and its seed. */
export interface Wanted {
  readonly setting: Setting;
  readonly fold: number;
  readonly seed: number;
}

/** A network that was trained. */
export interface Trained {
  readonly model: Sequential;
  readonly losses: Losses;
}

/** Trains networks, wherever. */
export interface Trainer {
  /** Trains settings of the choice until they have that many epochs, in the same steps whoever trains. */
  advance(settings: readonly Running[], epochs: number, watch: Watch): Promise<void>;
  /** Trains networks until the rows that they are checked with say that they are best; `null` where a signal came first. */
  train(wanted: readonly Wanted[], onDone: () => unknown): Promise<(Trained | null)[]>;
}

/** What all trainings share. */
export interface TrainerOptions {
  readonly dataset: Dataset;
  readonly folds: readonly Fold[];
  readonly problem: Problem;
  /** Of the choice. */
  readonly seed: number;
  readonly signal: Signal | undefined;
}

/** Most epochs of a network of the model, and the patience. */
export function limitsOf({ folds, problem }: TrainerOptions, fold: number): { epochs: number; patience: number } {
  const { epochs, patience } = limitsFor(folds[fold].train.length);
  return { epochs: problem.epochs ?? epochs, patience };
}

/** Trains here. */
export class Here implements Trainer {
  readonly #own: TrainerOptions;

  constructor(own: TrainerOptions) {
    this.#own = own;
  }

  async advance(settings: readonly Running[], epochs: number, { isOver, onDone }: Watch): Promise<void> {
    const parts = this.#partsOf(CHOICE);
    for (const running of settings) {
      if (isOver()) return;
      await this.#advance(running, parts, epochs);
      await onDone();
    }
  }

  async train(wanted: readonly Wanted[], onDone: () => unknown): Promise<(Trained | null)[]> {
    const { signal } = this.#own;
    const trained: (Trained | null)[] = [];
    try {
      for (const one of wanted) {
        // A part is a copy of the rows, so there is one at a time.
        if (trained.length > 0 && signal?.aborted) trained.push(null);
        else {
          trained.push(await this.#train(one));
          await onDone();
        }
      }
      return trained;
    } catch (error) {
      disposeAll(trained);
      throw error;
    }
  }

  #partsOf(fold: number): { train: Dataset; check: Dataset } {
    const { dataset, folds } = this.#own;
    return { train: dataset.select(folds[fold].train), check: dataset.select(folds[fold].test) };
  }

  /** One that leaves the finite numbers has lost. A later loss in place of an earlier one keeps those that go on. */
  async #advance(running: Running, parts: { train: Dataset; check: Dataset }, epochs: number): Promise<void> {
    const { problem, seed, signal } = this.#own;
    try {
      running.model ??= await makeNetwork(running.setting, parts.train.inputShape[0], problem, seed);
      for (const end of ROUNDS.filter((each) => each > running.epochs && each <= epochs)) {
        const more = { epochs: end - running.epochs, patience: null, signal };
        const { valLoss } = await trainNetwork(running.model, parts, problem, more);
        running.loss = leastOf(valLoss, running.loss);
        running.epochs += valLoss.length;
        if (signal?.aborted) return;
      }
    } catch (error) {
      if (!(error instanceof NonFiniteError)) throw error;
      running.loss = Number.POSITIVE_INFINITY;
    }
  }

  /** A signal ends it; one that was given before leaves it the epochs that the last round of the choice has. */
  async #train({ setting, fold, seed }: Wanted): Promise<Trained> {
    const { problem, signal } = this.#own;
    const parts = this.#partsOf(fold);
    const model = await makeNetwork(setting, parts.train.inputShape[0], problem, seed);
    try {
      const { epochs, patience } = limitsOf(this.#own, fold);
      const limits = signal?.aborted
        ? { epochs: Math.min(epochs, ROUNDS[ROUNDS.length - 1]), signal: undefined }
        : { epochs, signal };
      return { model, losses: await trainNetwork(model, parts, problem, { ...limits, patience }) };
    } catch (error) {
      model.dispose();
      throw error;
    }
  }
}

export function leastOf(losses: readonly number[], before: number): number {
  return losses.reduce((least, loss) => Math.min(least, loss), before);
}

export function disposeAll(trained: readonly (Trained | null)[]): void {
  for (const one of trained) one?.model.dispose();
}
