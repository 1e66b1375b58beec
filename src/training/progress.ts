/** How far a model has been trained, and the learning rate that follows from it. */

import type { Compiled } from "../program/types.js";
import { learningRateAt } from "../specs/schedules/index.js";

/** What a model remembers of its training from one `fit` to the next. */
export interface Progress {
  /** Batches trained on since `compile`: optimizer steps, unless gradients are accumulated over several. */
  step: number;
  /** Epochs finished since the model was made: with the seed it decides the next shuffle. */
  epoch: number;
  /** What a callback has set in place of the optimizer's own rate. */
  learningRate: number | null;
}

/** Optimizer steps taken in the first `step` batches since `compile`. */
export function updatesTaken({ optimizer }: Compiled, step: number): number {
  return Math.floor(step / optimizer.gradientAccumulationSteps);
}

/** The rate of the next step, in epoch `epoch`. @throws OptionError where a function returns no rate. */
export function nextLearningRate(compiled: Compiled, progress: Progress, epoch: number): number {
  const { learningRate } = compiled.optimizer;
  return progress.learningRate ?? learningRateAt(learningRate, updatesTaken(compiled, progress.step), epoch);
}
