// Workers of a search that end: one is replaced without a trace, two for one training are its failure, to be tried
// again.
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect } from "vitest";
import { moons } from "../../src/datasets/index.js";
import { type GridSearchOptions, gridSearch, type PartialSearchResult, SearchError } from "../../src/search/index.js";
import { itInFull } from "../support/inFull.js";

const data = moons({ samples: 400, noise: 0.1, seed: 1 });
const options: GridSearchOptions = {
  ...{ estimator: "classifier", folds: 2, workers: 2 },
  options: { hiddenLayerSizes: [64, 64], maxEpochs: 60, tolerance: 0, patience: 60 },
  grid: { alpha: [1e-4, 1e-2] },
};

const timeless = ({ trials, baselines }: PartialSearchResult) =>
  [...trials, ...baselines].map(({ seconds: _, ...trial }) => trial);

const listeners: ((worker: Worker) => void)[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) process.off("worker", listener);
});

/** Ends workers soon after they have begun to listen: the first `count` that start. */
function endWorkers(count: number): void {
  let started = 0;
  const listener = (worker: Worker) => {
    if (started++ >= count) return;
    worker.once("message", () => setTimeout(() => void worker.terminate(), 25));
  };
  process.on("worker", listener);
  listeners.push(listener);
}

describe("a worker that ends", () => {
  itInFull("is replaced, and the result is the same", async () => {
    const undisturbed = await gridSearch(data, options);
    endWorkers(2);
    expect(timeless(await gridSearch(data, options))).toEqual(timeless(undisturbed));
  });

  itInFull("again and again is the failure of a candidate, which resume tries again", async () => {
    const undisturbed = await gridSearch(data, options);
    endWorkers(Infinity);
    const error = (await gridSearch(data, options).catch((reason: unknown) => reason)) as SearchError;
    expect(error).toBeInstanceOf(SearchError);
    expect(error.result.trials.map((trial) => trial.error?.name)).toEqual(["BackendError", "BackendError"]);
    expect(error.message).toContain("worker ended");
    for (const listener of listeners.splice(0)) process.off("worker", listener);
    const resume = JSON.parse(JSON.stringify(error.result)) as PartialSearchResult;
    expect(timeless(await gridSearch(data, { ...options, resume }))).toEqual(timeless(undisturbed));
  });
});
