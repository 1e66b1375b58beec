/**
 * The seam between whoever wants trainings (searches, `crossValidate`, table models) and whoever does them: workers of
 * this machine, or other machines. Plain data, and the way of tasks through lanes. Knows no training.
 */
import {
  BackendError,
  DataError,
  NonFiniteError,
  OptionError,
  ShapeError,
  SimdgradError,
  show,
} from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import { type Lane, schedule } from "../base/lanes.js";
import type { Shape } from "../base/shape.js";
import type { Fold } from "./split.js";

/** The rule by which rows become folds: that many parts, or one held-out share. */
export interface Split {
  readonly folds?: number;
  readonly holdOut?: number;
  readonly seed: number;
  /** @default true for classifiers */
  readonly stratify?: boolean;
  /** @default true */
  readonly shuffle?: boolean;
}

/** Data that all tasks share; plain, so that workers can receive it. */
export interface PlainProblem {
  /** An estimator, or a network of a table model. */
  readonly estimator: "classifier" | "regressor" | "network";
  readonly scoring: string;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly sampleWeight: Float32Array | null;
  readonly inputShape: Shape;
  readonly targetShape: Shape;
  readonly folds: readonly Fold[];
  /** The rule that made the folds of these rows; they can be made again from it. */
  readonly split?: Split;
  /** Names what is around the network, if something is, and how candidates are built. */
  readonly around?: string;
  /** Facts about networks of a table model: plain data. */
  readonly network?: Readonly<Record<string, unknown>>;
  /** Compiled modules, for workers. */
  readonly wasm?: readonly unknown[];
}

/** A candidate to train, or a guess that needs no training. */
export interface Subject {
  /** A candidate, or one of the baselines: a model without hidden layers, and the same guess for every row. */
  readonly kind: "candidate" | "linear" | "constant";
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Task {
  readonly subject: Subject;
  /** Number of the fold to score on. */
  readonly fold: number;
}

/** The reason why a training or its score failed: name and message of the error, as plain data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** A trained network of a table model. */
export interface NetworkResult {
  /** Losses by epoch: of the rows that are trained on, and of those that the network is checked with. */
  readonly loss: readonly number[];
  readonly valLoss: readonly number[];
  /** The file of the network in Base64, where it was asked for. */
  readonly file?: string;
}

export interface TaskResult {
  /** `null` if the task failed. */
  readonly score: number | null;
  readonly seconds: number;
  /**
   * SHA-256 of the trained weights, in hexadecimal digits: the same on every machine. Only of estimators by name, and
   * where the engine has `crypto.subtle`, which pages without HTTPS lack.
   */
  readonly weights?: string;
  readonly network?: NetworkResult;
  /** The reason, if it failed. */
  readonly error?: Failure;
}

/** Facts about the work that an executor is for. */
export interface ExecutorContext {
  /** The name of the search, for messages. */
  readonly where: string;
  /** Aborted when no task may begin any more: by the caller's signal, or because time ran out. */
  readonly signal: Signal;
}

/**
 * Trains tasks. A lane runs one task at a time and gives its result, whatever the machine: `runTask` of
 * `simdgrad/search` computes it. Problem, tasks and results are plain data. A failure of a candidate is a result;
 * an error that a lane throws ends the work.
 */
export interface Executor {
  /** Lanes for these tasks, of which there is at least one; whoever asked closes them. */
  open(
    problem: PlainProblem,
    tasks: readonly Task[],
    context: ExecutorContext,
  ): Promise<readonly Lane<Task, TaskResult>[]>;
}

/** @throws OptionError for anything without the method `open`. */
export function checkExecutor(where: string, given: unknown): Executor {
  if (typeof (given as Partial<Executor> | null)?.open === "function") return given as Executor;
  const example = "localExecutor() of simdgrad/search, or bullExecutor({ queue, connection }) of simdgrad/bullmq";
  throw new OptionError(`${where}: expected an executor such as ${example}, got ${show(given)}.`);
}

/** Lanes of an executor. @throws OptionError for anything but lanes */
export async function lanesOf(
  executor: Executor,
  problem: PlainProblem,
  tasks: readonly Task[],
  context: ExecutorContext,
): Promise<readonly Lane<Task, TaskResult>[]> {
  const lanes = await executor.open(problem, tasks, context);
  if (Array.isArray(lanes) && lanes.length > 0) return lanes;
  throw new OptionError(`${context.where}: executor: expected open to give at least one lane, got ${show(lanes)}.`);
}

/** Work for an executor. */
export interface Execution extends ExecutorContext {
  readonly executor: Executor;
  readonly problem: PlainProblem;
  readonly tasks: readonly Task[];
  /** Called in the order in which tasks finish. */
  readonly onResult: (task: Task, result: TaskResult) => unknown;
}

/** Has the tasks done; false if the signal ended that. */
export async function execute({ executor, problem, tasks, onResult, ...context }: Execution): Promise<boolean> {
  const { signal } = context;
  if (tasks.length === 0 || signal.aborted) return tasks.length === 0;
  const lanes = await lanesOf(executor, problem, tasks, context);
  try {
    return await schedule({ tasks, lanes, onResult, isOver: () => signal.aborted });
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

const ERRORS = { BackendError, DataError, NonFiniteError, OptionError, ShapeError };

/** The error that a failure was made of. */
export function raised({ name, message }: Failure): Error {
  const Known = new Map<string, new (message: string) => Error>(Object.entries(ERRORS)).get(name);
  if (Known) return new Known(message);
  return Object.assign(new SimdgradError(message), { name });
}
