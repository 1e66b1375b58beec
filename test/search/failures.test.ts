// A candidate that fails is a result with its reason, ranked last; the search continues, whoever trains.
import { describe, expect, it } from "vitest";
import { moons } from "../../src/datasets/index.js";
import { Dataset, OptionError } from "../../src/index.js";
import {
  formatSearch,
  gridSearch,
  randomSearch,
  SearchError,
  type SearchOptions,
  type SearchResult,
  successiveHalving,
  type Trial,
} from "../../src/search/index.js";
import { type Problem, runTask } from "../../src/search/trial.js";
import { isQuick, itInFull } from "../support/inFull.js";
import { timeless } from "./timeless.js";

const data = moons({ samples: 60, noise: 0.1, seed: 1 });
const shared = { optimizer: "sgd", maxEpochs: 4, hiddenLayerSizes: [4], seed: 2 } as const;
const common = { estimator: "classifier", options: shared, folds: 3, seed: 7, workers: 1 } satisfies SearchOptions;

/** Numbers of workers that are compared. */
const COUNTS = isQuick ? [1, 2] : [1, 2, 4];

/** The grid by each number of workers; the same but for the times. */
async function byWorkers(grid: Record<string, readonly unknown[]>, options: Partial<SearchOptions> = {}) {
  const [one, ...others] = await Promise.all(
    COUNTS.map((workers) => gridSearch(data, { ...common, ...options, workers, grid })),
  );
  for (const other of others) expect(timeless(other)).toEqual(timeless(one));
  return one;
}

describe("a candidate that fails", () => {
  it.each([
    ["diverges", { learningRate: [1e30, 0.01] }, "NonFiniteError", /not finite|finite/],
    ["has a value that is refused", { alpha: [-1, 1e-4] }, "OptionError", /alpha: expected .*>= 0, got -1/],
    ["has a value that is not finite", { alpha: [Number.NaN, 1e-4] }, "OptionError", /alpha: .*NaN/],
    ["asks for a backend that is unknown", { backend: ["gpu", "auto"] }, "OptionError", /backend: .*"gpu"/],
    ["asks for more memory than there is", { hiddenLayerSizes: [[2 ** 24, 2 ** 24], [4]] }, /Error$/, /./],
  ])("%s is the last, with the reason", async (_what, grid, name, message) => {
    const found = await byWorkers(grid);
    const [good, bad] = found.trials;
    expect(found.trials).toHaveLength(2);
    expect(found.isComplete).toBe(true);
    expect(found.best).toBe(good);
    expect(found.best.mean).toBeGreaterThan(0.3);
    expect(bad.mean).toBeNaN();
    expect(bad.scores).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(bad.error?.name).toMatch(name);
    expect(bad.error?.message).toMatch(message);
    expect(bad.error?.fold).toBe(0);
    const lines = formatSearch(found).split("\n");
    expect(lines.at(-2)).toMatch(/^ +4 +failed .*Error: /);
    expect(lines.at(-1)).toMatch(/^2 candidates in .*, 1 failed$/);
  });

  it("may be a baseline", async () => {
    const found = await gridSearch(data, {
      ...common,
      options: { ...shared, learningRate: 1e30 },
      grid: { learningRate: [0.01] },
    });
    const linear = found.baselines.at(-1) as Trial;
    expect(linear).toMatchObject({ kind: "linear", mean: Number.NaN, error: { name: "NonFiniteError" } });
    expect(formatSearch(found).split("\n").at(-2)).toMatch(/failed .*linear model {2}NonFiniteError/);
  });

  it("in one fold alone is not ranked by the others", async () => {
    // The class of the last row is in one fold only, where no one learned it.
    const rare = Dataset.from(
      { x: data.x, y: data.y.map((label, row) => (row === 59 ? 2 : label)) },
      { inputShape: [2] },
    );
    const search = gridSearch(rare, { ...common, scoring: "negativeLogLoss", grid: { alpha: [1e-4] } });
    const error = await search.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SearchError);
    const [trial] = (error as SearchError).result.trials;
    expect(trial.scores.filter((score) => Number.isNaN(score))).toHaveLength(1);
    expect(trial.mean).toBeNaN();
    expect(trial.scores[trial.error?.fold ?? -1]).toBeNaN();
  });

  it("is not given more epochs by halving", async () => {
    const found = await successiveHalving(data, {
      ...common,
      options: { optimizer: "sgd", hiddenLayerSizes: [4] },
      space: { alpha: [-1, 1e-4] },
      trials: 8,
      factor: 2,
      minEpochs: 1,
      maxEpochs: 4,
    });
    const failed = found.trials.filter(({ error }) => error);
    expect(failed.map(({ options }) => options.maxEpochs)).toEqual([1]);
    expect(found.trials.slice(-1)).toEqual(failed);
  });

  it("is told to onTrial as any other", async () => {
    const seen: (string | undefined)[] = [];
    await gridSearch(data, {
      ...common,
      grid: { alpha: [-1, 1] },
      onTrial: ({ kind, error }) => void (kind === "candidate" && seen.push(error?.name)),
    });
    expect(seen).toEqual(["OptionError", undefined]);
  });

  it("and the search waits for what onTrial promises, and ends with its error", async () => {
    const grid = { alpha: [1e-4, 1e-2, 1] };
    const onTrial = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error("the disk is full");
    };
    await expect(gridSearch(data, { ...common, grid, onTrial })).rejects.toThrow("the disk is full");
  });

  it("and no other: the error says why, and keeps what was found", async () => {
    const search = gridSearch(data, { ...common, grid: { learningRate: [1e30, 1e35] } });
    const error = (await search.catch((reason: unknown) => reason)) as SearchError;
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(
      /^gridSearch: no candidate has a finite score\. .*"learningRate":1e\+30.*NonFiniteError/,
    );
    expect(error.result.best).toBeNull();
    expect(error.result.baselines).toHaveLength(2);
    expect(formatSearch(JSON.parse(JSON.stringify(error.result)))).toContain("2 failed");
  });
});

