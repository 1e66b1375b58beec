/** The folds of `crossValidate` as tasks for an executor. Loaded where one is given. */
import { OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import type { Signal } from "../base/kinds.js";
import type { Dataset } from "./dataset.js";
import { checkExecutor, execute, type PlainProblem, raised, type Split, type TaskResult } from "./executor.js";
import { toPlain } from "./plain.js";
import type { Fold } from "./split.js";

const WHERE = "crossValidate";

/** Options of `crossValidate`, checked. */
interface FoldsOptions {
  readonly executor?: unknown;
  readonly signal?: Signal | undefined;
  readonly folds: number | readonly Fold[];
  readonly stratify: boolean;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Kind and default score of the estimators that travel. */
const KINDS = new Map<unknown, Pick<PlainProblem, "estimator" | "scoring">>([
  ["MLPClassifier", { estimator: "classifier", scoring: "accuracy" }],
  ["MLPRegressor", { estimator: "regressor", scoring: "r2" }],
]);

/** The estimator as plain data. @throws OptionError for anything that does not travel */
function plainOf(subject: unknown): Pick<PlainProblem, "estimator" | "scoring"> & { options: Record<string, unknown> } {
  const { getConfig } = (subject ?? {}) as { getConfig?: () => { type?: unknown; options?: unknown } };
  const { type, options } = typeof getConfig === "function" ? getConfig.call(subject) : {};
  const kind = KINDS.get(type);
  if (!kind || !isPlainObject(options)) {
    const got = typeof subject === "function" ? "a function, which stays in this thread" : (type ?? show(subject));
    const remedy = "Give new MLPClassifier(options) or new MLPRegressor(options), or leave out executor";
    throw new OptionError(`${WHERE}: executor: expected an estimator whose options travel, got ${got}. ${remedy}.`);
  }
  const { onWarning: _, ...own } = options as Record<string, unknown>; // nobody is told there
  return { ...kind, options: toPlain(`${WHERE}: executor: options`, own, 0) as Record<string, unknown> };
}

/** The rule of the folds; `undefined` for folds that were given. */
function splitOf({ folds, stratify, shuffle, seed }: FoldsOptions): Split | undefined {
  return typeof folds === "number" ? { folds, seed, stratify, shuffle } : undefined;
}

/**
 * The score of each fold, as a function that throws where training failed; none where a signal came first.
 * @param dataset `null` for tables with text or missing cells
 * @throws OptionError for what does not travel; whatever the executor throws
 */
export async function scoreFolds(
  subject: unknown,
  dataset: Dataset | null,
  folds: readonly Fold[],
  options: FoldsOptions,
): Promise<((() => number) | undefined)[]> {
  const executor = checkExecutor(`${WHERE}: executor`, options.executor);
  const { options: own, ...kind } = plainOf(subject);
  if (!dataset || (kind.estimator === "classifier" && dataset.targetShape.length > 0)) {
    const expected = dataset ? "one class number per row" : "rows of numbers";
    const remedy = dataset ? "argMax(y, classes) turns one-hot rows into them" : "Transform the table first";
    throw new OptionError(`${WHERE}: executor: expected ${expected}. ${remedy}, or leave out executor.`);
  }
  const { x, y, sampleWeight, inputShape, targetShape } = dataset;
  const split = splitOf(options);
  const problem = { ...kind, x, y, sampleWeight, inputShape, targetShape, folds, ...(split && { split }) };
  const results = new Array<TaskResult | undefined>(folds.length).fill(undefined);
  const { signal = new AbortController().signal } = options;
  await execute({
    ...{ where: WHERE, executor, problem, signal },
    tasks: folds.map((_, fold) => ({ subject: { kind: "candidate", options: own }, fold })),
    onResult: ({ fold }, result) => {
      results[fold] = result;
    },
  });
  return results.map((result) => {
    if (!result) return undefined;
    return () => {
      if (result.error) throw raised(result.error);
      return result.score as number;
    };
  });
}
