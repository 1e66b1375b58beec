/** The training loop: epochs and steps, callbacks and validation. Knows batches and a session, not kernels. */
import { Random } from "../random.js";
import type { Session } from "../runtime/session.js";
import { now, YIELD_BUDGET, yieldToEventLoop } from "../runtime/yield.js";
import { learningRateAt } from "../schedules.js";
import type { Callback, Logs, Trainer } from "./callbacks.js";
import { type Collector, readLogs } from "./collector.js";
import type { Compiled, Program } from "./compile.js";
import { diagnose } from "./diagnose.js";
import type { Feed } from "./feed.js";

/** Numbers per epoch: `epoch` counts them, then `loss`, the metrics, and `val…` of each where there was validation. */
export type History = { epoch: number[]; loss: number[] } & Record<string, number[]>;

/** What a model remembers of its training from one `fit` to the next. */
export interface Progress {
  /** Optimizer steps taken since `compile`. */
  step: number;
  /** Epochs finished since the model was made: with the seed it decides the next shuffle. */
  epoch: number;
}

/** Everything one `fit` needs, checked. */
export interface FitPlan {
  readonly session: Session;
  readonly program: Program;
  readonly compiled: Compiled;
  readonly feed: Feed;
  /** Where a metric needs all of an epoch. */
  readonly collector: Collector | null;
  readonly batchSize: number;
  readonly initialEpoch: number;
  readonly epochs: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly progress: Progress;
  readonly callbacks: readonly Callback[];
  readonly trainer: Trainer;
  /** Loss and metrics on the validation data, keys prefixed with `val`. */
  readonly validate: (() => Logs) | null;
  readonly signal: AbortSignal | null;
  /** Throws when the model was disposed of meanwhile. */
  readonly checkAlive: () => void;
}

/** Keeps the stream of shuffles apart from the streams of initializers. */
const SHUFFLE_STREAM = 0x5348;

/** Gives the event loop a turn when the time budget is spent, without asking the clock on every step. */
class Breather {
  #since = now();
  #interval = 1;
  #left = 1;

  isDue(): boolean {
    if (--this.#left > 0) return false;
    const elapsed = now() - this.#since;
    if (elapsed < YIELD_BUDGET / 8) this.#interval = Math.min(this.#interval * 2, 4096);
    else if (elapsed > YIELD_BUDGET) this.#interval = Math.max(this.#interval >> 1, 1);
    this.#left = this.#interval;
    return elapsed >= YIELD_BUDGET;
  }

  async rest(): Promise<void> {
    await yieldToEventLoop();
    this.#since = now();
  }
}

/** Trains, and resolves to the history of the epochs that were finished. */
export async function runFit(plan: FitPlan): Promise<History> {
  const { callbacks, trainer, progress, initialEpoch, epochs, signal } = plan;
  const history: History = { epoch: [], loss: [] };
  const breather = new Breather();
  for (const callback of callbacks) callback.onTrainBegin?.(trainer);
  for (let epoch = initialEpoch; epoch < epochs && !trainer.stopTraining && !signal?.aborted; epoch++) {
    for (const callback of callbacks) callback.onEpochBegin?.(epoch);
    const pass = openPass(plan, epoch);
    while (!advance(plan, pass, breather)) await breather.rest();
    if (pass.step < pass.stepsPerEpoch) break;
    progress.epoch++;
    const logs: Record<string, number> = readLogs(plan.session, plan.compiled, plan.feed.rows, plan.collector);
    if (plan.validate) Object.assign(logs, plan.validate());
    history.epoch.push(epoch);
    for (const name in logs) {
      history[name] ??= [];
      history[name].push(logs[name]);
    }
    for (const callback of callbacks) callback.onEpochEnd?.(epoch, logs);
  }
  for (const callback of callbacks) callback.onTrainEnd?.();
  return history;
}

/** One pass over the data, and how far it has come. */
interface Pass {
  readonly epoch: number;
  readonly order: Uint32Array | null;
  readonly stepsPerEpoch: number;
  readonly listeners: readonly Callback[];
  /** Steps taken. */
  step: number;
}

function openPass(plan: FitPlan, epoch: number): Pass {
  const { session, collector, shuffle, seed, progress, feed, batchSize, callbacks } = plan;
  const stepsPerEpoch = Math.ceil(feed.rows / batchSize);
  const order = shuffle && stepsPerEpoch > 1 ? shuffledOrder(seed, progress.epoch, feed.rows) : null;
  session.resetSums();
  collector?.reset();
  return { epoch, order, stepsPerEpoch, listeners: callbacks.filter((callback) => callback.onBatchEnd), step: 0 };
}

/** Takes steps until the pass is over or aborted; false when it is time to let others have a turn first. */
function advance(plan: FitPlan, pass: Pass, breather: Breather): boolean {
  const { feed, batchSize, signal } = plan;
  while (pass.step < pass.stepsPerEpoch && !signal?.aborted) {
    plan.checkAlive();
    const begin = pass.step * batchSize;
    const rows = Math.min(batchSize, feed.rows - begin);
    feed.write(pass.order, begin, rows);
    takeStep(plan, { epoch: pass.epoch, step: pass.step, rows });
    pass.step++;
    if (pass.listeners.length > 0) announceBatch(plan, pass, begin + rows);
    if (breather.isDue()) return false;
  }
  return true;
}

/** What a single step needs. */
type Stepping = Pick<FitPlan, "session" | "program" | "compiled" | "progress" | "collector">;

/**
 * One optimizer step on the rows that were written.
 * @throws NonFiniteError when it would leave the finite numbers; then it was not taken.
 */
export function takeStep(
  { session, program, compiled, progress, collector }: Stepping,
  position: { epoch: number; step: number; rows: number },
): void {
  const learningRate = learningRateAt(compiled.optimizer.learningRate, progress.step, position.epoch);
  session.step = progress.step + 1;
  session.learningRate = learningRate;
  session.run("train");
  if (session.status) throw diagnose(session, program, { ...position, learningRate });
  collector?.add(session, "train", position.rows);
  progress.step++;
}

function announceBatch({ session, compiled, feed, collector }: FitPlan, pass: Pass, rows: number): void {
  const logs = () => readLogs(session, compiled, rows, collector);
  const { epoch, stepsPerEpoch, listeners } = pass;
  const position = { epoch, step: pass.step - 1, stepsPerEpoch, rows, totalRows: feed.rows };
  for (const callback of listeners) callback.onBatchEnd?.(position, logs);
}

/** The order of rows in an epoch: a function of seed and epoch, so that a resumed run goes on as if uninterrupted. */
function shuffledOrder(seed: number, epoch: number, rows: number): Uint32Array {
  return Random.fromSeed(seed, SHUFFLE_STREAM, epoch).permutation(rows);
}
