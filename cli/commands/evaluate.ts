/** `evaluate`: scores of a model for rows whose target is known. */

import type { TableModel } from "simdgrad/table";
import { misuse, OK } from "../failure.js";
import { nameOf, readModel, readTable, rowsOf } from "../files/tables.js";
import type { Io } from "../io.js";
import { Report } from "../ui/report.js";
import { confusionLines, scoreLines } from "../ui/scores.js";
import { count } from "../ui/text.js";
import { Summary } from "../ui/warnings.js";

export interface EvaluateFlags {
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Counts by true and predicted class. */
function countsOf(classes: readonly unknown[], truth: readonly unknown[], labels: readonly unknown[]): number[][] {
  const places = new Map(classes.map((label, i) => [String(label), i]));
  const counts = classes.map(() => new Array<number>(classes.length).fill(0));
  truth.forEach((label, row) => {
    const [i, j] = [places.get(String(label)), places.get(String(labels[row]))];
    if (i !== undefined && j !== undefined) counts[i][j]++;
  });
  return counts;
}

export async function evaluate(modelPath: string, dataPath: string, flags: EvaluateFlags, io: Io): Promise<number> {
  const report = new Report(io, flags);
  const data = await readTable(dataPath, io, (message) => report.warn(message));
  const model = await readModel(modelPath, flags.threads);
  const { target, classes } = model;
  if (!data.names.includes(target)) {
    throw misuse(
      `${nameOf(dataPath)} has no column ${JSON.stringify(target)}, which the model predicts. Without it: predict.`,
    );
  }
  const all = rowsOf(data);
  const rows = all.filter((row) => row[target] !== null && !Number.isNaN(row[target]));
  if (rows.length === 0) throw misuse(`${nameOf(dataPath)}: no row has a ${target}. Without it: predict.`);
  if (rows.length < all.length)
    report.warn(`${count(all.length - rows.length)} rows have no ${target} and are left out.`);
  const scores = await model.evaluate(rows);
  const predictions = model.predict(rows);
  const summary = new Summary();
  summary.add(predictions);
  for (const line of summary.lines(rows.length)) report.warn(line);
  report.section(`Scores of ${count(rows.length)} rows`, scoreLines(report.colors, scoresBeside(model, scores)));
  const labels = predictions.map((each) => ("label" in each ? each.label : each.value));
  const truth = rows.map((row) => row[target]);
  const confusionMatrix = classes ? countsOf(classes, truth, labels) : null;
  if (confusionMatrix && classes) report.section("Confusion", confusionLines(report.colors, classes, confusionMatrix));
  if (flags.json) {
    const facts = { target, task: model.task, classes, rows: rows.length, scores, confusionMatrix };
    report.json({ command: "evaluate", model: modelPath, data: nameOf(dataPath), ...facts });
  }
  model.dispose();
  return OK;
}

function scoresBeside(model: TableModel, scores: NonNullable<TableModel["scores"]>) {
  return { "these rows": scores, ...(model.scores && { "in training": model.scores }) };
}
