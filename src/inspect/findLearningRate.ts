/** `findLearningRate`: the range test of Smith (2015), on a copy of a model's weights and optimizer. */

import { checkNumber, OptionError } from "../base/errors.js";
import { log, pow } from "../base/math.js";
import { type Given, number, readOptions } from "../base/options.js";
import { Random } from "../base/random.js";
import type { Data } from "../data/dataset.js";
import type { DataRows } from "../data/rows.js";
import { checkedData } from "../model/checkedData.js";
import type { Inside } from "../model/inside.js";
import { insideOf } from "../model/insideOf.js";
import type { Compiled } from "../program/types.js";
import { Session } from "../runtime/session.js";
import { Breather } from "../runtime/yield.js";
import type { Sequential } from "../sequential.js";
import { Feed } from "../training/feed.js";
import { explained, RefusedStep, takeStep } from "../training/step.js";

/** Options of `findLearningRate`. */
const findLearningRateOptions = {
  /** The first learning rate, > 0. @default 1e-6 */
  min: number({ above: 0 }, 1e-6),
  /** The last learning rate, > min. @default 10 */
  max: number({}, 10),
  /** Steps from one to the other, an integer >= 2. @default 100 */
  steps: number({ min: 2, max: 1e6, integer: true }, 100),
  /** Rows per step. @default 32 */
  batchSize: number({ min: 1, integer: true }, 32),
};

/** Options of `findLearningRate`. */
export interface FindLearningRateOptions extends Given<typeof findLearningRateOptions> {}

/** The loss while the learning rate rises. Shorter than `steps` if the loss ran away before the end. */
export interface LearningRateCurve {
  readonly learningRate: readonly number[];
  /** Loss of each batch before its step. */
  readonly loss: readonly number[];
  /** Their moving average, the basis of the suggestion. */
  readonly smoothedLoss: readonly number[];
  /** The rate at which the loss fell fastest; `null` if it never fell. */
  readonly suggestion: number | null;
}

/** Share of the moving average that is kept. */
const SMOOTHING = 0.9;
/** The test ends when the average is this many times the lowest so far. */
const RUNAWAY = 4;
/** Keeps the order of rows apart from other streams of random numbers. */
const STREAM = 0x4c52;

/**
 * Trains a copy with a learning rate that rises from `min` to `max`, each step by the same factor, and returns the loss
 * of every step (Smith 2015, "Cyclical learning rates for training neural networks"). A good rate lies where the loss
 * falls fastest, well below the rate where it begins to rise: that is the suggestion. The model, its weights and its
 * optimizer do not change.
 *
 * @example
 * const { suggestion } = await findLearningRate(model, train);
 * @throws OptionError, ShapeError, DataError; NonFiniteError if the first steps already fail.
 */
export async function findLearningRate(
  model: Sequential,
  data: Data,
  options: FindLearningRateOptions = {},
): Promise<LearningRateCurve> {
  const where = "findLearningRate";
  const inside = insideOf(where, model);
  const { min, max, steps, batchSize } = readOptions(where, findLearningRateOptions, options, arguments);
  checkNumber(`${where}: max`, max, { above: min });
  await inside.state.loadKernels();
  const { compiled, dataset } = checkedData(inside, where, data);
  if (inside.state.program.trainable.length === 0) {
    throw new OptionError(`${where}: every layer has trainable: false. Unfreeze one.`);
  }
  const { minimizer } = inside.state.program;
  if (minimizer) {
    throw new OptionError(
      `${where}: ${minimizer} searches for the length of its steps itself. Compile with another optimizer.`,
    );
  }
  const learningRate = (step: number) => min * pow(max / min, step / (steps - 1));
  const loss = await risingLosses(inside, compiled, dataset, { learningRate, steps, batchSize });
  const rates = loss.map((_, step) => learningRate(step));
  const average = new MovingAverage();
  const smoothedLoss = loss.map((value) => average.add(value));
  return { learningRate: rates, loss, smoothedLoss, suggestion: steepestFall(rates, smoothedLoss) };
}

interface Rise {
  readonly learningRate: (step: number) => number;
  readonly steps: number;
  readonly batchSize: number;
}

/** The loss of each step until it runs away, in a session of its own. */
async function risingLosses(inside: Inside, compiled: Compiled, dataset: DataRows, rise: Rise): Promise<number[]> {
  const { program, backend } = inside.state;
  const rows = Math.min(rise.batchSize, dataset.length);
  const session = new Session(program.plan, rows, backend.create);
  inside.state.copyTo(session);
  const feed = new Feed(session, program, dataset);
  const progress = { ...inside.progress };
  const parts = { session, program, compiled, collector: null, minimize: null, progress };
  const breather = new Breather();
  const losses: number[] = [];
  const average = new MovingAverage();
  let lowest = Infinity;
  try {
    for (const begin of batches(dataset.length, rows, rise.steps, inside.spec.seed)) {
      feed.write(begin.order, begin.row, rows);
      session.resetSums();
      progress.learningRate = rise.learningRate(losses.length);
      takeStep(parts, rows, { epoch: progress.epoch, step: losses.length });
      losses.push(session.lossSum / rows);
      const smoothed = average.add(losses[losses.length - 1]);
      lowest = Math.min(lowest, smoothed);
      if (smoothed > RUNAWAY * lowest) break;
      if (breather.isDue()) await breather.rest();
    }
  } catch (thrown) {
    // The end of the curve, unless there is none.
    if (!(thrown instanceof RefusedStep) || losses.length < 2) throw await explained(thrown);
  } finally {
    session.release();
  }
  return losses;
}

/** Whole batches in a new order in each pass. */
function* batches(rows: number, batchSize: number, steps: number, seed: number) {
  const perPass = Math.floor(rows / batchSize);
  let order: Uint32Array | null = null;
  for (let step = 0; step < steps; step++) {
    const position = step % perPass;
    if (position === 0) order = Random.fromSeed(seed, STREAM, step / perPass).permutation(rows);
    yield { order, row: position * batchSize };
  }
}

/** A moving average, corrected for its start at 0. */
class MovingAverage {
  #sum = 0;
  #weight = 0;

  /** The average with one more value. */
  add(value: number): number {
    this.#sum = SMOOTHING * this.#sum + (1 - SMOOTHING) * value;
    this.#weight = SMOOTHING * this.#weight + (1 - SMOOTHING);
    return this.#sum / this.#weight;
  }
}

/**
 * The rate at which the loss falls fastest over the logarithm of the rate, before its minimum. Slopes are taken across
 * a fifth of the curve, but not at its beginning, where the average still covers few batches.
 */
function steepestFall(rates: readonly number[], losses: readonly number[]): number | null {
  const lowest = losses.indexOf(losses.reduce((least, loss) => Math.min(least, loss), Infinity));
  const reach = Math.max(1, Math.floor(losses.length / 10));
  let [best, steepest] = [null as number | null, 0];
  for (let i = 2 * reach; i + reach < losses.length && i <= lowest; i++) {
    const slope = (losses[i + reach] - losses[i - reach]) / (log(rates[i + reach]) - log(rates[i - reach]));
    if (slope < steepest) [best, steepest] = [rates[i], slope];
  }
  return best;
}
