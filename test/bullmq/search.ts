/** The search of the tests, and one hash of its result. */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import { moons } from "../../src/datasets/index.js";
import type { GridSearchOptions, PartialSearchResult } from "../../src/search/index.js";

export const data = moons({ samples: 60, noise: 0.1, seed: 1 });
export const shared = { hiddenLayerSizes: [8], maxEpochs: 60, patience: 60, learningRate: 0.02 };
export const search = {
  estimator: "classifier",
  options: shared,
  folds: 3,
  seed: 7,
  grid: { alpha: [1e-4, 1e-2, -1], batchSize: [4, 16] },
} satisfies GridSearchOptions;

/** One hash of all scores and weights: those of the best, and of all others. */
export function hashOf({ records, best }: Pick<PartialSearchResult, "records" | "best">): string {
  const all = records.map(({ subject, fold, score, weights, error }) => [subject, fold, score, weights, error]);
  expect(records.filter(({ subject, error }) => subject.kind !== "constant" && !error)).not.toEqual([]);
  return createHash("sha256")
    .update(JSON.stringify([all, best?.options, best?.mean]))
    .digest("hex");
}
