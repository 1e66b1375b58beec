/** Scores a file of any size in parts: plans, hands parts to lanes, keeps what is done, and writes the manifest. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DataError } from "../base/errors.js";
import { type Lane, schedule } from "../base/lanes.js";
import { readOptions } from "../base/options.js";
import { version } from "../jobs/version.js";
import { messageOf } from "../node/atomicFile.js";
import { sha256, watchFile } from "./files.js";
import type { JobOptions, Part, PartResult, ScoringJob } from "./job.js";
import { checkApart, Journal } from "./journal.js";
import { openScoringLanes } from "./lanes.js";
import type { Manifest } from "./manifest.js";
import { type CheckedScore, type ScoreOptions, scoreOptions } from "./options.js";
import { checkKept, type PlannedInput, planInput } from "./plan.js";
import { checkInputs, loadPredictor } from "./predictor.js";
import { freeNames } from "./table.js";

const WHERE = "scoreFile";

/** A scoring that has ended. */
export interface Scored {
  /** False if it was stopped by its signal; the same call goes on. */
  readonly isComplete: boolean;
  /** Rows that are scored, and of them those that were there before. */
  readonly rows: number;
  readonly oldRows: number;
  readonly parts: number;
  readonly totalParts: number;
  /** The contents of `manifest.json`; `null` if it was stopped. */
  readonly manifest: Manifest | null;
}

/** The model's hash, and the columns that it reads and gives. */
async function readModel(path: string, options: JobOptions) {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DataError(`${WHERE}: model: ${basename(path)} could not be read: ${messageOf(cause)}`, { cause });
  });
  const predictor = await loadPredictor(basename(path), bytes, options);
  predictor.dispose();
  const outputs = predictor.outputs.map(({ name }) => name);
  return {
    sha256: sha256(bytes),
    inputs: predictor.inputs,
    columns: [...options.keep, ...freeNames(outputs, options.keep)],
  };
}

async function lanesFor(
  job: ScoringJob,
  parts: readonly Part[],
  { executor, threads }: CheckedScore,
  signal: AbortSignal,
) {
  if (executor) return executor.openScoring(job, parts, { where: WHERE, signal });
  const lanes = await openScoringLanes(parts.length, threads);
  return lanes.map(
    (lane): Lane<Part, PartResult> => ({ run: (part) => lane.run({ job, part }), close: () => lane.close() }),
  );
}

/**
 * Scores a Parquet or CSV file of any size: predictions of a table model, or of a network, for each row. The file is cut
 * into parts: row groups of Parquet, or ranges of bytes that end where rows do. Each part becomes a file in the folder
 * `output`, written under a temporary name and renamed, and `manifest.json` at the end names them all with their SHA-256.
 * A scoring that was stopped or killed goes on from the parts that are there, if model, input and options are the same.
 * An input that changes meanwhile ends it.
 * The bytes are the same for any number of threads, and on other machines (`executor`).
 *
 * Memory holds a part for each thread: `partRows` rows of the columns that are read.
 *
 * @example
 * const { rows } = await scoreFile({ model: "model.safetensors", input: "big.parquet", output: "scored" });
 * @throws OptionError; DataError and FormatError naming the file and the place in it: row group and column, or line;
 * SimdgradError if a part cannot be written
 */
export async function scoreFile(options: ScoreOptions): Promise<Scored> {
  const checked = readOptions(WHERE, scoreOptions, options, arguments);
  const { model, input: path, output, keep = [], features = null, strict, threshold = null, partRows } = checked;
  await checkApart(WHERE, output, [path, model]);
  const own: JobOptions = { features, keep, strict, threshold };
  const facts = await readModel(model, own);
  const checkUnchanged = await watchFile(path);
  const planned = await planInput(path, partRows);
  const name = basename(path);
  checkInputs(name, facts.inputs, planned.names);
  checkKept(WHERE, name, keep, planned.names);
  for (const column of [...facts.inputs, ...keep]) planned.check(column);
  const format = checked.format ?? planned.input.format;
  const { path: _, header: __, ...identity } = planned.input;
  const journal = new Journal(WHERE, output, {
    manifest: 1,
    library: version(),
    model: { name: basename(model), sha256: facts.sha256 },
    input: { name, ...identity },
    ...{ format, columns: facts.columns, options: own, partRows },
  });
  const job: ScoringJob = {
    model: { path: model, sha256: facts.sha256 },
    input: planned.input,
    output: { path: output, format },
    options: own,
  };
  return scoreParts(job, { ...planned, checkUnchanged }, journal, checked);
}

async function scoreParts(
  job: ScoringJob,
  { parts, rows: allRows, input, checkUnchanged }: PlannedInput & { readonly checkUnchanged: () => Promise<void> },
  journal: Journal,
  checked: CheckedScore,
): Promise<Scored> {
  const { onProgress, signal = new AbortController().signal } = checked;
  const done = await journal.open(parts);
  const oldRows = [...done.values()].reduce((sum, part) => sum + part.rows, 0);
  const left = parts.filter(({ index }) => !done.has(index));
  const progress = { parts: done.size, rows: oldRows };
  let units = [...done.keys()].reduce((sum, index) => sum + parts[index].end - parts[index].begin, 0);
  const all = allRows ?? input.bytes;
  const now = () => ({ ...progress, oldRows, totalParts: parts.length, share: Math.min(1, units / all) });
  await onProgress?.(now());
  let writing = Promise.resolve();
  const onResult = async ({ begin, end }: Part, result: PartResult) => {
    done.set(result.index, result);
    writing = writing.then(checkUnchanged).then(() => journal.add(result));
    progress.parts++;
    progress.rows += result.rows;
    units += end - begin;
    const state = now(); // results that come while this one is written have states of their own
    await writing;
    await onProgress?.(state);
  };
  if (left.length > 0 && !signal.aborted) {
    const lanes = await lanesFor(job, left, checked, signal as AbortSignal);
    try {
      await schedule({ tasks: left, lanes, onResult, isOver: () => signal.aborted });
    } finally {
      for (const lane of lanes) await lane.close();
    }
  }
  const counts = { ...progress, oldRows, totalParts: parts.length };
  if (done.size < parts.length) return { ...counts, isComplete: false, manifest: null };
  const inOrder = parts.map(({ index }) => done.get(index) as PartResult);
  return { ...counts, isComplete: true, manifest: await journal.close(inOrder) };
}
