/** A learning rate by the range test. */
import { findLearningRate } from "simdgrad";
import { bounds, type Setup } from "../setup.js";
import { createModel } from "./network.js";
import type { Problem } from "./problem.js";
import type { Trouble } from "./protocol.js";

/** What the range test found. */
export interface FoundRate {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** `null` where the loss never fell. */
  readonly suggestion: number | null;
}

/** Of the network at its beginning, where a run with the new rate will begin, too. */
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

/** What may help where losses have become NaN: the rate of a range test, but at most a tenth of the last. */
export async function remedyFor(setup: Setup, problem: Problem): Promise<Trouble["remedy"]> {
  const tenth = setup.learningRate / 10;
  const found = await findRate(setup, problem).catch(() => null); // it may meet the same NaN
  const rate = Math.max(Math.min(found?.suggestion ?? tenth, tenth), bounds.learningRate.min);
  const learningRate = Number(rate.toPrecision(2));
  return { label: `Begin anew with a learning rate of ${learningRate}`, change: { learningRate } };
}
