// Searches find what was hidden in the data, rank it by scores that can be recomputed, stop and resume exactly.
import { describe, expect, it } from "vitest";
import { schedule } from "../../src/base/lanes.js";
import { moons } from "../../src/datasets/index.js";
import { MLPClassifier } from "../../src/estimators/index.js";
import { DataError, Dataset, OptionError, ShapeError, stratifiedKFold } from "../../src/index.js";
import {
  choice,
  formatSearch,
  type GridSearchOptions,
  gridSearch,
  type HalvingOptions,
  integer,
  logUniform,
  type RandomSearchOptions,
  randomSearch,
  type SearchOptions,
  type SearchProgress,
  type SearchResult,
  successiveHalving,
  type Trial,
  uniform,
} from "../../src/search/index.js";

const data = moons({ samples: 120, noise: 0.15, seed: 1 });
const shared = { optimizer: "adam", learningRate: 0.05, maxEpochs: 40, seed: 2 } as const;
const common = { estimator: "classifier", options: shared, folds: 3, seed: 7, workers: 1 } satisfies SearchOptions;
/** A unit of relu cannot follow the moons, sixteen can. */
const grid = { hiddenLayerSizes: [[1], [16]], alpha: [1e-4, 1] };

/** All but the times, which no two runs share. */
const timeless = ({ trials, best, ...rest }: SearchResult) => ({
  trials: trials.map(({ seconds: _, ...trial }) => trial),
  best: best.options,
  baselines: rest.baselines.map(({ seconds: _, ...trial }) => trial),
  isComplete: rest.isComplete,
});

describe("gridSearch", () => {
  it("tries every combination and puts the one that fits first", async () => {
    const found = await gridSearch(data, { ...common, grid });
    expect(found.trials).toHaveLength(4);
    expect(found.best.options).toMatchObject({ hiddenLayerSizes: [16], alpha: 1e-4 });
    const means = found.trials.map(({ mean }) => mean);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
    expect(found.isComplete).toBe(true);
  });

  it("scores as one would by hand: the estimator, fold by fold", async () => {
    const found = await gridSearch(data, { ...common, grid: { hiddenLayerSizes: [[5]] } });
    const scores: number[] = [];
    for (const { train, test } of stratifiedKFold(data, { folds: 3, shuffle: true, seed: 7 })) {
      const options = { ...shared, hiddenLayerSizes: [5], threads: 1, onWarning: () => {} };
      scores.push((await new MLPClassifier(options).fit(data.select(train))).score(data.select(test)));
    }
    expect(found.best.scores).toEqual(scores);
    const mean = (scores[0] + scores[1] + scores[2]) / 3;
    expect(found.best.mean).toBeCloseTo(mean, 12);
    expect(found.best.std).toBeCloseTo(Math.hypot(...scores.map((score) => score - mean)) / Math.sqrt(3), 12);
  });

  it("reports baselines: a linear model, and the most frequent class", async () => {
    const { baselines } = await gridSearch(data, { ...common, grid: { hiddenLayerSizes: [[5]] } });
    const [linear, constant] = ["linear", "constant"].map((kind) => baselines.find((trial) => trial.kind === kind));
    expect(constant?.mean).toBeCloseTo(0.5, 1); // half of the moons are of each class
    expect(linear?.mean).toBeGreaterThan(0.75); // a line tells the moons apart but for their tips
    expect(linear?.mean).toBeLessThan(0.95);
  });

  it("regressors against the mean, whose R² is not above 0", async () => {
    const x = Array.from({ length: 60 }, (_, i) => [i / 30 - 1]);
    const line = { x, y: x.map(([value]) => 2 * value) };
    const found = await gridSearch(line, {
      estimator: "regressor",
      options: { ...shared, maxEpochs: 300 },
      grid: { hiddenLayerSizes: [[8]] },
      workers: 1,
    });
    expect(found.best.mean).toBeGreaterThan(0.9);
    expect(found.baselines.find(({ kind }) => kind === "constant")?.mean).toBeLessThanOrEqual(0);
  });

  it.each([["balancedAccuracy"], ["f1Macro"], ["rocAuc"], ["negativeLogLoss"]] as const)(
    "ranks by %s",
    async (scoring) => {
      const found = await gridSearch(data, { ...common, scoring, holdOut: 0.3, folds: undefined as never, grid });
      expect(found.best.options).toMatchObject({ hiddenLayerSizes: [16], alpha: 1e-4 });
      expect(found.best.scores).toHaveLength(1);
      const constant = found.baselines.find(({ kind }) => kind === "constant")?.mean;
      // Guessing: half right, F1 of one class 2/3 and of the other 0, area 1/2, log loss ln 2.
      const expected = { balancedAccuracy: 0.5, f1Macro: 1 / 3, rocAuc: 0.5, negativeLogLoss: -Math.LN2 };
      expect(constant).toBeCloseTo(expected[scoring], 2);
    },
  );
});

