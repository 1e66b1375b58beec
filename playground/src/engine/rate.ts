/** A learning rate by the range test. */
import { type Dataset, findLearningRate, type Sequential } from "simdgrad";
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

/** The model stays as it is. */
export async function suggestRate(model: Sequential, data: Dataset, { batchSize }: Setup): Promise<FoundRate> {
  const { learningRate, smoothedLoss, suggestion } = await findLearningRate(model, data, {
    min: bounds.learningRate.min,
    max: bounds.learningRate.max,
    batchSize: Math.min(batchSize, data.length),
  });
  return { rates: learningRate, losses: smoothedLoss, suggestion };
}

/** What may help where losses have become NaN: the rate of a range test from the beginning, or a tenth of the last. */
export async function remedyFor(setup: Setup, problem: Problem): Promise<Trouble["remedy"]> {
  const model = await createModel(setup, problem);
  const tenth = setup.learningRate / 10;
  const found = await suggestRate(model, problem.train, setup).catch(() => null); // it meets the same NaN
  model.dispose();
  const rate = Math.max(Math.min(found?.suggestion ?? tenth, tenth), bounds.learningRate.min);
  const learningRate = Number(rate.toPrecision(2));
  return { label: `Begin anew with a learning rate of ${learningRate}`, change: { learningRate } };
}