it("a score beyond all numbers is a failure", async () => {
  const x = Float32Array.of(0, 1, 2, 3);
  const problem: Problem = {
    ...{ estimator: "regressor", scoring: "r2", x, y: Float32Array.of(0, 1, 2, 3e38), sampleWeight: null },
    ...{ inputShape: [1], targetShape: [], folds: [{ train: Uint32Array.of(0, 3), test: Uint32Array.of(0, 1) }] },
  };
  const guess = await runTask(problem, { subject: { kind: "constant", options: {} }, fold: 0 });
  expect(guess.score).toBeLessThan(-1e70); // far below 0, yet a number
  const worse = { ...problem, y: Float32Array.of(1e-38, 0, 2, 3e38) };
  const failed = await runTask(worse, { subject: { kind: "constant", options: {} }, fold: 0 });
  expect(failed).toMatchObject({ score: null, error: { name: "NonFiniteError" } });
});

describe("equal scores", () => {
  // One feature that tells the classes apart: every candidate classifies all rows right.
  const easy = {
    x: Array.from({ length: 40 }, (_, i) => [i < 20 ? -1 : 1]),
    y: Array.from({ length: 40 }, (_, i) => Number(i >= 20)),
  };
  const options: SearchOptions = { ...common, options: { ...shared, optimizer: "adam", learningRate: 0.1 } };

  it("are ranked by place, whoever ends first", async () => {
    const grid = { maxEpochs: [300, 100, 50, 40, 30] };
    const found = await Promise.all(
      COUNTS.map((workers) => gridSearch(easy, { ...options, workers, grid: { ...grid, tolerance: [0] } })),
    );
    for (const { trials, best, records } of found) {
      expect(trials.map(({ mean }) => mean)).toEqual([1, 1, 1, 1, 1]);
      expect(trials.map(({ options: { maxEpochs } }) => maxEpochs)).toEqual(grid.maxEpochs);
      expect(best.options.maxEpochs).toBe(300);
      const places = records.map(({ subject, fold }) => [subject.kind, subject.options.maxEpochs, fold]);
      expect(places.slice(6, 8)).toEqual([
        ["candidate", 300, 0],
        ["candidate", 300, 1],
      ]);
    }
  });

  itInFull("continue in halving by place", async () => {
    const halved = await Promise.all(
      [1, 2, 4].map((workers) =>
        successiveHalving(easy, {
          ...options,
          ...{ workers, space: { alpha: [1e-6, 1e-5, 1e-4, 1e-3], batchSize: [8, 16] }, trials: 6 },
          ...{ options: { learningRate: 0.3 }, factor: 2, minEpochs: 20, maxEpochs: 40 },
        }),
      ),
    );
    for (const other of halved.slice(1)) expect(timeless(other)).toEqual(timeless(halved[0]));
  });

  it("of a draw that comes twice are of one candidate, trained once", async () => {
    const totals: number[] = [];
    const found = await randomSearch(easy, {
      ...options,
      ...{ space: { alpha: [1e-4] }, trials: 5, onTrial: (_, { total }) => void totals.push(total) },
    });
    expect(found.trials).toHaveLength(1);
    expect(new Set(totals)).toEqual(new Set([3 * 3]));
  });
});

