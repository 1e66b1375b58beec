/** The findings of a data check, and their printed form. */
import { checkArguments, DataError, show } from "../base/errors.js";

/** Severity: training fails; it works badly or misleads; or it is worth knowing. */
export type Severity = "error" | "warning" | "info";

/** Every code a finding may have. */
export const findingCodes = [
  "raggedRows",
  "notFinite",
  "doesNotFit",
  "tooFewRows",
  "constantColumns",
  "mergedValues",
  "unscaledColumns",
  "unscaledTargets",
  "unreachableTargets",
  "lastLayer",
  "classImbalance",
  "missingClasses",
  "sortedLabels",
  "duplicateRows",
  "conflictingRows",
  "leakedRows",
  "classesOnlyInValidation",
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** One thing that `model.check` has found. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The fault. */
  readonly message: string;
  /** The way to mend it. */
  readonly remedy: string;
}

const order: readonly Severity[] = ["error", "warning", "info"];

/** The worst first. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return order.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

/**
 * Findings as text, the worst first: one line for the fault, and one for the remedy.
 * @throws DataError for anything else.
 */
export function formatFindings(findings: readonly Finding[]): string {
  checkArguments("formatFindings", arguments, 1);
  const isFinding = (finding: Finding | null) => findingCodes.includes(finding?.code as FindingCode);
  if (!Array.isArray(findings) || !findings.every(isFinding)) {
    throw new DataError(`formatFindings: expected what model.check(data) returned, got ${show(findings)}.`);
  }
  if (findings.length === 0) return "Nothing was found that would stand in the way of training.";
  const lines = bySeverity(findings).map(({ severity, code, message, remedy }) => {
    return `${severity.padEnd(7)}  ${code}: ${message}\n         → ${remedy}`;
  });
  return lines.join("\n");
}

/** `1 row repeats`, `3 rows repeat`: that many, with the words for one and for any other number. */
export function count(items: readonly unknown[], one: string, others: string): string {
  return `${items.length} ${items.length === 1 ? one : others}`;
}

/** `row 3`, `rows 3, 5, 8 and 12 more`. */
export function named(noun: "row" | "column", numbers: readonly number[]): string {
  return `${noun}${numbers.length === 1 ? "" : "s"} ${list(numbers)}`;
}

/** Numbers of rows or names of columns as words: `3, 5, 8 and 12 more`. */
export function list(names: readonly (number | string)[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