describe("randomSearch", () => {
  const space = {
    hiddenLayerSizes: choice([[4], [8], [16]]),
    alpha: logUniform(1e-5, 1e-1),
    batchSize: integer(16, 64),
    learningRate: uniform(0.01, 0.1),
  };
  const options: RandomSearchOptions = { ...common, folds: 2, trials: 5, space };

  it("draws the same candidates for the same seed, within their bounds", async () => {
    const first = await randomSearch(data, options);
    expect(timeless(await randomSearch(data, options))).toEqual(timeless(first));
    expect(first.trials).toHaveLength(5);
    for (const { options: drawn } of first.trials as (Trial & { options: Record<string, number> })[]) {
      expect(drawn.alpha).toBeGreaterThanOrEqual(1e-5);
      expect(drawn.alpha).toBeLessThan(1e-1);
      expect(Number.isInteger(drawn.batchSize) && drawn.batchSize >= 16 && drawn.batchSize <= 64).toBe(true);
    }
    const other = await randomSearch(data, { ...options, seed: 8 });
    expect(other.trials.map((trial) => trial.options)).not.toEqual(first.trials.map((trial) => trial.options));
  });

  it("resumes where it was interrupted, and ends as if it had not been", async () => {
    const whole = await randomSearch(data, options);
    const controller = new AbortController();
    let trials = 0;
    const part = await randomSearch(data, {
      ...options,
      signal: controller.signal,
      onTrial: ({ kind }) => {
        if (kind === "candidate" && ++trials === 2) controller.abort();
      },
    });
    expect(part.isComplete).toBe(false);
    expect(part.trials).toHaveLength(2);
    const kept = JSON.parse(JSON.stringify(part)) as SearchResult;
    const progress: number[] = [];
    const resumed = await randomSearch(data, {
      ...options,
      resume: kept,
      onTrial: (_, { done }) => progress.push(done),
    });
    expect(timeless(resumed)).toEqual(timeless(whole));
    expect(progress[0]).toBe(part.records.length + 2); // only what was missing was trained
  });

  it("stops beginning when the time is over", async () => {
    await expect(randomSearch(data, { ...options, seconds: 1e-9 })).rejects.toThrow(/before one candidate/);
  });
});

describe("progress", () => {
  it.each(["gridSearch", "successiveHalving"])(
    "of %s holds the results up to it, whenever they are read",
    async (name) => {
      const read: string[] = [];
      const kept: SearchProgress[] = [];
      const onTrial = (_: Trial, progress: SearchProgress) => {
        kept.push(progress);
        // Every other one is read for the first time when the search is over.
        read.push(JSON.stringify(kept.length % 2 === 0 ? progress.result : null));
      };
      const { maxEpochs: _, ...few } = shared;
      const halving = { space: { alpha: logUniform(1e-4, 1) }, trials: 4, minEpochs: 1, maxEpochs: 3 };
      const whole = await (name === "gridSearch"
        ? gridSearch(data, { ...common, grid, onTrial })
        : successiveHalving(data, { ...common, ...halving, options: few, onTrial }));
      expect(kept.length).toBeGreaterThan(5);
      for (const [i, progress] of kept.entries()) {
        expect(progress.result).toBe(progress.result);
        expect(progress.result.trials.length + progress.result.baselines.length).toBe(i + 1);
        if (i % 2 === 1) expect(JSON.stringify(progress.result)).toBe(read[i]);
      }
      expect(kept[kept.length - 1].result.records).toEqual(whole.records);
    },
  );
});

describe("workers", () => {
  it("train what this thread would, to the bit", async () => {
    const options: GridSearchOptions = { ...common, folds: 2, grid: { hiddenLayerSizes: [[4], [8]] } };
    const here = await gridSearch(data, options);
    const there = await gridSearch(data, { ...options, workers: 2 });
    expect(timeless(there)).toEqual(timeless(here));
  });

  it("tell what every candidate failed of", async () => {
    const threeClasses = { x: data.x, y: data.y.map((label, row) => (row < 8 ? 2 : label)) };
    const lacking = Dataset.from(threeClasses, { inputShape: [2], targetShape: [] });
    const search = gridSearch(lacking, {
      ...common,
      folds: 2,
      workers: 2,
      options: { ...shared, earlyStopping: true, validationFraction: 0.01 },
      grid: { hiddenLayerSizes: [[4], [8]] },
    });
    // One row cannot hold three classes back.
    await expect(search).rejects.toThrow(
      /no candidate has a finite score.*"hiddenLayerSizes":\[4\].*of each of 3 classes/s,
    );
    await expect(search).rejects.toThrow(OptionError);
  });
});

