/**
 * Jobs and results as plain JSON with a version, and their checks: the messages between a search and the machines that
 * train for it, whatever carries them.
 */
import { hostname } from "node:os";
import { checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import type { NetworkResult, PlainProblem, Task, TaskResult } from "../data/executor.js";
import { readRecord } from "../search/resume.js";
import { fingerprintOf } from "../search/scoreboard.js";
import { scorings } from "../search/scoring.js";
import type { Problem } from "../search/trial.js";
import { checkNetwork, checkNetworkOptions } from "../table/networkTask.js";
import { type DataRef, sha256 } from "./dataFile.js";
import { JobError } from "./errors.js";
import { version } from "./version.js";

/** Goes up when messages change. */
const VERSION = 1;

/** The data of a job. */
export interface JobData {
  readonly v: number;
  /** The version of simdgrad that the search has; workers must have the same. */
  readonly library: string;
  readonly data: DataRef;
  readonly problem: Pick<PlainProblem, "estimator" | "scoring" | "network"> & {
    readonly split: NonNullable<PlainProblem["split"]>;
    /** Fingerprint of data, folds and scoring together. */
    readonly fingerprint: string;
  };
  readonly task: Task;
}

/** The result of a job. */
export interface JobResult {
  readonly v: number;
  readonly library: string;
  readonly host: string;
  readonly pid: number;
  readonly seconds: number;
  readonly score: number | null;
  /** SHA-256 of the trained weights. */
  readonly weights?: string;
  readonly network?: NetworkResult;
  /** Why there is no score: a result, as it would be the same on every machine. */
  readonly failed?: { readonly name: string; readonly message: string };
}

/** The part of jobs that all tasks of a search share. @throws OptionError for problems that do not travel */
export function sharedOf(where: string, problem: PlainProblem, data: DataRef): Omit<JobData, "task"> {
  const { estimator, scoring, split, network } = problem;
  if ((problem as Problem).builder) {
    const remedy = 'Give estimator: "classifier" or "regressor" by name and its options, or leave out executor';
    throw new OptionError(`${where}: executor: other machines run no modules of programs. ${remedy}.`);
  }
  if (!split) {
    const remedy = "Give folds as a number, with stratify, shuffle and seed, or leave out executor";
    throw new OptionError(`${where}: executor: other machines make the folds again, from their number. ${remedy}.`);
  }
  const fingerprint = fingerprintOf(problem);
  const own = { estimator, scoring, split, fingerprint, ...(network && { network }) };
  return { v: VERSION, library: version(), data, problem: own };
}

/** @throws OptionError for options whose results depend on the machine. */
export function checkTask(where: string, { subject }: Task, remedy = "Leave it out, or leave out executor"): void {
  if (subject.options.deterministic !== false) return;
  const reason = "bits would depend on the machine, and a job that is done twice could not be checked";
  throw new OptionError(`${where}: deterministic: false: ${reason}. ${remedy}.`);
}

/** JSON with sorted keys: the same text for the same value. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    isPlainObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

/** The same for the same version, data and task, so that nothing is computed twice. */
export function idOf(job: JobData): string {
  return `t${sha256(canonical(job)).slice(0, 31)}`;
}

/** The machine and process that work here, for messages. */
export const here = () => ({ host: hostname(), pid: process.pid });

/** @throws JobError for a job that this worker cannot do. */
export function readJob(where: string, given: unknown): JobData {
  const { v, library, data, problem, task } = (given ?? {}) as JobData;
  if (library !== version() || v !== VERSION) {
    const got = `the job is of simdgrad ${show(library)}, messages ${show(v)}`;
    throw new JobError(`${where}: ${got}; this worker is ${version()}. Install the same version on all machines.`);
  }
  try {
    const { estimator, scoring, split, fingerprint, network } = problem;
    checkName("estimator", estimator, [...Object.keys(scorings), "network"]);
    if (estimator === "network") checkNetwork("network", network);
    else checkName("scoring", scoring, Object.keys(scorings[estimator]));
    checkName("kind", task.subject.kind, ["candidate", "linear", "constant"]);
    checkNumber("fold", task.fold, { min: 0, integer: true });
    const isWhole = isPlainObject(split) && isPlainObject(task.subject.options) && typeof fingerprint === "string";
    if (!isWhole || !/^[0-9a-f]{64}$/.test(data.sha256)) throw new OptionError("parts are missing");
    if (estimator === "network") checkNetworkOptions("options", task.subject.options);
    checkTask("task", task);
  } catch (error) {
    throw new JobError(`${where}: not a job of a search: ${(error as Error).message}`, { cause: error });
  }
  return { v, library, data, problem, task };
}

export function resultOf({ score, seconds, weights, network, error }: TaskResult): JobResult {
  const head = { v: VERSION, library: version(), ...here(), score, seconds };
  return { ...head, ...(weights && { weights }), ...(network && { network }), ...(error && { failed: error }) };
}

/** @throws JobError for anything but the result of such a task. */
export function readResult(problem: Pick<PlainProblem, "folds" | "scoring">, task: Task, given: unknown): TaskResult {
  const { v, library, score, seconds, weights, network, failed } = (isPlainObject(given) ? given : {}) as JobResult;
  try {
    if (v !== VERSION || library !== version())
      throw new OptionError(`expected a result of ${version()}, got ${show(given)}`);
    const record = {
      ...task,
      score,
      seconds,
      ...(weights && { weights }),
      ...(network && { network }),
      ...(failed && { error: failed }),
    };
    const { subject: _s, fold: _f, ...result } = readRecord("result", record, problem);
    return result;
  } catch (error) {
    throw new JobError((error as Error).message, { cause: error });
  }
}
