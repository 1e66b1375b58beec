/** The next step of a model's training. */

import type { Compiled } from "../program/types.js";
import { nextLearningRate, updatesTaken } from "../training/step.js";
import type { Progress } from "../training/trainingState.js";

export interface NextStep {
  /** Its number among the updates, from 1. */
  readonly step: number;
  readonly learningRate: number;
}

export function nextStep(compiled: Compiled, progress: Progress): NextStep {
  return {
    step: updatesTaken(compiled, progress.step) + 1,
    learningRate: nextLearningRate(compiled, progress, progress.epoch),
  };
}