describe("successiveHalving", () => {
  it("gives the best third three times the epochs, down to one candidate", async () => {
    const found = await successiveHalving(data, {
      ...common,
      options: { learningRate: 0.05, seed: 2 },
      folds: 2,
      trials: 9,
      minEpochs: 2,
      maxEpochs: 18,
      space: { hiddenLayerSizes: choice([[1], [16]]), alpha: logUniform(1e-5, 1) },
    });
    const rounds = [2, 6, 18].map((epochs) => found.trials.filter(({ options }) => options.maxEpochs === epochs));
    expect(rounds.map(({ length }) => length)).toEqual([9, 3, 1]);
    const [first, second] = rounds;
    const best = first.slice(0, 3).map(({ options: { maxEpochs: _, ...rest } }) => JSON.stringify(rest));
    expect(second.map(({ options: { maxEpochs: _, ...rest } }) => JSON.stringify(rest)).toSorted()).toEqual(
      best.toSorted(),
    );
  });
});

describe("formatSearch", () => {
  it("lists candidates and baselines by rank", async () => {
    const text = formatSearch(await gridSearch(data, { ...common, grid: { hiddenLayerSizes: [[1], [16]] } }));
    const lines = text.split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(/^ {3}1 .*"hiddenLayerSizes":\[16\]/);
    expect(text).toContain("linear model");
    expect(lines[4]).toContain("most frequent class");
  });
});

describe("schedule", () => {
  it("keeps every lane at work and ends with the first error", async () => {
    const taken: number[][] = [[], []];
    const lanes = taken.map((own, speed) => ({
      run: async (task: number) => {
        own.push(task);
        for (let turn = 0; turn <= speed * 2; turn++) await Promise.resolve();
        if (task === 5) throw new Error("five");
        return task * task;
      },
      close: () => {},
    }));
    const results: number[] = [];
    const run = (tasks: number[]) =>
      schedule({ tasks, lanes, onResult: (_, result) => void results.push(result), isOver: () => false });
    expect(await run([1, 2, 3, 4])).toBe(true);
    expect(results.toSorted((a, b) => a - b)).toEqual([1, 4, 9, 16]);
    expect(taken.every((own) => own.length > 0)).toBe(true);
    await expect(run([5, 6, 7, 8, 9, 10])).rejects.toThrow("five");
    expect(results.length).toBeLessThan(9);
  });
});

