/** A learning rate by the range test, on a copy of the model. */
import { type Dataset, findLearningRate, type Sequential } from "simdgrad";
import { bounds, type Setup } from "../setup.js";

/** What the range test found. */
export interface FoundRate {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** `null` where the loss never fell. */
  readonly suggestion: number | null;
}

export async function suggestRate(model: Sequential, data: Dataset, { batchSize }: Setup): Promise<FoundRate> {
  const { learningRate, smoothedLoss, suggestion } = await findLearningRate(model, data, {
    min: bounds.learningRate.min,
    max: bounds.learningRate.max,
    batchSize: Math.min(batchSize, data.length),
  });
  return { rates: learningRate, losses: smoothedLoss, suggestion };
}
