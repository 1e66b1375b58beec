/** A plan that was read: runs its tasks, gathers their results, trains the best candidate. Knows folders and files. */

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkArguments, checkNumber, OptionError, show } from "../base/errors.js";
import type { Lane } from "../base/lanes.js";
import { readOptions } from "../base/options.js";
import { Dataset } from "../data/dataset.js";
import type { Executor, PlainProblem, Split, Task, TaskResult } from "../data/executor.js";
import type { OnWarning } from "../data/onWarning.js";
import { MLPClassifier } from "../estimators/classifier.js";
import { MLPRegressor } from "../estimators/regressor.js";
import { type DataRef, type Rows, sha256 } from "../jobs/dataFile.js";
import { JobError } from "../jobs/errors.js";
import { idOf, type JobData } from "../jobs/messages.js";
import { Problems } from "../jobs/problems.js";
import { type DataStore, folderStore, readRows } from "../jobs/store.js";
import { checkPath, messageOf } from "../node/atomicFile.js";
import { type PartialSearchResult, SearchError } from "../search/result.js";
import { isLasting } from "../search/resume.js";
import { fingerprintOf } from "../search/scoreboard.js";
import { gridSearch, randomSearch } from "../search/search.js";
import { tableFileOf } from "../table/encoded.js";
import {
  type FitBestOptions,
  fitBestOptions,
  type OpenPlanOptions,
  openOptions,
  outOptions,
  type PlanOutOptions,
} from "./options.js";
import { type PlanFile, readPlan } from "./planFile.js";
import { type ResultFolder, readResultFile, resultPath, writeResultFile } from "./results.js";

/** A task that is done. */
export interface PlanTask {
  readonly index: number;
  readonly task: Task;
  /** Score and weights, or the reason why there are none. */
  readonly result: TaskResult;
  /** The file of the result. */
  readonly file: string;
  /** False if the file was there. */
  readonly isNew: boolean;
  /** False if it failed because of the machine: worth another try. */
  readonly isFinal: boolean;
}

/** Results that were gathered. */
export interface GatheredPlan {
  /** The result of the search, whole or partial; `seconds` is the time of all trainings together. */
  readonly result: PartialSearchResult;
  /** Indexes of tasks without a result, in order. */
  readonly missing: readonly number[];
}

/** Files read at the same time. */
const READERS = 16;

/** Number of folds, for checks of results. */
const foldsOf = ({ folds = 1, holdOut }: Split) => (holdOut === undefined ? folds : 1);

/** The data files beside a plan. */
function storeBeside(where: string, path: string): DataStore {
  const folder = dirname(path);
  const store = folderStore(where, folder);
  return {
    ...store,
    read: async (name) => {
      const bytes = await store.read(name);
      if (bytes === null) {
        const remedy = "Copy it there from where the plan was made, or make the plan again";
        throw new JobError(`${where}: ${join(folder, name)} is missing, the data of the plan. ${remedy}.`);
      }
      if (name.startsWith(sha256(bytes))) return bytes;
      const remedy = "Copy it again from where the plan was made, or make the plan again";
      throw new JobError(`${where}: ${join(folder, name)} is damaged: its hash is ${sha256(bytes)}. ${remedy}.`);
    },
  };
}

/** A search as tasks that run anywhere, in any order. Made by `openPlan`. */
export class Plan {
  readonly #where: string;
  readonly #file: PlanFile;
  readonly #store: DataStore;
  readonly #problems: Problems;
  readonly #warn: OnWarning;
  /** Runs that may begin, and those that wait. */
  #free: number;
  readonly #waiting: (() => void)[] = [];

  private constructor(path: string, file: PlanFile, { concurrency, onWarning }: Required<OpenPlanOptions>) {
    this.#where = path;
    this.#file = file;
    this.#store = storeBeside(path, path);
    this.#problems = new Problems(this.#store, concurrency);
    this.#warn = onWarning;
    this.#free = concurrency;
  }

  /** @throws OptionError, JobError */
  static async open(path: string, options: OpenPlanOptions): Promise<Plan> {
    const checked = readOptions("openPlan", openOptions, options);
    checkPath("openPlan: path", path);
    const text = await readFile(path, "utf8").catch((error) => {
      throw new JobError(`openPlan: ${path} cannot be read: ${messageOf(error)}. Give the path of a plan.`);
    });
    return new Plan(path, readPlan(path, text), checked);
  }

  /** Number of tasks; their indexes begin with 0. */
  get tasks(): number {
    return this.#file.tasks.length;
  }

