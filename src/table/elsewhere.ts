/** Trains the networks of a table model by an executor, many at a time. Knows tasks, not who does them. */
import { decodeBase64 } from "../base/base64.js";
import { DataError } from "../base/errors.js";
import { type Executor, execute, type PlainProblem, raised, type Task, type TaskResult } from "../data/executor.js";
import { hashOfWeights } from "../model/weightsHash.js";
import { now } from "../runtime/yield.js";
import { Sequential } from "../sequential.js";
import { hasDiverged, type NetworkOptions, plainProblem } from "./networkTask.js";
import { TRAIN } from "./options.js";
import {
  CHOICE,
  disposeAll,
  Here,
  leastOf,
  limitsOf,
  ROUNDS,
  type Running,
  type Trained,
  type Trainer,
  type TrainerOptions,
  type Wanted,
  type Watch,
} from "./trainer.js";

/** Setting a timer for longer than this would end it at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Trains by an executor. Each task begins anew, so that any machine can do any of them. */
export class Elsewhere implements Trainer {
  readonly #own: TrainerOptions;
  readonly #executor: Executor;
  readonly #problem: PlainProblem;

  constructor(executor: Executor, own: TrainerOptions) {
    this.#own = own;
    this.#executor = executor;
    this.#problem = plainProblem(own);
  }

  async advance(settings: readonly Running[], epochs: number, { isOver, onDone, end }: Watch): Promise<void> {
    const stop = new AbortController();
    const endIfOver = () => {
      if (isOver()) stop.abort();
    };
    endIfOver();
    const left = end - now();
    const timer = left < LONGEST_TIMER ? setTimeout(endIfOver, left > 0 ? left : 0) : undefined;
    const ends = ROUNDS.filter((each) => each <= epochs);
    const lengths = ends.map((each, i) => each - (ends[i - 1] ?? 0));
    const { seed } = this.#own;
    const options = { epochs: lengths, patience: null, seed, keep: false };
    const tasks = settings.map(({ setting }) => taskOf({ ...setting, ...options }, CHOICE));
    try {
      await this.#execute(tasks, stop, async (place, { error, network }) => {
        const running = settings[place];
        if (error && !hasDiverged(error)) throw raised(error);
        running.loss = error ? Number.POSITIVE_INFINITY : leastOf(network?.valLoss ?? [], Number.POSITIVE_INFINITY);
        if (!error) running.epochs = network?.valLoss.length ?? 0;
        await onDone();
        endIfOver();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async train(wanted: readonly Wanted[], onDone: () => unknown): Promise<(Trained | null)[]> {
    const tasks = wanted.map(({ setting, fold, seed }) => {
      const { epochs, patience } = limitsOf(this.#own, fold);
      return taskOf({ ...setting, epochs: [epochs], patience, seed, keep: true }, fold);
    });
    const results: TaskResult[] = [];
    await this.#execute(tasks, new AbortController(), (place, result) => {
      if (result.error) throw raised(result.error);
      results[place] = result;
      return onDone();
    });
    // A signal came first: the one network that a model needs is trained here.
    if (results.length === 0 && wanted.length > 0) {
      const [first] = await new Here(this.#own).train(wanted.slice(0, 1), onDone);
      return wanted.map((_, i) => (i === 0 ? first : null));
    }
    const trained: (Trained | null)[] = [];
    try {
      for (const place of wanted.keys()) trained[place] = results[place] ? await this.#trainedOf(results[place]) : null;
      return trained;
    } catch (error) {
      disposeAll(trained);
      throw error;
    }
  }

  /** @param stop Aborted here when the caller's signal is. */
  async #execute(
    tasks: readonly Task[],
    stop: AbortController,
    onResult: (place: number, result: TaskResult) => unknown,
  ): Promise<void> {
    const { signal } = this.#own;
    const places = new Map(tasks.map((task, place) => [task, place]));
    const onAbort = () => stop.abort();
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort);
    try {
      await execute({
        ...{ where: TRAIN, executor: this.#executor, problem: this.#problem, tasks, signal: stop.signal },
        onResult: (task, result) => onResult(places.get(task) as number, result),
      });
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** @throws DataError for a network other than the one that was trained */
  async #trainedOf({ network, weights }: TaskResult): Promise<Trained> {
    const { file = "", loss = [], valLoss = [] } = network ?? {};
    const model = await Sequential.load(decodeBase64(file), this.#own.problem.runtime);
    if (weights !== undefined && (await hashOfWeights(model)) !== weights) {
      model.dispose();
      throw new DataError(`${TRAIN}: executor: a network came back with other weights than it was trained to.`);
    }
    return { model, losses: { loss, valLoss } };
  }
}

function taskOf(options: NetworkOptions, fold: number): Task {
  return { subject: { kind: "candidate", options: { ...options } }, fold };
}
