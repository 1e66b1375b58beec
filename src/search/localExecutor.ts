/** Trains in workers of this machine, for whatever takes an executor. */
import { type Given, numberOr, readOptions } from "../base/options.js";
import type { Executor } from "../data/executor.js";
import { addEverySpec } from "../specs/every.js";
import { openLanes } from "./lanes.js";
import { checkShared } from "./subjects.js";
import type { Problem } from "./trial.js";

const WHERE = "localExecutor";

const localOptions = {
  /** Trainings at the same time, each in a worker of its own; `auto` takes the cores, at most 8. @default "auto" */
  workers: numberOr("auto", { min: 1, max: 256, integer: true }),
};

/** Options of `localExecutor`. */
export interface LocalExecutorOptions extends Given<typeof localOptions> {}

/**
 * An executor whose workers are threads of this process. Searches need none, as this is what they do by themselves; it
 * lets `crossValidate` and `TableModel.train` train on several cores. Results are the same to the bit. For tables it pays
 * on machines of many cores only: each round of the choice of settings trains from the start.
 *
 * ```js
 * const model = await TableModel.train("customers.csv", { target: "churn", executor: localExecutor() });
 * ```
 * @throws OptionError
 */
export function localExecutor(options: LocalExecutorOptions = {}): Executor {
  const { workers } = readOptions(WHERE, localOptions, options, arguments);
  addEverySpec();
  const runtime = checkShared(WHERE, "classifier", {});
  const open: Executor["open"] = (problem, tasks) =>
    openLanes(problem as Problem, tasks.length, { workers, runtime, wrapped: null });
  return { open };
}
