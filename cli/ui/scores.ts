/** Scores, confusion and importance of a model, as lines. */
import type { TableModel, TableScores } from "simdgrad/table";
import type { Colors } from "../io.js";
import { bar, count, decimal, shown, table } from "./text.js";

const BAR = 24;
const MOST_CLASSES = 12;
const MOST_COLUMNS = 15;

/** A row for each score, a column for each model. */
export function scoreLines(colors: Colors, models: Readonly<Record<string, TableScores>>): string[] {
  const entries = Object.entries(models);
  const scores = [...new Set(entries.flatMap(([, own]) => Object.keys(own)))];
  const value = (own: TableScores, score: string) => (score in own ? decimal(own[score]) : "-");
  const rows = scores.map((score) => [
    score,
    ...entries.map(([, own], i) => (i === 0 ? colors.bold(value(own, score)) : value(own, score))),
  ]);
  return table([["", ...entries.map(([name]) => name)].map((cell) => colors.dim(cell)), ...rows]);
}

/** A row of counts for each true class. */
export function confusionLines(
  colors: Colors,
  classes: readonly unknown[],
  counts: readonly (readonly number[])[],
): string[] {
  if (classes.length > MOST_CLASSES) return [];
  const names = classes.map((label) => shown(String(label), 16));
  const head = ["true", ...names.map((name) => `as ${name}`)].map((cell) => colors.dim(cell));
  const rows = counts.map((row, i) => [
    names[i],
    ...row.map((n, j) => (i === j ? colors.green(count(n)) : n > 0 ? colors.red(count(n)) : colors.dim("0"))),
  ]);
  return table([head, ...rows]);
}

export function importanceLines(colors: Colors, importance: NonNullable<TableModel["importance"]>): string[] {
  const entries = Object.entries(importance);
  const most = entries.reduce((largest, [, value]) => Math.max(largest, value), 0);
  const rows = entries
    .slice(0, MOST_COLUMNS)
    .map(([name, value]) => [shown(name, 32), colors.cyan(bar(most > 0 ? value / most : 0, BAR)), decimal(value)]);
  const rest = entries.length - rows.length;
  return [...table(rows, "left"), ...(rest > 0 ? [colors.dim(`and ${rest} more`)] : [])];
}

/** The trials of a choice, the best first. */
export function trialLines(colors: Colors, trials: TableModel["trials"], most: number): string[] {
  const head = ["hidden layers", "l2", "dropout", "learning rate", "epochs", "loss"].map((cell) => colors.dim(cell));
  const rows = trials
    .slice(0, most)
    .map(({ hiddenLayerSizes, l2, dropout, learningRate, epochs, loss }) => [
      hiddenLayerSizes.length === 0 ? "none (linear)" : hiddenLayerSizes.join(", "),
      ...[l2, dropout, learningRate, epochs].map(String),
      loss === null ? "-" : decimal(loss),
    ]);
  return table([head, ...rows]);
}
