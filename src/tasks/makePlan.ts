/** Makes plans: the search itself, with an executor that writes its tasks down and stops it. */

import { dirname } from "node:path";
import { checkArguments, checkFunction, checkOptions, OptionError, show } from "../base/errors.js";
import type { Data } from "../data/dataset.js";
import { Dataset } from "../data/dataset.js";
import type { Executor, PlainProblem, Task } from "../data/executor.js";
import { type OnWarning, withWarnings } from "../data/onWarning.js";
import { toPlain } from "../data/plain.js";
import type { Estimator } from "../estimators/estimator.js";
import { type DataRef, encodeRows, fileName, type Rows, sha256 } from "../jobs/dataFile.js";
import { checkTask, sharedOf } from "../jobs/messages.js";
import { folderStore } from "../jobs/store.js";
import { checkPath, writeAtomically } from "../node/atomicFile.js";
import type { GridSearchOptions, RandomSearchOptions } from "../search/options.js";
import { gridSearch, randomSearch, successiveHalving } from "../search/search.js";
import { type EncodedRows, type EncodedTable, encodeTable } from "../table/encoded.js";
import type { TableInput } from "../table/source.js";
import {
  foreign,
  type GridPlanOptions,
  type OfTable,
  type PlanTableOptions,
  type RandomPlanOptions,
} from "./options.js";
import { type PlanFile, planText } from "./planFile.js";

/** A plan that is not written yet. */
export interface MadePlan {
  /** The text of the plan: JSON. */
  readonly text: string;
  /** Data files by name; they belong into the folder of the plan. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Number of tasks. */
  readonly tasks: number;
}

type AnySearch = (data: Data, options: GridSearchOptions & RandomSearchOptions) => Promise<unknown>;
type AnyOptions = Record<string, unknown> & { table?: PlanTableOptions; onWarning?: OnWarning };

/** Ends the search once its tasks are known. */
const STOP = {};

/** @throws OptionError for a search that cannot be planned, and for options that a plan cannot hold */
function checkCall(where: string, search: unknown, options: unknown): AnySearch {
  if (search === successiveHalving) {
    const reason =
      "its later rounds depend on the scores of earlier ones, and the tasks of a plan are known before any runs";
    const remedy = "Plan randomSearch, or run successiveHalving with bullExecutor of simdgrad/bullmq";
    throw new OptionError(`${where}: successiveHalving cannot be planned: ${reason}. ${remedy}.`);
  }
  if (search !== gridSearch && search !== randomSearch) {
    throw new OptionError(`${where}: expected the function gridSearch or randomSearch, got ${show(search)}.`);
  }
  checkOptions(where, options);
  const { estimator } = options as { estimator?: Partial<Estimator> };
  const type = typeof estimator?.getConfig === "function" ? String(estimator.getConfig().type) : "MLP";
  if (!type.startsWith("MLP")) {
    const remedy = 'Transform the data first and give the estimator by name, or give table: { target: "column" }';
    throw new OptionError(`${where}: estimator: transformers cannot be part of a plan. ${remedy}.`);
  }
  const name = foreign.find((each) => (options as AnyOptions)[each] !== undefined);
  if (name === undefined) return search as AnySearch;
  const isCode = name === "build" || name === "fit";
  const reason = isCode ? "other machines run no modules of programs" : "whoever runs the tasks decides that";
  throw new OptionError(`${where}: ${name} cannot be part of a plan: ${reason}. Leave it out.`);
}

/** The rows of a table as a Dataset, and the options that its target decides. */
async function fromTable(
  where: string,
  data: TableInput,
  own: Record<string, unknown>,
  table: PlanTableOptions,
  onWarning: OnWarning,
) {
  const { estimator, seed = 0 } = own;
  if (estimator !== undefined && estimator !== "classifier" && estimator !== "regressor") {
    const expected = 'expected "classifier", "regressor" or nothing beside table';
    throw new OptionError(`${where}: estimator: ${expected}, got ${show(estimator)}.`);
  }
  const task = estimator && (estimator === "classifier" ? "classification" : "regression");
  const encoded = await encodeTable(where, data, table, { task, seed: seed as number, onWarning });
  const isClassifier = encoded.encoding.classes !== null;
  const { x, y } = encoded.train;
  const dataset = Dataset.from({ x, y }, { inputShape: [encoded.encoding.center.length], targetShape: [] });
  // Numbers in the units of a table are rarely near 1.
  const decides = [own.options, own.grid, own.space].some(
    (given) => "loss" in Object(given) || "standardizeTarget" in Object(given),
  );
  const scaled = isClassifier || decides ? {} : { options: { standardizeTarget: true, ...(own.options as object) } };
  return { encoded, dataset, options: { ...own, estimator: isClassifier ? "classifier" : "regressor", ...scaled } };
}

/** The tasks of a search, none of which is run. */
async function tasksOf(where: string, search: AnySearch, data: Data, options: object) {
  let posed: { readonly problem: PlainProblem; readonly tasks: readonly Task[] } | null = null;
  const executor: Executor = {
    open: async (problem, tasks) => {
      for (const task of tasks) checkTask(where, task, "Leave it out");
      posed = { problem, tasks };
      throw STOP;
    },
  };
  await search(data, { ...options, executor } as never).catch((error) => {
    if (error !== STOP) throw error;
  });
  return posed as unknown as { readonly problem: PlainProblem; readonly tasks: readonly Task[] };
}

