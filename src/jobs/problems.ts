/** Runs jobs: keeps the problems of the last ones in memory, with lanes that train for them. */

import type { Lane } from "../base/lanes.js";
import { Dataset } from "../data/dataset.js";
import type { PlainProblem, Task, TaskResult } from "../data/executor.js";
import { openLanes } from "../search/lanes.js";
import { foldsOf } from "../search/pose.js";
import { fingerprintOf } from "../search/scoreboard.js";
import { checkShared } from "../search/subjects.js";
import type { Problem } from "../search/trial.js";
import { addEverySpec } from "../specs/every.js";
import { foldsOfNetworks } from "../table/networkTask.js";
import { JobError } from "./errors.js";
import type { JobData } from "./messages.js";
import { type DataStore, readRows } from "./store.js";

/** Data sets that are kept in memory. */
const MOST_PROBLEMS = 2;

/** A problem in memory, and lanes that train for it. */
interface Opened {
  readonly lanes: readonly Lane<Task, TaskResult>[];
  readonly idle: Lane<Task, TaskResult>[];
  readonly folds: number;
}

/** The problems of the last searches, each read once. */
export class Problems {
  readonly #store: DataStore;
  readonly #concurrency: number;
  readonly #opened = new Map<string, { readonly opening: Promise<Opened>; users: number }>();
  #isClosed = false;

  constructor(store: DataStore, concurrency: number) {
    addEverySpec();
    this.#store = store;
    this.#concurrency = concurrency;
  }

  /**
   * Trains and scores. @throws JobError where the data are missing or damaged, or are not those of the search; and once
   * it is closed
   */
  async run(where: string, { data, problem, task }: JobData): Promise<TaskResult> {
    if (this.#isClosed) throw closed(where);
    const key = JSON.stringify([data.sha256, problem]);
    const held = this.#opened.get(key) ?? { opening: this.#open(where, data, problem), users: 0 };
    this.#opened.delete(key);
    this.#opened.set(key, held); // the last one used is the last
    held.users++;
    try {
      const { idle, folds } = await held.opening.catch((error) => {
        if (this.#opened.get(key) === held) this.#opened.delete(key); // whoever comes next tries anew
        throw error;
      });
      if (this.#isClosed) throw closed(where);
      if (task.fold >= folds) throw new JobError(`${where}: not a job of a search: there is no fold ${task.fold}.`);
      const lane = idle.pop() as Lane<Task, TaskResult>;
      try {
        const result = await lane.run(task);
        if (result) return result;
        throw closed(where);
      } finally {
        idle.push(lane);
      }
    } finally {
      held.users--;
      this.#forget();
    }
  }

  /** Ends the workers, with the tasks that they train. */
  close(): void {
    this.#isClosed = true;
    for (const { opening } of this.#opened.values()) closeLanes(opening);
    this.#opened.clear();
  }

  async #open(where: string, data: JobData["data"], own: JobData["problem"]): Promise<Opened> {
    const { estimator, scoring, split, fingerprint, network } = own;
    const rows = await readRows(where, this.#store, data);
    const { x, y, sampleWeight, inputShape, targetShape } = rows;
    const dataset = Dataset.from({ x, y, ...(sampleWeight && { sampleWeight }) }, { inputShape, targetShape });
    const folds =
      estimator === "network" ? foldsOfNetworks(dataset, split, network) : foldsOf(where, dataset, estimator, split);
    const problem: PlainProblem = { ...rows, estimator, scoring, split, folds, ...(network && { network }) };
    if (fingerprintOf(problem) !== fingerprint) {
      throw new JobError(`${where}: data and folds are not those of the search. Install the same version everywhere.`);
    }
    const runtime = checkShared(where, "classifier", {}); // the default
    const settings = { workers: this.#concurrency, runtime, wrapped: null };
    const lanes = await openLanes(problem as Problem, this.#concurrency, settings);
    // Where threads cannot be had, this one trains for all.
    const idle = Array.from({ length: this.#concurrency }, (_, i) => lanes[i % lanes.length]);
    return { lanes, idle, folds: problem.folds.length };
  }

  /** Lets problems go that no job has needed for long. */
  #forget(): void {
    for (const [key, { opening, users }] of this.#opened) {
      if (this.#opened.size <= MOST_PROBLEMS) return;
      if (users > 0) continue;
      this.#opened.delete(key);
      closeLanes(opening);
    }
  }
}

const closed = (where: string) => new JobError(`${where}: closed before the task had a result. Open it again for it.`);

function closeLanes(opening: Promise<Opened>): void {
  void opening.then(
    ({ lanes }) => {
      for (const lane of lanes) void lane.close();
    },
    () => {}, // told to those who wanted it
  );
}
