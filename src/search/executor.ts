/** The seam between a search and whoever trains for it: workers of this machine, or others. Types and one check. */
import { OptionError, show } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Lane } from "./schedule.js";
import type { Problem, Task, TaskResult } from "./trial.js";

/** Facts about the search that an executor works for. */
export interface ExecutorContext {
  /** The name of the search, for messages. */
  readonly where: string;
  /** Aborted when no task may begin any more: by the caller's signal, or because time ran out. */
  readonly signal: Signal;
}

/**
 * Trains the tasks of a search. A lane runs one task at a time and gives its result, whatever the machine: `runTask` of
 * `simdgrad/search` computes it. Problem, tasks and results are plain data. A failure of a candidate is a result;
 * an error that a lane throws ends the search.
 */
export interface SearchExecutor {
  /** Lanes for these tasks, of which there is at least one; the search closes them. */
  open(problem: Problem, tasks: readonly Task[], context: ExecutorContext): Promise<readonly Lane<Task, TaskResult>[]>;
}

/** @throws OptionError for anything without the method `open`. */
export function checkExecutor(where: string, given: unknown): SearchExecutor {
  if (typeof (given as Partial<SearchExecutor> | null)?.open === "function") return given as SearchExecutor;
  const example = "bullExecutor({ queue, connection }) of simdgrad/bullmq";
  throw new OptionError(`${where}: expected an executor such as ${example}, got ${show(given)}.`);
}