describe("bad input", () => {
  const random: RandomSearchOptions = { ...common, space: { alpha: [1] } };
  const cases: [what: string, work: () => Promise<unknown>][] = [
    ["an unknown estimator", () => gridSearch(data, { ...common, estimator: "svm" as never, grid })],
    ["an unknown option", () => gridSearch(data, { ...common, grids: grid } as unknown as GridSearchOptions)],
    ["an option no estimator has", () => gridSearch(data, { ...common, grid: { alfa: [1] } as never })],
    ["values of which no estimator takes any", () => gridSearch(data, { ...common, grid: { alpha: [-2, -1] } })],
    ["a shared value no estimator takes", () => gridSearch(data, { ...common, options: { alpha: -1 }, grid })],
    ["invalid shared options", () => gridSearch(data, { ...common, options: null as never, grid })],
    ["an option of the other estimator", () => gridSearch(data, { ...common, grid: { standardizeTarget: [true] } })],
    ["a callback as a candidate", () => gridSearch(data, { ...common, grid: { onWarning: [() => {}] } as never })],
    ["modules as candidates", () => gridSearch(data, { ...common, grid: { wasm: [[]] } as never })],
    ["a name of Object.prototype", () => gridSearch(data, { ...common, grid: { constructor: [1] } as never })],
    ["a name of its own, __proto__", () => gridSearch(data, { ...common, grid: JSON.parse('{"__proto__": [1]}') })],
    [
      "a function within a value",
      () => gridSearch(data, { ...common, grid: { optimizer: [{ type: "sgd", learningRate: () => 1 }] } }),
    ],
    [
      "a shared learning rate that is a function",
      () =>
        gridSearch(data, { ...common, options: { optimizer: { type: "sgd", learningRate: () => 1 } as never }, grid }),
    ],
    [
      "more combinations than memory has room for",
      () => gridSearch(data, { ...common, grid: { alpha: Array(1001).fill(1), tolerance: Array(1001).fill(1) } }),
    ],
    ["a progress hook that is not a function", () => gridSearch(data, { ...common, onTrial: {} as never, grid })],
    ["surplus arguments", () => (gridSearch as (...all: unknown[]) => Promise<unknown>)(data, { ...common, grid }, 1)],
    ["no folds", () => gridSearch(data, { ...common, folds: null as never, grid })],
    ["an empty grid", () => gridSearch(data, { ...common, grid: {} })],
    ["an empty list", () => gridSearch(data, { ...common, grid: { alpha: [] } })],
    ["a grid of plain values", () => gridSearch(data, { ...common, grid: { alpha: 1 as never } })],
    ["scores of the other kind", () => gridSearch(data, { ...common, scoring: "r2", grid })],
    ["one fold", () => gridSearch(data, { ...common, folds: 1, grid })],
    ["folds and a hold-out", () => gridSearch(data, { ...common, holdOut: 0.2, grid })],
    ["a hold-out of everything", () => gridSearch(data, { ...common, folds: undefined as never, holdOut: 1, grid })],
    ["a callback, which no worker can call", () => gridSearch(data, { ...common, options: { callbacks: [] }, grid })],
    ["no workers", () => gridSearch(data, { ...common, workers: 0, grid })],
    ["no time", () => gridSearch(data, { ...common, seconds: 0, grid })],
    ["an invalid signal", () => gridSearch(data, { ...common, signal: {} as AbortSignal, grid })],
    ["another search's result", () => gridSearch(data, { ...common, resume: {} as SearchResult, grid })],
    ["no trials", () => randomSearch(data, { ...random, trials: 0 })],
    ["an invalid space", () => randomSearch(data, { ...random, space: { alpha: "wide" as never } })],
    [
      "a distribution without bounds",
      () => randomSearch(data, { ...random, space: { alpha: { type: "uniform" } as never } }),
    ],
    [
      "a distribution with a bound too many",
      () => randomSearch(data, { ...random, space: { alpha: { type: "uniform", low: 0, high: 1, step: 1 } as never } }),
    ],
    ["a choice of nothing", () => randomSearch(data, { ...random, space: { alpha: { type: "choice", values: [] } } })],
    [
      "integers between fractions",
      () => randomSearch(data, { ...random, space: { alpha: { type: "integer", low: 0.5, high: 2 } } }),
    ],
    ["epochs among what halving draws", () => successiveHalving(data, { ...random, space: { maxEpochs: [1, 2] } })],
    ["a negative seed", () => randomSearch(data, { ...random, seed: -1 })],
    ["a factor of one", () => successiveHalving(data, { ...random, factor: 1 } as HalvingOptions)],
    ["fewer epochs at last than at first", () => successiveHalving(data, { ...random, minEpochs: 9, maxEpochs: 3 })],
  ];
  it.each(cases)("rejects %s", async (_what, work) => {
    await expect(work()).rejects.toThrow(OptionError);
  });

  it.each([
    ["uniform without width", () => uniform(1, 1)],
    ["logUniform from 0", () => logUniform(0, 1)],
    ["integer from a fraction", () => integer(0.5, 2)],
    ["choice of nothing", () => choice([])],
    ["choice of values one by one", () => (choice as (...values: unknown[]) => unknown)([1], 2)],
    ["uniform of three", () => (uniform as (...values: unknown[]) => unknown)(0, 1, 2)],
    ["formatSearch with options", () => (formatSearch as (...values: unknown[]) => unknown)({}, {})],
  ])("rejects %s", (_what, work) => {
    expect(work).toThrow(OptionError);
  });

  it.each([
    ["a class below 0", { x: [[1], [2]], y: [-1, 1] }, DataError, /y: row 0: expected a class number from 0, got -1/],
    ["a class between two", { x: [[1], [2]], y: [0, 0.5] }, DataError, /y: row 1: .* got 0.5/],
    [
      "one-hot rows",
      {
        x: [[1], [2]],
        y: [
          [0, 1],
          [1, 0],
        ],
      },
      ShapeError,
      /rows of \[2\].*argMax/,
    ],
    ["no data", undefined, DataError, /gridSearch: .*\{ x, y \}/],
  ])("rejects %s", async (_what, bad, error, message) => {
    const search = gridSearch(bad as never, { ...common, grid });
    await expect(search).rejects.toThrow(error);
    await expect(search).rejects.toThrow(message);
  });

  it("names rows of the data that cannot be used", async () => {
    const bad = { x: [[1], [Number.NaN]], y: [0, 1] };
    await expect(gridSearch(bad, { ...common, grid })).rejects.toThrow(/gridSearch: .*row 1/);
    expect(data).toBeInstanceOf(Dataset);
  });
});