it("searches the options of one estimator alone", async () => {
  const unbalanced = await gridSearch(data, { ...common, grid: { classWeight: ["balanced", { 0: 1, 1: 50 }] } });
  expect(unbalanced.trials).toHaveLength(2);
  const x = Array.from({ length: 40 }, (_, i) => [i / 20 - 1]);
  const far: SearchResult = await gridSearch(
    { x, y: x.map(([value]) => 200 + 50 * value) },
    {
      ...{ estimator: "regressor", folds: 2, workers: 1, options: { learningRate: 0.05, hiddenLayerSizes: [] } },
      grid: { standardizeTarget: [false, true] },
    },
  );
  expect(far.best.options.standardizeTarget).toBe(true);
  expect(far.best.mean).toBeGreaterThan(0.9);
});

it("takes the weights of rows, to train by and to score by", async () => {
  const x = Array.from({ length: 24 }, (_, i) => [i % 2]);
  const y = x.map(([value], i) => (i < 12 ? value : 1 - value)); // the second half says the opposite
  const counts = (weights: readonly [number, number]) => x.map((_, i) => weights[i < 12 ? 0 : 1]);
  const options: SearchOptions = { ...common, options: { learningRate: 0.1, maxEpochs: 60 } };
  for (const weights of [
    [1, 0],
    [0, 1],
  ] as const) {
    const found = await gridSearch({ x, y, sampleWeight: counts(weights) }, { ...options, grid: { alpha: [0] } });
    expect(found.best.mean).toBe(1);
  }
});

itInFull("a classifier's search has room for 400 000 rows and labels of any number", async () => {
  const rows = 400_000;
  const x = Float32Array.from({ length: rows }, (_, i) => (i % 100) / 100);
  const y = x.map((value, i) => (i < 2 ? 5000 : value > 0.5 ? 1 : 0));
  const many = Dataset.from({ x, y }, { inputShape: [1], targetShape: [] });
  const found = await gridSearch(many, {
    ...{ estimator: "classifier", options: { maxEpochs: 1, hiddenLayerSizes: [2], batchSize: 4096 }, workers: 1 },
    ...{ folds: 2, grid: { alpha: [0.1] } },
  });
  expect(found.baselines.find(({ kind }) => kind === "constant")?.mean).toBeCloseTo(0.51, 2);
  expect(found.best.mean).toBeGreaterThan(0.5);
});
