/**
 * Parts as messages to other machines, whatever carries them: plain JSON with a version. Paths are relative to a folder
 * that each machine names for itself; nothing outside it is read or written.
 */

import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { counted } from "../base/counted.js";
import { checkNumber, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { sha256 } from "../jobs/dataFile.js";
import { JobError } from "../jobs/errors.js";
import { canonical, here } from "../jobs/messages.js";
import { version } from "../jobs/version.js";
import { now } from "../runtime/yield.js";
import { identityOf } from "./files.js";
import {
  fileOf,
  inOrder,
  type JobOptions,
  type Part,
  type PartResult,
  type ScoringJob,
  type ScoringTask,
} from "./job.js";
import type { ScoringLane } from "./lanes.js";

/** Goes up when messages change. */
const VERSION = 1;

/** A part for another machine. */
export interface ScoringMessage extends ScoringTask {
  readonly v: number;
  /** The version of simdgrad; workers must have the same. */
  readonly library: string;
}

/** The answer to a message. */
export interface ScoringReply {
  readonly v: number;
  readonly library: string;
  readonly host: string;
  readonly pid: number;
  readonly seconds: number;
  readonly part?: PartResult;
  /** Why there is no part: a fault of the model or of the file, which is the same on every machine. */
  readonly failed?: { readonly name: string; readonly message: string };
}

/** The path within a folder, with slashes. @throws OptionError for one outside */
async function within(where: string, root: string, path: string): Promise<string> {
  // What is yet to be written has no real path.
  const real = await realpath(path).catch(() => resolve(path));
  const inside = relative(root, real);
  if (inside !== "" && !isAbsolute(inside) && inside.split(sep)[0] !== "..") return inside.split(sep).join("/");
  const remedy = "Put it there, or name another folder: data";
  throw new OptionError(`${where}: ${show(path)} is not within ${show(root)}, which other machines see. ${remedy}.`);
}

/** @throws OptionError for files outside the folder */
export async function messagesOf(
  where: string,
  root: string,
  job: ScoringJob,
): Promise<(part: Part) => ScoringMessage> {
  const real = await realRoot(where, root);
  const [model, input, output] = await Promise.all(
    [job.model.path, job.input.path, job.output.path].map((path) => within(where, real, path)),
  );
  const own = {
    model: { ...job.model, path: model },
    input: { ...job.input, path: input },
    output: { ...job.output, path: output },
    options: job.options,
  };
  return (part) => ({ v: VERSION, library: version(), job: own, part });
}

async function realRoot(where: string, root: string): Promise<string> {
  return realpath(root).catch((cause: unknown) => {
    throw new OptionError(`${where}: data: there is no folder ${show(root)}. Name the one that all machines see.`, {
      cause,
    });
  });
}

/** The same for the same version, files, options and part, so that nothing is done twice. */
export const idOfMessage = (message: ScoringMessage) => `s${sha256(canonical(message)).slice(0, 31)}`;

/** @throws OptionError for anything but a path that goes down from a folder. */
function checkRelative(place: string, path: unknown): string {
  const isPlain = typeof path === "string" && !isAbsolute(path) && !path.includes("\\") && !path.includes("\0");
  const steps = isPlain ? path.split("/") : [""];
  if (steps.every((step) => step !== "" && step !== "." && step !== "..")) return path as string;
  throw new OptionError(`${place}: expected a path within the folder, got ${show(path)}`);
}

const isHash = (value: unknown) => /^[0-9a-f]{64}$/.test(String(value));

function checkNames(place: string, given: unknown): readonly string[] {
  if (Array.isArray(given) && given.every((name) => typeof name === "string")) return given;
  throw new OptionError(`${place}: expected names, got ${show(given)}`);
}

function checkOptions({ features, keep, strict, threshold }: JobOptions): JobOptions {
  if (threshold !== null) checkNumber("threshold", threshold, { above: 0, below: 1 });
  if (typeof strict !== "boolean") throw new OptionError(`strict: expected true or false, got ${show(strict)}`);
  const named = features === null ? null : checkNames("features", features);
  return { features: named, keep: checkNames("keep", keep), strict, threshold };
}

function checkRange(place: string, begin: number, end: number): void {
  checkNumber(`${place}: begin`, begin, { min: 0, integer: true });
  checkNumber(`${place}: end`, end, { min: begin, max: Number.MAX_SAFE_INTEGER, integer: true });
}

function checkJob({ model, input, output, options }: ScoringJob): ScoringJob {
  const { header } = input;
  for (const [place, { path }] of Object.entries({ model, input, output })) checkRelative(place, path);
  const areFormats = [input.format, output.format].every((format) => format === "parquet" || format === "csv");
  if (!isHash(model.sha256) || !isHash(input.sha256) || !areFormats) throw new OptionError("parts are missing");
  checkNumber("bytes", input.bytes, { min: 0, integer: true });
  if (header !== null) checkRange("header", header.begin, header.end);
  if (header !== null && !(typeof header.delimiter === "string" && header.delimiter.length === 1)) {
    throw new OptionError(`header: expected the sign between cells, got ${show(header.delimiter)}`);
  }
  return { model, input, output, options: checkOptions(options) };
}

/** @throws JobError for a message that this machine cannot do. */
export function readMessage(where: string, given: unknown): ScoringTask {
  const { v, library, job, part } = (given ?? {}) as ScoringMessage;
  if (library !== version() || v !== VERSION) {
    const got = `the job is of simdgrad ${show(library)}, messages ${show(v)}`;
    throw new JobError(`${where}: ${got}; this worker is ${version()}. Install the same version on all machines.`);
  }
  try {
    const { index, begin, end } = part;
    checkNumber("index", index, { min: 0, integer: true });
    checkRange("part", begin, end);
    return { job: checkJob(job), part: { index, begin, end } };
  } catch (error) {
    throw new JobError(`${where}: not a job of a scoring: ${(error as Error).message}`, { cause: error });
  }
}

/** Files whose hash was the one that it should be: their path, size and time. */
const verified = new Set<string>();

/** A path within the folder, links followed. @throws JobError */
async function resolved(where: string, root: string, path: string): Promise<string> {
  const joined = join(root, path);
  const real = await realpath(joined).catch((cause: unknown) => {
    const remedy = "Give the worker the folder of the scoring: --data";
    throw new JobError(`${where}: there is no ${show(path)} in ${show(root)}. ${remedy}.`, { cause });
  });
  if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
  throw new JobError(`${where}: ${show(path)} leads out of ${show(root)}, and is not opened. Remove the link.`);
}

/** The nearest folder that is there must be within the root, too. */
async function resolvedOutput(where: string, root: string, path: string): Promise<string> {
  for (let steps = path.split("/"); steps.length > 0; steps = steps.slice(0, -1)) {
    const isThere = await stat(join(root, ...steps)).catch(() => null);
    if (!isThere) continue;
    return join(await resolved(where, root, steps.join("/")), ...path.split("/").slice(steps.length));
  }
  return join(root, ...path.split("/"));
}

async function checkInput(where: string, path: string, { path: own, sha256: hash, bytes }: ScoringJob["input"]) {
  const { size, mtimeMs, ino } = await stat(path);
  const key = JSON.stringify([path, size, mtimeMs, ino, hash]);
  if (verified.has(key)) return;
  const found = size === bytes ? (await identityOf(path)).sha256 : `of ${counted(size, "byte")}`;
  if (found !== hash) {
    throw new JobError(`${where}: ${show(own)} is another file here: ${found}, not ${hash}. Copy it again.`);
  }
  verified.add(key);
}

/**
 * Does the part of a message with a lane of this machine, in a folder.
 * @throws JobError if this machine lacks the files, or they are others; another machine may have them.
 */
export async function runMessage(
  where: string,
  root: string | null,
  { job, part }: ScoringTask,
  lane: ScoringLane,
): Promise<ScoringReply> {
  if (root === null) {
    const remedy = "Start it with --data and the folder, or data of startWorker";
    throw new JobError(`${where}: this worker has no folder for scorings. ${remedy}.`);
  }
  const began = now();
  const real = await realRoot(where, root);
  const [model, input, output] = await Promise.all([
    resolved(where, real, job.model.path),
    resolved(where, real, job.input.path),
    resolvedOutput(where, real, job.output.path),
  ]);
  await checkInput(where, input, job.input);
  const own: ScoringJob = {
    model: { ...job.model, path: model },
    input: { ...job.input, path: input },
    output: { ...job.output, path: output },
    options: job.options,
  };
  const head = { v: VERSION, library: version(), ...here() };
  try {
    const result = await lane.run({ job: own, part });
    return { ...head, seconds: (now() - began) / 1000, part: result };
  } catch (error) {
    const { name, message } = error as Error;
    if (!["DataError", "FormatError", "OptionError"].includes(name)) throw error;
    return { ...head, seconds: (now() - began) / 1000, failed: { name, message } };
  }
}

/** @throws JobError for anything but the reply to such a message. */
export function readReply(job: ScoringJob, { index }: Part, given: unknown): ScoringReply {
  const reply = (isPlainObject(given) ? given : {}) as unknown as ScoringReply;
  const { v, library, part, failed } = reply;
  if (v !== VERSION || library !== version())
    throw new JobError(`expected a reply of ${version()}, got ${show(given)}`);
  if (typeof failed?.name === "string" && typeof failed.message === "string") return reply;
  const isPart =
    isPlainObject(part) &&
    part.index === index &&
    part.file === fileOf(part as unknown as Part, job.output.format) &&
    [part.rows, part.bytes].every((count) => Number.isSafeInteger(count) && (count as number) >= 0) &&
    isHash(part.sha256) &&
    isPlainObject(part.filled);
  if (!isPart) throw new JobError(`expected part ${index}, got ${show(part)}`);
  return { ...reply, part: inOrder(part) };
}
