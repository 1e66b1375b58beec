/** Chooses settings by successive halving, and trains the members of a model. Knows Datasets, not tables. */
import { NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Dataset } from "../data/dataset.js";
import { now } from "../runtime/yield.js";
import type { Sequential } from "../sequential.js";
import { isLinear, type Losses, makeNetwork, type Problem, type Setting, settings, trainNetwork } from "./network.js";
import type { TrainProgress } from "./options.js";

/** A setting that was tried, and the least loss of the rows that it was checked with. */
export interface Trial extends Setting {
  readonly loss: number;
  readonly epochs: number;
}

/** Limits of the choice, and who is told. */
export interface Budget {
  /** Milliseconds; `null` for none. */
  readonly time: number | null;
  readonly trials: number | null;
  readonly seed: number;
  readonly signal: Signal | undefined;
  readonly onProgress: (progress: TrainProgress) => void;
}

/** Epochs of the rounds of the choice. After each but the last, a third goes on. */
const ROUNDS = [4, 12, 36];
const KEPT = 3;
/** Epochs of a member, and those without improvement after which it stops. */
const EPOCHS = 400;
const PATIENCE = 12;

interface Running {
  readonly setting: Setting;
  readonly place: number;
  model: Sequential | null;
  loss: number;
  epochs: number;
}

const byLoss = (a: Running, b: Running) => (a.loss === b.loss ? a.place - b.place : a.loss - b.loss);

/** Trains a network a little further. One that leaves the finite numbers has lost. */
async function advance(running: Running, parts: Parts, problem: Problem, { seed, signal }: Budget, epochs: number) {
  const { setting } = running;
  try {
    running.model ??= await makeNetwork(setting, parts.train.inputShape[0], problem, seed);
    const more = { epochs: epochs - running.epochs, patience: null, signal };
    const { valLoss } = await trainNetwork(running.model, parts, problem, more);
    running.loss = valLoss.reduce((least, loss) => Math.min(least, loss), running.loss);
    running.epochs = epochs;
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    running.loss = Number.POSITIVE_INFINITY;
  }
}

/** Rows that are trained on, and rows that the result is checked with. */
export interface Parts {
  readonly train: Dataset;
  readonly check: Dataset;
}

/**
 * Tries the settings for a few epochs, and the better ones for more. The time limit ends a round after the running
 * training; a first one always runs.
 */
export async function chooseSetting(parts: Parts, problem: Problem, budget: Budget): Promise<Trial[]> {
  const end = budget.time === null ? Number.POSITIVE_INFINITY : now() + budget.time;
  const isOver = () => budget.signal?.aborted === true || now() > end;
  const all = settings
    .slice(0, budget.trials ?? settings.length)
    .map((setting, place): Running => ({ setting, place, model: null, loss: Number.POSITIVE_INFINITY, epochs: 0 }));
  let survivors = all;
  const counts = ROUNDS.map(() => all.length);
  for (let round = 1; round < counts.length; round++) counts[round] = Math.ceil(counts[round - 1] / KEPT);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  try {
    for (const epochs of ROUNDS) {
      for (const running of survivors) {
        if (done > 0 && isOver()) break;
        await advance(running, parts, problem, budget, epochs);
        const loss = all.reduce((least, each) => Math.min(least, each.loss), Number.POSITIVE_INFINITY);
        budget.onProgress({ stage: "settings", done: ++done, total, loss: Number.isFinite(loss) ? loss : null });
      }
      survivors = [...survivors].sort(byLoss).slice(0, Math.ceil(survivors.length / KEPT));
    }
  } finally {
    for (const { model } of all) model?.dispose();
  }
  const tried = all.filter(({ epochs }) => epochs > 0).sort(byLoss);
  return tried.map(({ setting, loss, epochs }) => ({ ...setting, loss, epochs }));
}

/** The best of the linear settings that were tried. */
export function linearOf(trials: readonly Trial[]): Setting {
  return trials.find(isLinear) ?? settings[0];
}

/**
 * Trains one network on some rows until the others say that it is best. A signal ends that; one that was given before
 * leaves it the epochs that the last round of the choice has.
 */
export async function trainMember(
  setting: Setting,
  parts: Parts,
  problem: Problem,
  { seed, signal }: Pick<Budget, "seed" | "signal">,
): Promise<{ model: Sequential; losses: Losses }> {
  const model = await makeNetwork(setting, parts.train.inputShape[0], problem, seed);
  try {
    const isLate = signal?.aborted === true;
    const limits = isLate ? { epochs: ROUNDS[ROUNDS.length - 1], signal: undefined } : { epochs: EPOCHS, signal };
    const losses = await trainNetwork(model, parts, problem, { ...limits, patience: PATIENCE });
    return { model, losses };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