/** An estimator with options of its own, by name and options. */
function byName(options: Record<string, unknown>): Record<string, unknown> {
  const { estimator } = options as { estimator?: { getConfig?(): { type: string; options: object } } };
  if (typeof estimator?.getConfig !== "function") return options;
  const { type, options: all } = estimator.getConfig();
  const { onWarning: _, ...own } = all as { onWarning?: unknown };
  return { ...options, estimator: type === "MLPClassifier" ? "classifier" : "regressor", options: own };
}

/**
 * A plan and its data files, which belong into one folder. `writePlan` writes them. @throws as `writePlan`
 */
export function makePlan(search: typeof gridSearch, data: Data, options: GridPlanOptions): Promise<MadePlan>;
export function makePlan(search: typeof randomSearch, data: Data, options: RandomPlanOptions): Promise<MadePlan>;
/** The same of a table. @throws as above, and as `TableModel.train` */
export function makePlan(
  search: typeof gridSearch,
  data: TableInput,
  options: OfTable<GridPlanOptions>,
): Promise<MadePlan>;
export function makePlan(
  search: typeof randomSearch,
  data: TableInput,
  options: OfTable<RandomPlanOptions>,
): Promise<MadePlan>;
export async function makePlan(
  search: unknown,
  data: Data | TableInput,
  options: GridPlanOptions | RandomPlanOptions | OfTable<GridPlanOptions> | OfTable<RandomPlanOptions>,
): Promise<MadePlan> {
  checkArguments("makePlan", arguments, 3);
  return make("makePlan", search, data, options);
}

async function make(where: string, search: unknown, data: Data | TableInput, given: object): Promise<MadePlan> {
  const run = checkCall(where, search, given);
  const { table, onWarning = console.warn, ...own } = given as AnyOptions;
  checkFunction(`${where}: onWarning`, onWarning);
  if (table !== undefined) checkOptions(`${where}: table`, table);
  const files = new Map<string, Uint8Array>();
  const keep = (rows: Rows): DataRef => {
    const bytes = encodeRows(rows);
    const ref = { sha256: sha256(bytes), bytes: bytes.length };
    files.set(fileName(ref), bytes);
    return ref;
  };
  const warned = { onWarning };
  const read =
    table && (await withWarnings(warned, (heard) => fromTable(where, data as TableInput, own, table, heard.onWarning)));
  const called = read ? read.options : own;
  const { problem, tasks } = await tasksOf(where, run, read ? read.dataset : (data as Data), called);
  const shared = sharedOf(where, problem, keep(problem));
  const test = read && testOf(read.encoded);
  const plan: PlanFile = {
    ...shared,
    search: {
      name: search === gridSearch ? "gridSearch" : "randomSearch",
      options: toPlain(`${where}: options`, byName(called), 0) as PlanFile["search"]["options"],
    },
    table: read ? { encoding: read.encoded.encoding, test: test ? keep(test) : null } : null,
    tasks,
  };
  return { text: planText(plan), files, tasks: tasks.length };
}

const rowsOf = ({ x, y }: EncodedRows, width: number): Rows => ({
  x,
  y,
  sampleWeight: null,
  inputShape: [width],
  targetShape: [],
});
const testOf = ({ encoding, test }: EncodedTable) => (test.y.length > 0 ? rowsOf(test, encoding.center.length) : null);

/**
 * Writes a search down instead of running it, for schedulers such as Slurm, Kubernetes and GNU parallel: a plan, and
 * beside it the data in files that are named by their SHA-256. Each task can then be run anywhere, in any order:
 * `openPlan`, or `npx simdgrad task plan.json --index i --out results`.
 *
 * @param search `gridSearch` or `randomSearch`; the rounds of `successiveHalving` depend on scores.
 * @example
 * await writePlan("plan.json", gridSearch, data, { estimator: "classifier", grid: { alpha: [1e-4, 1e-2] } });
 * @throws OptionError for what a plan cannot hold, and what the search throws before anything is trained; SimdgradError
 * where a file cannot be written.
 */
export function writePlan(
  path: string,
  search: typeof gridSearch,
  data: Data,
  options: GridPlanOptions,
): Promise<MadePlan>;
export function writePlan(
  path: string,
  search: typeof randomSearch,
  data: Data,
  options: RandomPlanOptions,
): Promise<MadePlan>;
/** The same of a table, which is encoded first. @throws as above, and as `TableModel.train` */
export function writePlan(
  path: string,
  search: typeof gridSearch,
  data: TableInput,
  options: OfTable<GridPlanOptions>,
): Promise<MadePlan>;
export function writePlan(
  path: string,
  search: typeof randomSearch,
  data: TableInput,
  options: OfTable<RandomPlanOptions>,
): Promise<MadePlan>;
export async function writePlan(
  path: string,
  search: unknown,
  data: Data | TableInput,
  options: GridPlanOptions | RandomPlanOptions | OfTable<GridPlanOptions> | OfTable<RandomPlanOptions>,
): Promise<MadePlan> {
  const where = "writePlan";
  checkArguments(where, arguments, 4);
  checkPath(`${where}: path`, path);
  const made = await make(where, search, data, options);
  const store = folderStore(where, dirname(path));
  for (const [name, bytes] of made.files) await store.write(name, bytes);
  await writeAtomically(where, path, made.text);
  return made;
}
