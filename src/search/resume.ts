/** Checks the records in `resume` one by one. Knows forms and bounds, not training. */
import { checkNumber, OptionError, show } from "../base/errors.js";
import type { Failure, NetworkResult, PlainProblem, Subject } from "../data/executor.js";
import type { Recorded, Resumable } from "./result.js";
import { boundsOf } from "./scoring.js";
import { keyOf } from "./subjects.js";
import type { Problem } from "./trial.js";

/** Failures caused by options and data: trained again, they would fail again. */
const LASTING = ["NonFiniteError", "OptionError", "ShapeError", "DataError"];

/** The search that wants the scores: data and folds by their fingerprint, and subjects by their keys. */
export interface Expected {
  readonly problem: Problem;
  readonly fingerprint: string;
  readonly known: ReadonlySet<string>;
}

/**
 * Records by the key of their subject. Failures of the machine are dropped, so that they are tried again.
 * @throws OptionError for the result of another search, and for a record that this search cannot have made.
 */
export function readRecords(
  where: string,
  resume: Resumable,
  { problem, fingerprint, known }: Expected,
): Map<string, Recorded[]> {
  const isResult = typeof resume === "object" && resume !== null && Array.isArray(resume.records);
  if (!isResult || resume.fingerprint !== fingerprint) {
    const got = isResult ? `one of ${show(resume.fingerprint)} for ${fingerprint}` : show(resume);
    throw new OptionError(
      `${where}: resume: expected the result of this search on these data, got ${got}. ` +
        `Give the same data, folds, seed and scoring, or leave out resume.`,
    );
  }
  const found = new Map<string, Recorded[]>();
  for (let i = 0; i < resume.records.length; i++) {
    const at = `${where}: resume: records[${i}]`;
    const record = readRecord(at, resume.records[i], problem);
    const key = keyOf(record.subject);
    if (!known.has(key)) {
      throw new OptionError(
        `${at}: ${JSON.stringify(record.subject.options).slice(0, 200)} is not a candidate of this search. ` +
          `Give the same options, or leave out resume.`,
      );
    }
    const records = found.get(key) ?? [];
    if (records[record.fold]) throw new OptionError(`${at}: fold ${record.fold} of this candidate stands there twice.`);
    records[record.fold] = record;
    found.set(key, records);
  }
  return new Map([...found].map(([key, records]) => [key, records.filter(isLasting)]));
}

/** False for a failure of the machine, which is worth another try. */
export function isLasting({ error }: Pick<Recorded, "error">): boolean {
  return error === undefined || LASTING.includes(error.name);
}

/** @throws OptionError for anything but a result that this problem can have. */
export function readRecord(
  at: string,
  value: unknown,
  { folds, scoring }: Pick<PlainProblem, "folds" | "scoring">,
): Recorded {
  const { subject, fold, score, seconds, weights, network, error } = checkObject(at, value) as Partial<Recorded>;
  const { kind, options } = checkObject(`${at}: subject`, subject) as unknown as Subject;
  const counted = { min: 0, max: folds.length - 1, integer: true };
  const head = {
    subject: { kind, options: checkObject(`${at}: options`, options) as Subject["options"] },
    fold: checkNumber(`${at}: fold`, fold, counted),
    seconds: checkNumber(`${at}: seconds`, seconds, { min: 0 }),
    ...(weights === undefined ? {} : { weights: checkHash(`${at}: weights`, weights) }),
    ...(network === undefined ? {} : { network: checkNetwork(`${at}: network`, network) }),
  };
  if (error === undefined) return { ...head, score: checkNumber(`${at}: score`, score, boundsOf(scoring)) };
  if (score !== null) throw new OptionError(`${at}: score: expected null beside an error, got ${show(score)}.`);
  const { name, message } = checkObject(`${at}: error`, error) as unknown as Failure;
  return {
    ...head,
    score: null,
    error: { name: checkText(`${at}: error: name`, name), message: checkText(`${at}: error: message`, message) },
  };
}

function checkHash(at: string, value: unknown): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new OptionError(`${at}: expected the 64 digits of a hash, got ${show(value)}.`);
}

function checkNetwork(at: string, value: unknown): NetworkResult {
  const { loss, valLoss, file } = checkObject(at, value) as NetworkResult;
  const areLosses = [loss, valLoss].every((list) => Array.isArray(list) && list.every(Number.isFinite));
  if (areLosses && (file === undefined || typeof file === "string")) return { loss, valLoss, ...(file && { file }) };
  throw new OptionError(`${at}: expected losses by epoch, and a file as text, got ${show(value)}.`);
}

function checkObject(at: string, value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new OptionError(`${at}: expected an object, got ${show(value)}.`);
}

function checkText(at: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new OptionError(`${at}: expected text, got ${show(value)}.`);
}
