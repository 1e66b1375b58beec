/** Chooses settings by successive halving, and trains the members of a model. Knows Datasets, not tables. */
import { NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Dataset } from "../data/dataset.js";
import { now } from "../runtime/yield.js";
import type { Sequential } from "../sequential.js";
import { isLinear, type Losses, makeNetwork, type Problem, settingsFor, trainNetwork } from "./network.js";
import type { TrainProgress } from "./options.js";
import type { Setting, Trial } from "./setting.js";

/** Limits of the choice, and who is told. */
export interface Budget {
  /** Milliseconds; `null` for none. */
  readonly time: number | null;
  readonly trials: number | null;
  readonly seed: number;
  readonly signal: Signal | undefined;
  /** Settings that an earlier choice has tried. */
  readonly previous: readonly Trial[];
  readonly onProgress: (progress: TrainProgress) => void;
}

/** Epochs of the rounds of the choice. After each but the last, a third goes on. */
const ROUNDS = [4, 12, 36];
const KEPT = 3;
/** Epochs of a member, and those without improvement after which it stops: fewer where an epoch has very many rows. */
const limitsFor = (rows: number) => ({
  epochs: Math.min(400, Math.max(10, Math.ceil(1e8 / rows))),
  patience: Math.min(12, Math.max(4, Math.ceil(6e6 / rows))),
});

interface Running {
  readonly setting: Setting;
  readonly place: number;
  /** The same setting in an earlier choice. */
  readonly before: Trial | undefined;
  model: Sequential | null;
  loss: number;
  /** Epochs that the network was trained for, and those that an earlier choice makes up for. */
  epochs: number;
  known: number;
}

const byLoss = (a: Running, b: Running) => (a.loss === b.loss ? a.place - b.place : a.loss - b.loss);

const same = (a: Setting, b: Setting) =>
  a.hiddenLayerSizes.join() === b.hiddenLayerSizes.join() &&
  a.l2 === b.l2 &&
  a.dropout === b.dropout &&
  a.learningRate === b.learningRate;

/**
 * Trains a network a little further, in the same steps whether or not it was tried before. One that leaves the finite
 * numbers has lost. A later loss in place of an earlier one keeps those that go on: it is less, and they were least.
 */
async function advance(running: Running, parts: Parts, problem: Problem, { seed, signal }: Budget, epochs: number) {
  const { setting, before } = running;
  if (before && before.epochs >= epochs) {
    running.loss = before.loss ?? Number.POSITIVE_INFINITY; // JSON has null for infinity
    running.known = before.epochs;
    return;
  }
  try {
    running.model ??= await makeNetwork(setting, parts.train.inputShape[0], problem, seed);
    for (const end of ROUNDS.filter((each) => each > running.epochs && each <= epochs)) {
      const more = { epochs: end - running.epochs, patience: null, signal };
      const { valLoss } = await trainNetwork(running.model, parts, problem, more);
      running.loss = valLoss.reduce((least, loss) => Math.min(least, loss), running.loss);
      running.epochs += valLoss.length;
      if (signal?.aborted) return;
    }
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
  const settings = settingsFor(problem.hiddenLayerSizes ?? undefined);
  const all = settings.slice(0, budget.trials ?? settings.length).map((setting, place): Running => {
    const before = budget.previous.find((trial) => same(trial, setting));
    return { setting, place, before, model: null, loss: Number.POSITIVE_INFINITY, epochs: 0, known: 0 };
  });
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
  const trials = all.map(({ setting, loss, epochs, known }) => ({ setting, loss, epochs: Math.max(epochs, known) }));
  const tried = all.map((_, i) => i).filter((i) => trials[i].epochs > 0);
  // A signal may come within the first epoch of the first setting.
  if (tried.length === 0) tried.push(0);
  return tried
    .sort((a, b) => byLoss(all[a], all[b]))
    .map((i) => ({ ...trials[i].setting, loss: trials[i].loss, epochs: trials[i].epochs }));
}

/** The best of the linear settings that were tried. */
export function linearOf(trials: readonly Trial[]): Setting {
  return trials.find(isLinear) ?? settingsFor([])[0];
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
    const { epochs: most, patience } = limitsFor(parts.train.length);
    const epochs = problem.epochs ?? most;
    const limits = isLate
      ? { epochs: Math.min(epochs, ROUNDS[ROUNDS.length - 1]), signal: undefined }
      : { epochs, signal };
    const losses = await trainNetwork(model, parts, problem, { ...limits, patience });
    return { model, losses };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
