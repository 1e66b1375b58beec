/** How far a model has been trained, and the learning rate that follows from it. */
import { learningRateAt } from "../schedules.js";
import type { Compiled } from "./compile.js";

/** What a model remembers of its training from one `fit` to the next. */
export interface Progress {
  /** Optimizer steps taken since `compile`. */
  step: number;
  /** Epochs finished since the model was made: with the seed it decides the next shuffle. */
  epoch: number;
  /** What a callback has set in place of the optimizer's own rate. */
  learningRate: number | null;
}

/** The rate of the next step, in epoch `epoch`. @throws OptionError where a function returns no rate. */
export function nextLearningRate({ optimizer }: Compiled, { step, learningRate }: Progress, epoch: number): number {
  return learningRate ?? learningRateAt(optimizer.learningRate, step, epoch);
}
