// The seam: whoever trains, a search gives the same result, stops when told to, and resumes.
import { describe, expect, it } from "vitest";
import { moons } from "../../src/datasets/index.js";
import { estimatorPipeline, MLPClassifier } from "../../src/estimators/index.js";
import { OptionError, standardScaler } from "../../src/index.js";
import {
  type Executor,
  gridSearch,
  logUniform,
  type PartialSearchResult,
  randomSearch,
  runTask,
  SearchError,
  type SearchOptions,
  type Task,
  type TaskResult,
} from "../../src/search/index.js";
import { isQuick } from "../support/inFull.js";
import { timeless } from "./timeless.js";

const data = moons({ samples: 60, noise: 0.1, seed: 1 });
const shared = { maxEpochs: 4, hiddenLayerSizes: [4], learningRate: 0.02 };
const common = { estimator: "classifier", options: shared, folds: 3, seed: 7 } satisfies SearchOptions;
const grid = { alpha: [1e-4, 1e-2, -1], batchSize: [16, 32] };

interface Watched extends Executor {
  readonly tasks: Task[];
  closed: number;
}

/** Trains in this thread, by way of JSON, with that many lanes. `change` may stand between. */
function own(lanes: number, change: (result: TaskResult, count: number) => TaskResult | null = (r) => r): Watched {
  let count = 0;
  const executor: Watched = {
    tasks: [],
    closed: 0,
    open: async (problem, _tasks, { signal }) =>
      Array.from({ length: lanes }, () => ({
        run: async (task) => {
          if (signal.aborted) return null;
          executor.tasks.push(task);
          const result = await runTask(problem, JSON.parse(JSON.stringify(task)) as Task);
          return change(JSON.parse(JSON.stringify(result)) as TaskResult, ++count);
        },
        close: async () => void executor.closed++,
      })),
  };
  return executor;
}

describe("an executor", () => {
  it.each(isQuick ? [3] : [1, 3, 50])(
    "of %i lanes gives what workers give, hashes of weights included",
    async (lanes) => {
      const executor = own(lanes);
      const here = await gridSearch(data, { ...common, grid, workers: 2 });
      const there = await gridSearch(data, { ...common, grid, executor });
      expect(timeless(there)).toEqual(timeless(here));
      expect(executor.closed).toBe(lanes);
      expect(executor.tasks).toHaveLength((6 + 2) * 3);
      const hashes = here.records.filter(({ subject, error }) => subject.kind !== "constant" && !error);
      for (const { weights } of hashes) expect(weights).toMatch(/^[0-9a-f]{64}$/);
      expect(new Set(hashes.map(({ weights }) => weights)).size).toBe(hashes.length);
    },
  );

  it("gives results so far, from which a search resumes on workers, and the other way round", async () => {
    const stop = new AbortController();
    const options = { ...common, space: { alpha: logUniform(1e-5, 1) }, trials: 4 };
    const onTrial = () => stop.abort();
    const part = await randomSearch(data, { ...options, executor: own(2), signal: stop.signal, onTrial }).catch(
      (error) => (error as SearchError).result,
    );
    expect(part.isComplete).toBe(false);
    expect(part.records.length).toBeLessThan(18);
    const resume = JSON.parse(JSON.stringify(part)) as PartialSearchResult;
    const whole = await randomSearch(data, { ...options, workers: 1 });
    const executor = own(2);
    const resumed = await randomSearch(data, { ...options, executor, resume });
    expect(timeless(resumed)).toEqual(timeless(whole));
    expect(executor.tasks).toHaveLength(18 - part.records.length);
    const again = own(1);
    await randomSearch(data, { ...options, executor: again, resume: whole });
    expect(again.tasks).toEqual([]);
  });

  it("is told when time is over, and may drop tasks", async () => {
    let wasAborted = false;
    const executor: Executor = {
      open: async (_problem, _tasks, { signal }) => [
        {
          run: () =>
            new Promise((resolve) => {
              signal.addEventListener("abort", () => {
                wasAborted = signal.aborted;
                resolve(null);
              });
            }),
          close: () => {},
        },
      ],
    };
    const error = await gridSearch(data, { ...common, grid, executor, seconds: 0.05 }).catch((caught) => caught);
    expect(error).toBeInstanceOf(SearchError);
    expect(error.message).toMatch(/over before one candidate had all its scores/);
    expect(wasAborted).toBe(true);
  });

  it("ends the search by an error of its own, and is closed", async () => {
    const executor = own(2, (result, count) => {
      if (count === 5) throw new Error("the cable was cut");
      return result;
    });
    await expect(gridSearch(data, { ...common, grid, executor })).rejects.toThrow("the cable was cut");
    expect(executor.closed).toBe(2);
  });

  const executor = own(1);
  it.each([
    ["workers beside it", { executor, workers: 2 }, /workers or executor/],
    ["no executor", { executor: {} as Executor }, /executor: expected an executor such as localExecutor/],
    ["text", { executor: "redis" as unknown as Executor }, /executor: expected .*got "redis"/],
    ["no lanes", { executor: own(0) }, /executor: expected open to give at least one lane, got \[\]/],
  ])("is refused with a remedy: %s", async (_what, options, message) => {
    const error = await gridSearch(data, { ...common, ...options, grid: { alpha: [1] } } as never).catch((e) => e);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(message);
  });

  it("is given no transformers", async () => {
    const estimator = estimatorPipeline([standardScaler(), new MLPClassifier(shared)]);
    const search = gridSearch(data, { estimator, grid: { alpha: [1] }, executor });
    await expect(search).rejects.toThrow(/the transformers of the estimator stay in this thread. Transform/);
  });

  it("is given no function", async () => {
    const build = () => new MLPClassifier(shared);
    const search = gridSearch(data, { build, estimator: "classifier", grid: { a: [1] }, executor });
    await expect(search).rejects.toThrow(/a function cannot travel to an executor. Give a module/);
  });
});
