/** A learning rate by the range test. */
import { findLearningRate } from "simdgrad";
import { bounds, type Setup } from "../setup.js";
import { createModel } from "./network.js";
import type { Problem } from "./problem.js";
import type { EngineError } from "./protocol.js";

/** Result of the range test. */
export interface FoundRate {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** `null` if the loss never fell. */
  readonly suggestion: number | null;
}

/** Tests the network in its initial state, from which a run with the new rate will also start. */
export async function findRate(setup: Setup, problem: Problem): Promise<FoundRate> {
  const model = await createModel(setup, problem);
  try {
    const { learningRate, smoothedLoss, suggestion } = await findLearningRate(model, problem.train, {
      min: bounds.learningRate.min,
      max: bounds.learningRate.max,
      batchSize: Math.min(setup.batchSize, problem.train.length),
    });
    return { rates: learningRate, losses: smoothedLoss, suggestion };
  } finally {
    model.dispose();
  }
}

/** A possible remedy if losses have become NaN: the rate of a range test, but at most a tenth of the last rate. */
export async function remedyFor(setup: Setup, problem: Problem): Promise<EngineError["remedy"]> {
  const tenth = setup.learningRate / 10;
  const found = await findRate(setup, problem).catch(() => null); // it may meet the same NaN
  const rate = Math.max(Math.min(found?.suggestion ?? tenth, tenth), bounds.learningRate.min);
  const learningRate = Number(rate.toPrecision(2));
  return { label: `Begin anew with a learning rate of ${learningRate}`, change: { learningRate } };
}
