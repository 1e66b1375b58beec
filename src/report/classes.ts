/** The predictions of classes for the test rows, as pictures and tables. */
import { lineChart, type Series } from "../plot/chart.js";
import { confusionMatrixPlot } from "../plot/confusion.js";
import { element } from "../plot/svg.js";
import type { Theme } from "../plot/theme.js";
import type { ClassCurves, ClassEvaluation } from "../table/evaluation.js";
import type { TableModel } from "../table/tableModel.js";
import { type Cell, cut, data, paragraph, part, pictures, score, section, table, visible, words } from "./page.js";
import type { ShownRows } from "./results.js";

/** Names for pictures: short, and no two of them alike. */
function shortNames(classes: readonly unknown[]): string[] {
  const names = classes.map((label) => cut(visible(String(label)), 18));
  return names.map((name, i) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${cut(name, 12)} (${i + 1})`,
  );
}

/** More rows and columns than can be read. */
const MOST_CLASSES = 30;

const UNIT = { min: 0, max: 1 };
const SIZE = { width: 440, height: 420 };

/** The matrix, and precision and recall of each class. */
function confusionPart(
  matrix: readonly (readonly number[])[] | null,
  names: readonly string[],
  classes: readonly string[],
  theme: Theme,
): string {
  if (matrix === null || names.length > MOST_CLASSES) {
    return paragraph(words(`There are ${names.length} classes: too many for a confusion matrix that can be read.`));
  }
  const width = names.length;
  const rows = classes.map((label, i) => {
    const of = matrix[i].reduce((sum, count) => sum + count, 0);
    const as = matrix.reduce((sum, row) => sum + row[i], 0);
    const right = matrix[i][i];
    return [label, of, as, right, score(as === 0 ? 0 : right / as), score(of === 0 ? 0 : right / of)];
  });
  const picture = confusionMatrixPlot(
    { classes: width, counts: Int32Array.from(matrix.flat()) },
    { labels: [...names], theme, ...(width <= 6 && { width: 440 }) },
  );
  const perClass = table("Scores of each class", ["class", "rows", "predicted", "right", "precision", "recall"], rows);
  return pictures(picture) + perClass;
}

function curve(
  curves: readonly ClassCurves[],
  names: readonly string[],
  measure: (curves: ClassCurves) => readonly [points: ClassCurves["roc"], area: number],
): Series[] {
  return curves.map((each) => {
    const [points, area] = measure(each);
    return { name: `${names[each.class]}: ${area.toFixed(4)}`, points };
  });
}

/** A single series has no legend: its name joins the heading. */
const titled = (title: string, series: readonly Series[]) =>
  series.length === 1 ? `${title} ${series[0].name.slice(series[0].name.lastIndexOf(":") + 2)}` : title;

function curvesPart({ curves }: ClassEvaluation, names: readonly string[], theme: Theme): string {
  if (curves.length === 0) return "";
  const roc = curve(curves, names, ({ roc: points, rocAuc }) => [points, rocAuc]);
  const recall = curve(curves, names, ({ precisionRecall, averagePrecision }) => [precisionRecall, averagePrecision]);
  const guide: [[number, number], [number, number]] = [[0, 0], [1, 1]]; // biome-ignore format: one
  const rocAxes = { x: { label: "false positive rate", ...UNIT }, y: { label: "true positive rate", ...UNIT } };
  const recallAxes = { x: { label: "recall", ...UNIT }, y: { label: "precision", ...UNIT } };
  const rows = curves.map(({ class: label, rocAuc, averagePrecision }) => [
    names[label],
    score(rocAuc),
    score(averagePrecision),
  ]);
  return part(
    "ROC and precision-recall curves",
    pictures(
      lineChart({ ...SIZE, theme, title: titled("ROC curve: AUC", roc), panels: [{ ...rocAxes, series: roc, guide }] }),
      lineChart({
        ...SIZE,
        theme,
        title: titled("Precision-recall: average", recall),
        panels: [{ ...recallAxes, series: recall }],
      }),
    ),
    table("Areas under the curves", ["class", "ROC AUC", "average precision"], rows),
  );
}

const marked = (value: number): Cell => ({
  html: element("strong", { class: "own" }, data(value, value.toFixed(4))),
  isNumber: true,
});

function thresholdsPart(
  { thresholds, positives, negatives }: ClassEvaluation,
  own: number | null,
  name: string,
): string {
  if (thresholds.length === 0) return "";
  const rows = thresholds.map(({ threshold, truePositives, falsePositives }): Cell[] => {
    const predicted = truePositives + falsePositives;
    const [precision, recall] = [
      predicted === 0 ? 0 : truePositives / predicted,
      positives === 0 ? 0 : truePositives / positives,
    ];
    const f1 = predicted + positives === 0 ? 0 : (2 * truePositives) / (predicted + positives);
    const accuracy = (truePositives + negatives - falsePositives) / (positives + negatives);
    const shown = threshold === own ? marked(threshold) : score(threshold);
    return [shown, ...[precision, recall, f1, accuracy].map(score), predicted, truePositives, falsePositives];
  });
  const head = ["threshold", "precision", "recall", "F1", "accuracy", "predicted", "right", "wrong"];
  const told = `A row is predicted as ${name} from this probability on. The threshold of the model is marked.`;
  return part("Thresholds", paragraph(words(told)), table("Scores by threshold", head, rows));
}

function calibrationPart({ calibration }: ClassEvaluation, name: string | null, theme: Theme): string {
  if (calibration.length === 0) return "";
  const series = [
    { name: "model", points: calibration.map(({ predicted, observed }): [number, number] => [predicted, observed]) },
  ];
  const guide: [[number, number], [number, number]] = [[0, 0], [1, 1]]; // biome-ignore format: one
  const axes = { x: { label: "mean probability", ...UNIT }, y: { label: "share of rows", ...UNIT } };
  const rows = calibration.map(({ predicted, observed, rows }) => [score(predicted), score(observed), rows]);
  const what = name === null ? "that the prediction is right" : `of ${name}`;
  const told = `Rows are grouped by the probability ${what}. Where it can be trusted, it is met as often as it says: the curve follows the dashed line.`;
  return part(
    "Calibration",
    paragraph(words(told)),
    pictures(lineChart({ ...SIZE, theme, title: "Calibration", panels: [{ ...axes, series, guide }] })),
    table("Calibration", ["mean probability", "share of rows", "rows"], rows),
  );
}

export function classesSection(
  model: TableModel,
  { name, evaluation, confusionMatrix }: ShownRows<ClassEvaluation>,
  theme: Theme,
): string {
  const classes = model.classes ?? [];
  const names = shortNames(classes);
  const positive = classes.length === 2 ? names[1] : null;
  const mistakes = evaluation.mistakes.map(([truth, predicted, rows]) => [
    ...[String(classes[truth]), String(classes[predicted]), rows],
  ]);
  return section(
    "predictions",
    `Predictions for the ${name}`,
    part("Confusion matrix", confusionPart(confusionMatrix, names, classes.map(String), theme)),
    classes.length > 2 && mistakes.length > 0
      ? part("Most frequent mistakes", table("Most frequent mistakes", ["true class", "predicted", "rows"], mistakes))
      : "",
    curvesPart(evaluation, names, theme),
    positive === null ? "" : thresholdsPart(evaluation, model.threshold, positive),
    calibrationPart(evaluation, positive, theme),
  );
}
