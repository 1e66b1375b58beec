/** The subjects of a search as checked plain data, each with its key. Knows options, not scores. */
import { checkKeys, OptionError, SimdgradError } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import type { Subject } from "../data/executor.js";
import { toPlain } from "../data/plain.js";
import { checkMLP, localOptions, type MLPOptions, optionNames } from "../estimators/options.js";
import type { CheckedRuntime } from "../model/options.js";
import type { EstimatorName } from "./scoring.js";
import type { Searched } from "./searched.js";
import { type Candidate, entriesOf } from "./space.js";

/** The class whose options are searched. */
const CLASSES = { classifier: "MLPClassifier", regressor: "MLPRegressor" } as const;

/** The part of the shared options that decides how models run. @throws OptionError for unknown options. */
export function checkShared(where: string, estimator: EstimatorName, options: MLPOptions): CheckedRuntime {
  const { runtime } = checkMLP(where, options, CLASSES[estimator]);
  checkTravels(where, options);
  return runtime;
}

/** @throws OptionError for the name of an option that no candidate can have. */
export function checkNames(where: string, { estimator, wrapped, builder }: Searched, space: unknown): void {
  const entries = entriesOf(where, space);
  if (builder) return;
  const names = optionNames(CLASSES[estimator]);
  // Those of steps are checked with their values.
  const own = wrapped ? entries.filter(([name]) => names.includes(name)) : entries;
  const named = Object.fromEntries(own);
  checkTravels(where, named);
  if ("wasm" in named) throw new OptionError(`${where}: wasm is not to be searched. Give it in options.`);
  checkKeys(where, named, names);
}

function checkTravels(where: string, options: object): void {
  const local = Object.keys(localOptions).find((name) => Object.hasOwn(options, name));
  if (local)
    throw new OptionError(`${where}: ${local} cannot travel to a worker. Use onTrial and signal of the search.`);
}

/** Number of subjects before the candidates. */
export const BASELINES = 2;

/**
 * The baselines, then the candidates. @throws OptionError where no candidate could be trained, or for options that are
 * not plain data.
 */
export function subjectsOf(where: string, searched: Searched, candidates: readonly Candidate[]): Subject[] {
  const { wasm: _, ...shared } = searched.options;
  const whole = candidates.map((candidate) => ({ ...shared, ...candidate }));
  if (!searched.builder) checkSome(where, searched, whole);
  return [
    { kind: "constant", options: {} },
    { kind: "linear", options: plainOptions(where, { ...shared, hiddenLayerSizes: [] }) },
    ...whole.map((candidate) => ({ kind: "candidate", options: plainOptions(where, candidate) }) as const),
  ];
}

/** A refused candidate is a result, but a search of nothing else is a mistake of the caller's. */
function checkSome(where: string, { estimator, wrapped }: Searched, candidates: readonly Candidate[]): void {
  let first: SimdgradError | null = null;
  for (const candidate of candidates) {
    try {
      if (wrapped) wrapped.check(candidate);
      else checkMLP(CLASSES[estimator], candidate, CLASSES[estimator]);
      return;
    } catch (error) {
      if (!(error instanceof SimdgradError)) throw error;
      first ??= error;
    }
  }
  if (first) throw new OptionError(`${where}: every candidate is refused. The first: ${first.message}`);
}

function plainOptions(where: string, options: Candidate): Candidate {
  return toPlain(where, options, 0) as Candidate;
}

/** Key text of a subject: the same whatever the order of its options. */
export function keyOf({ kind, options }: Subject): string {
  return JSON.stringify([kind, options], (_, value: unknown) =>
    isPlainObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}
