/**
 * When an estimator has learned enough: scikit-learn's rule, as a callback. Knows epochs and numbers, not data.
 */
import type { Callback, Trainer } from "../callbacks/callback.js";

export interface PlateauOptions {
  readonly tolerance: number;
  readonly patience: number;
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
 * `_update_no_improvement_count`). By score, the weights of the best epoch are put back at the end.
 */
export function plateau({ tolerance, patience, score }: PlateauOptions): Plateau {
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
    },
    onEpochEnd(_epoch, logs) {
      const value = score ? score() : -logs.loss;
      if (score) scores.push(value);
      wait = value < best + tolerance ? wait + 1 : 0;
      if (value > best) {
        best = value;
        if (score) bestWeights = trainer.snapshot();
      }
      if (wait <= patience) return;
      hasConverged = true;
      trainer.stopTraining = true;
    },
    onTrainEnd() {
      if (bestWeights) trainer.restore(bestWeights);
    },
  };
}
