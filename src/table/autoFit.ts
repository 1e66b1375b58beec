/** Chooses settings by successive halving. Knows losses, not who trains. */
import type { Signal } from "../base/kinds.js";
import { now } from "../runtime/yield.js";
import { isLinear, settingsFor } from "./network.js";
import type { TrainProgress } from "./options.js";
import type { Setting, Trial } from "./setting.js";
import { ROUNDS, type Running, type Trainer } from "./trainer.js";

/** Limits of the choice, and who is told. */
export interface Budget {
  /** Sizes that were given; `null` to try several. */
  readonly hiddenLayerSizes: readonly number[] | null;
  /** Milliseconds; `null` for none. */
  readonly time: number | null;
  readonly trials: number | null;
  readonly signal: Signal | undefined;
  /** Settings that an earlier choice has tried. */
  readonly previous: readonly Trial[];
  readonly onProgress: (progress: TrainProgress) => unknown;
}

const KEPT = 3;

interface Candidate extends Running {
  readonly place: number;
  /** The same setting in an earlier choice. */
  readonly before: Trial | undefined;
  /** Epochs that an earlier choice makes up for. */
  known: number;
}

const byLoss = (a: Candidate, b: Candidate) => (a.loss === b.loss ? a.place - b.place : a.loss - b.loss);

const same = (a: Setting, b: Setting) =>
  a.hiddenLayerSizes.join() === b.hiddenLayerSizes.join() &&
  a.l2 === b.l2 &&
  a.dropout === b.dropout &&
  a.learningRate === b.learningRate;

/** True if an earlier choice says what this one would find. */
function isKnown(candidate: Candidate, epochs: number): boolean {
  const { before } = candidate;
  if (!before || before.epochs < epochs) return false;
  candidate.loss = before.loss ?? Number.POSITIVE_INFINITY; // JSON has null for infinity
  candidate.known = before.epochs;
  return true;
}

/**
 * Tries the settings for a few epochs, and the better ones for more. The time limit ends a round after the running
 * trainings; a first one always runs.
 */
export async function chooseSetting(trainer: Trainer, budget: Budget): Promise<Trial[]> {
  const end = budget.time === null ? Number.POSITIVE_INFINITY : now() + budget.time;
  const settings = settingsFor(budget.hiddenLayerSizes ?? undefined);
  const all = settings.slice(0, budget.trials ?? settings.length).map((setting, place): Candidate => {
    const before = budget.previous.find((trial) => same(trial, setting));
    return { setting, place, before, model: null, loss: Number.POSITIVE_INFINITY, epochs: 0, known: 0 };
  });
  let survivors = all;
  const counts = ROUNDS.map(() => all.length);
  for (let round = 1; round < counts.length; round++) counts[round] = Math.ceil(counts[round - 1] / KEPT);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  const isOver = () => done > 0 && (budget.signal?.aborted === true || now() > end);
  const onDone = () => {
    const loss = all.reduce((least, each) => Math.min(least, each.loss), Number.POSITIVE_INFINITY);
    return budget.onProgress({ stage: "settings", done: ++done, total, loss: Number.isFinite(loss) ? loss : null });
  };
  try {
    for (const epochs of ROUNDS) {
      const left: Candidate[] = [];
      for (const candidate of survivors) {
        if (!isKnown(candidate, epochs)) left.push(candidate);
        else if (!isOver()) await onDone();
      }
      await trainer.advance(left, epochs, { isOver, onDone, end });
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
