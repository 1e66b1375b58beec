/** A search as a text table. Knows results, not how they came about. */
import { counted } from "../base/counted.js";
import { checkArguments, OptionError, show } from "../base/errors.js";
import type { Subject } from "../data/executor.js";
import type { PartialSearchResult, Trial } from "./result.js";
import { byRank } from "./scoreboard.js";
import type { EstimatorName } from "./scoring.js";

const NAMES: Readonly<Record<EstimatorName, Readonly<Record<Subject["kind"], string | null>>>> = {
  classifier: { linear: "linear model", constant: "most frequent class", candidate: null },
  regressor: { linear: "linear model", constant: "mean", candidate: null },
};

/** Candidates beyond this distance from 0 are written with a power of ten. */
const MOST_DIGITS = 1e5;

/**
 * The ranking as a text table, baselines in their places; failed candidates last, each with its reason.
 * @throws OptionError for anything that is not the result of a search, whole or partial.
 */
export function formatSearch(result: PartialSearchResult): string {
  checkArguments("formatSearch", arguments, 1);
  checkResult(result);
  const { estimator, scoring, trials, baselines, isComplete, seconds } = result;
  const all = [...trials, ...baselines].sort(byRank);
  const lines = all.map(
    (trial, i) => `${String(i + 1).padStart(4)}  ${formatTrial(trial, NAMES[estimator][trial.kind])}`,
  );
  const failed = trials.filter(({ error }) => error).length;
  const states = [failed > 0 ? `, ${failed} failed` : "", isComplete ? "" : ", not all candidates were tried"];
  const head = `rank  ${scoring}, mean and deviation over folds, training time, options`;
  return [head, ...lines, `${counted(trials.length, "candidate")} in ${seconds.toFixed(1)} s${states.join("")}`].join(
    "\n",
  );
}

function formatTrial({ options, mean, std, seconds, error }: Trial, name: string | null): string {
  const score = error ? "failed".padStart(9) : formatNumber(mean).padStart(9);
  const deviation = error ? "" : `± ${formatNumber(std)}`;
  const cells = [score, deviation.padEnd(8), `${seconds.toFixed(1)} s`, name ?? JSON.stringify(options)];
  const reason = error ? `  ${error.name}: ${error.message}`.replace(/\s*\n\s*/g, " ") : "";
  return cells.join("  ") + reason;
}

function formatNumber(value: number): string {
  return Math.abs(value) < MOST_DIGITS ? value.toFixed(4) : value.toPrecision(4);
}

/** @throws OptionError naming the part that cannot be written. */
function checkResult(result: PartialSearchResult): void {
  const where = "formatSearch";
  const { estimator, trials, baselines, seconds } = result ?? {};
  if (!Array.isArray(trials) || !Array.isArray(baselines) || !Object.hasOwn(NAMES, estimator) || !isNumber(seconds)) {
    throw new OptionError(
      `${where}: expected the result of a search, such as await gridSearch(…) gives, got ${show(result)}.`,
    );
  }
  for (const [part, list] of Object.entries({ trials, baselines })) {
    list.forEach((trial, i) => {
      if (!isTrial(trial))
        throw new OptionError(`${where}: ${part}[${i}]: expected a trial of a search, got ${show(trial)}.`);
    });
  }
}

function isTrial(value: unknown): boolean {
  const { kind, mean, std, seconds, error, options } = (value ?? {}) as Partial<Trial>;
  const isScored = isNumber(mean) && isNumber(std);
  const isFailed = typeof error?.name === "string" && typeof error.message === "string";
  const hasOptions = typeof options === "object" && options !== null;
  return Object.hasOwn(NAMES.classifier, kind ?? "") && hasOptions && isNumber(seconds) && (isFailed || isScored);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && !Number.isNaN(value);
}
