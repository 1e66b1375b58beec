/**
 * When an estimator has learned enough: scikit-learn's rule, as a callback. Knows epochs and numbers, not data.
 */
import { pow } from "../base/math.js";
import type { Callback, Trainer } from "../callbacks/callback.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";
import type { CheckedMLP } from "./options.js";

/** The adaptive rate is not lowered from here on. */
const LOWEST_RATE = 1e-6;

export interface PlateauOptions extends Pick<CheckedMLP, "tolerance" | "patience" | "learningRateSchedule"> {
  readonly powerT?: number;
  readonly optimizer: Pick<OptimizerSpec, "learningRate">;
  /** Rows of an epoch. */
  readonly rows: number;
  /** Score of the held-back rows, larger is better; `null` to go by the training loss. */
  readonly score: (() => number) | null;
}

/** A callback, and what it has seen. */
export interface Plateau extends Callback {
  readonly scores: number[];
  /** True if the numbers stood still before the epochs were over. */
  readonly hasConverged: boolean;
}

/**
 * Stops when `patience` + 1 epochs in a row brought no improvement above `tolerance` (scikit-learn 1.2,
 * `_update_no_improvement_count`). By score, the weights of the best epoch are put back at the end. Also sets the
 * learning rate of the next epoch (`SGDOptimizer`, `iteration_ends` and `trigger_stopping`).
 */
export function plateau(options: PlateauOptions): Plateau {
  const { tolerance, patience, score, learningRateSchedule: schedule, powerT = 0.5, rows } = options;
  const first = Number(options.optimizer.learningRate);
  let rate = first;
  const scores: number[] = [];
  let best = -Infinity;
  let bestWeights: Float32Array | null = null;
  let wait = 0;
  let hasConverged = false;
  let trainer: Trainer;
  return {
    scores,
    get hasConverged() {
      return hasConverged;
    },
    onTrainBegin(started) {
      trainer = started;
      if (schedule !== "constant") trainer.learningRate = first;
    },
    onEpochEnd(epoch, logs) {
      const value = score ? score() : -logs.loss;
      if (score) scores.push(value);
      wait = value < best + tolerance ? wait + 1 : 0;
      if (value > best) {
        best = value;
        if (score) bestWeights = trainer.snapshot();
      }
      if (schedule === "invscaling") trainer.learningRate = first / pow(rows * (epoch + 1) + 1, powerT);
      if (wait <= patience) return;
      if (schedule === "adaptive" && rate > LOWEST_RATE) {
        rate /= 5;
        trainer.learningRate = rate;
        wait = 0;
        return;
      }
      hasConverged = true;
      trainer.stopTraining = true;
    },
    onTrainEnd() {
      if (bestWeights) trainer.restore(bestWeights);
    },
  };
}