  /**
   * Runs a task and writes its result into the folder `out`, in one step; does nothing if it is there. A file that is
   * damaged, or of another task, is replaced with a warning.
   * @throws OptionError for an index that no task has; JobError for data that are missing or damaged, and if `close` comes
   * first; DeterminismError if another machine has written other bits.
   */
  async run(index: number, options: PlanOutOptions): Promise<PlanTask> {
    checkNumber("Plan.run: index", index, { min: 0, max: this.tasks - 1, integer: true });
    const { out } = readOptions("Plan.run", outOptions, options, arguments);
    const { problem: own, tasks } = this.#file;
    const job: JobData = { ...this.#shared(), task: tasks[index] };
    const named = { id: idOf(job), task: job.task };
    const problem = { scoring: own.scoring, folds: { length: foldsOf(own.split) } as PlainProblem["folds"] };
    const folder = this.#folder(out, "It is computed anew.");
    const before = await readResultFile(folder, named, problem);
    const isDone = before !== null && isLasting(before);
    const train = () => this.#inTurn(() => this.#problems.run(this.#where, job));
    const result = isDone ? before : await writeResultFile(folder, named, await train(), problem);
    const file = resultPath(out, named.id);
    return { index, task: job.task, result, file, isNew: !isDone, isFinal: isLasting(result) };
  }

  /**
   * The result of the search: it is the search, with an executor that reads the result files. Ranking and best
   * candidate are those of one process. While tasks are missing, it holds the candidates that have all their scores.
   * @throws JobError for data that are missing or damaged; SearchError if every candidate has failed.
   */
  async gather(options: PlanOutOptions): Promise<GatheredPlan> {
    const { out } = readOptions("Plan.gather", outOptions, options, arguments);
    const { name, options: own } = this.#file.search;
    const missing: number[] = [];
    const call = { ...own, executor: this.#reader(out, missing) } as never;
    const data = this.#dataset(await readRows(this.#where, this.#store, this.#file.data));
    const searching = name === "gridSearch" ? gridSearch(data, call) : randomSearch(data, call);
    const found: PartialSearchResult = await searching.catch((error) => {
      if (error instanceof SearchError && missing.length > 0) return error.result;
      throw error;
    });
    const seconds = found.records.reduce((sum, record) => sum + record.seconds, 0);
    return { result: { ...found, seconds }, missing: missing.sort((a, b) => a - b) };
  }

  /**
   * Trains the best candidate on all rows: the bytes of a `TableModel` if the plan was made of a table, which predicts
   * from raw rows; else those of an `MLPClassifier` or `MLPRegressor`.
   * @throws OptionError without a best candidate; JobError for data that are missing or damaged.
   */
  async fitBest(
    result: Pick<PartialSearchResult, "best">,
    options: FitBestOptions = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const where = "Plan.fitBest";
    const { signal } = readOptions(where, fitBestOptions, options, arguments);
    const best = result?.best;
    if (!best)
      throw new OptionError(`${where}: expected a result of gather with a best candidate, got ${show(result)}.`);
    const { table, problem } = this.#file;
    const rows = await readRows(this.#where, this.#store, this.#file.data);
    const own = { ...best.options, onWarning: this.#warn, ...(signal && { signal }) };
    const estimator = problem.estimator === "classifier" ? new MLPClassifier(own) : new MLPRegressor(own);
    const { options: found, mean, std } = best;
    estimator.metadata = { search: { scoring: problem.scoring, mean, std, options: found } };
    try {
      await estimator.fit(this.#dataset(rows));
      if (!table) return estimator.save();
      const test = table.test ? await this.#rows(table.test) : { x: new Float32Array(), y: new Float32Array() };
      return tableFileOf(where, table.encoding, estimator, { train: rows as never, test: test as never });
    } finally {
      estimator.dispose();
    }
  }

  /** Ends the worker threads at once. Tasks that they train have no result: `run` rejects with a JobError. */
  close(): void {
    this.#problems.close();
  }

  /** The part that all jobs share. */
  #shared(): Omit<JobData, "task"> {
    const { v, library, data, problem } = this.#file;
    return { v, library, data, problem };
  }

  #folder(out: string, remedy: string): ResultFolder {
    return { where: this.#where, out, remedy, warn: this.#warn };
  }

  /** At most `concurrency` at a time. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #rows(ref: DataRef): Promise<Rows> {
    return readRows(this.#where, this.#store, ref);
  }

  #dataset({ x, y, sampleWeight, inputShape, targetShape }: Rows): Dataset {
    return Dataset.from({ x, y, ...(sampleWeight && { sampleWeight }) }, { inputShape, targetShape });
  }

  /** Gives the results of files; tells of those that are missing. */
  #reader(out: string, missing: number[]): Executor {
    const shared = this.#shared();
    const indexes = new Map(this.#file.tasks.map((task, i) => [idOf({ ...shared, task }), i]));
    const folder = this.#folder(out, "Run the task again, which replaces it.");
    const open = async (problem: PlainProblem): Promise<readonly Lane<Task, TaskResult>[]> => {
      if (fingerprintOf(problem) !== shared.problem.fingerprint) {
        throw new JobError(`${this.#where}: data and folds are not those of the plan. Make the plan again.`);
      }
      const run = async (task: Task) => {
        const id = idOf({ ...shared, task });
        const index = indexes.get(id);
        if (index === undefined)
          throw new JobError(`${this.#where}: its tasks are not those of its search. Make it again.`);
        const result = await readResultFile(folder, { id, task }, problem);
        if (!result) missing.push(index);
        return result;
      };
      return Array.from({ length: READERS }, () => ({ run, close: () => {} }));
    };
    return { open };
  }
}

/**
 * Reads a plan, to run its tasks or gather their results.
 *
 * @example
 * const plan = await openPlan("plan.json");
 * await plan.run(Number(process.env.SLURM_ARRAY_TASK_ID), { out: "results" });
 * @throws JobError for anything but a plan of this version of simdgrad.
 */
export function openPlan(path: string, options: OpenPlanOptions = {}): Promise<Plan> {
  checkArguments("openPlan", arguments, 2);
  return Plan.open(path, options);
}
