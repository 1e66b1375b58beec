// Cross-validation and table models by an executor: the bits of one thread, and refusals of what cannot travel.
import { describe, expect, it } from "vitest";
import type { Task, TaskResult } from "../../src/data/executor.js";
import { moons } from "../../src/datasets/index.js";
import { estimatorPipeline, MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import { crossValidate, DataError, NonFiniteError, OptionError, standardScaler } from "../../src/index.js";
import { type Executor, localExecutor, runTask } from "../../src/search/index.js";
import { TableModel, type TrainTableOptions } from "../../src/table/index.js";
import { isQuick } from "../support/inFull.js";
import { scenes, tableRows } from "./executed.js";

const executor = localExecutor({ workers: 2 });
const data = moons({ samples: 40, noise: 0.1, seed: 1 });
const few = { hiddenLayerSizes: [4], maxEpochs: 3 };

describe("by workers of this machine", () => {
  // Table models train the longest.
  it.each(isQuick ? scenes.slice(0, 2) : scenes)("%s has the bits of one thread", async (_what, hashOf) => {
    expect(await hashOf({ executor })).toBe(await hashOf({}));
  });

  it("crossValidate takes folds that are given", async () => {
    const isOdd = (row: number) => row % 2 === 1;
    const rows = new Uint32Array(data.length).map((_, row) => row);
    const folds = [{ train: rows.filter(isOdd), test: rows.filter((row) => !isOdd(row)) }];
    const own = await crossValidate(new MLPClassifier(few), data, { folds, executor });
    expect(own).toEqual(await crossValidate(new MLPClassifier({ ...few, onWarning: () => {} }), data, { folds }));
  });

  it("crossValidate stops at a signal with the scores of the folds that are done", async () => {
    const subject = new MLPClassifier({ ...few, onWarning: () => {} });
    const whole = await crossValidate(subject, data, { folds: 4 });
    const stopper = new AbortController();
    const { signal } = stopper;
    const stopping: Executor = {
      open: async (_problem, _tasks, context) => {
        expect(context.signal).toBe(signal);
        const run = async (task: Task): Promise<TaskResult | null> => {
          if (task.fold === 2) stopper.abort();
          return task.fold === 2 ? null : { score: whole.scores.score[task.fold], seconds: 0 };
        };
        return [{ run, close: () => {} }];
      },
    };
    const found = await crossValidate(subject, data, { folds: 4, executor: stopping, signal });
    expect(found.isComplete).toBe(false);
    expect(found.scores.score).toEqual(whole.scores.score.slice(0, 2));
    const none = crossValidate(subject, data, { folds: 4, executor, signal });
    await expect(none).rejects.toThrow(/before one fold had its scores/);
  });

  it("crossValidate throws the error of one thread", async () => {
    const subject = new MLPRegressor({ ...few, learningRate: 1e30, optimizer: "sgd", standardizeTarget: false });
    const [own, there] = await Promise.all(
      [{}, { executor }].map((options) => crossValidate(subject, data, { folds: 2, ...options }).catch((e) => e)),
    );
    expect(own).toBeInstanceOf(NonFiniteError);
    expect(there).toBeInstanceOf(NonFiniteError);
    expect(there.message).toBe(own.message);
  });

  it.each([
    ["a pipeline", estimatorPipeline([standardScaler(), new MLPClassifier(few)]), /got EstimatorPipeline/],
    ["a signal", new MLPClassifier({ signal: new AbortController().signal }), /options: signal: expected plain data/],
  ])("crossValidate refuses %s", async (_what, subject, message) => {
    const error = await crossValidate(subject, data, { executor }).catch((caught) => caught);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(message);
  });

  it("refuses a number of workers that cannot be", () => {
    expect(() => localExecutor({ workers: 0 })).toThrow("localExecutor: workers: expected");
  });
});

describe("a table model by an executor", () => {
  const options: TrainTableOptions = { target: "y", trials: 3, members: 2, epochs: 4, onWarning: () => {} };

  /** In this thread, and told of each result, which may be changed. */
  const own = (change: (result: Awaited<ReturnType<typeof runTask>>, count: number) => typeof result): Executor => {
    let count = 0;
    const run = async (problem: Parameters<typeof runTask>[0], task: Parameters<typeof runTask>[1]) =>
      change(await runTask(problem, task), ++count);
    return { open: async (problem) => [{ run: (task) => run(problem, task), close: () => {} }] };
  };

  it("is made of what is known when a signal comes", async () => {
    const stop = new AbortController();
    const abortAt = (at: number) =>
      own((result, count) => {
        if (count === at) stop.abort();
        return result;
      });
    const early = await TableModel.train(tableRows, { ...options, signal: stop.signal, executor: abortAt(2) });
    expect(early.trials.map(({ epochs }) => epochs)).toEqual([4, 4]);
    expect(early.training.members).toHaveLength(1);
    expect(Object.keys(early.baselines)).toEqual(["mean", "linear"]);
    early.dispose();
  });

  it("drops a setting that diverges, and rejects with any other failure", async () => {
    const fail = (name: string) =>
      own((result, count) => (count === 1 ? { score: null, seconds: 0, error: { name, message: "lost" } } : result));
    const model = await TableModel.train(tableRows, { ...options, executor: fail("NonFiniteError") });
    expect(model.trials.map(({ loss }) => Number.isFinite(loss))).toEqual([true, true]);
    model.dispose();
    await expect(TableModel.train(tableRows, { ...options, executor: fail("QueueError") })).rejects.toThrow("lost");
  });

  it("refuses weights that are not those of the training", async () => {
    const executor = own((result) => (result.network?.file ? { ...result, weights: "0".repeat(64) } : result));
    const error = await TableModel.train(tableRows, { ...options, executor }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/other weights than it was trained to/);
  });
});
