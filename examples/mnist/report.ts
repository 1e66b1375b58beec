/** Results on the test images as tables: confusions between classes, and scores per class. */
import { type ClassificationReport, type ClassScores, type ConfusionMatrix, classificationReport } from "simdgrad";
import { table } from "simdgrad/plot";
import { count } from "./format.js";
import { type Colors, INDENT, type Terminal, visibleLength, wrap } from "./terminal.js";

/** Wider matrices are not printed, not even to a file. */
const MOST_CLASSES = 60;

interface Mistake {
  readonly label: number;
  readonly prediction: number;
  readonly times: number;
}

/** Pairs of classes that were confused, most frequent first. */
function mistakes({ classes, counts }: ConfusionMatrix): Mistake[] {
  return Array.from(counts, (times, i) => ({ label: Math.floor(i / classes), prediction: i % classes, times }))
    .filter(({ label, prediction, times }) => label !== prediction && times > 0)
    .sort((a, b) => b.times - a.times);
}

function matrixTable(colors: Colors, { classes, counts }: ConfusionMatrix, worst: readonly Mistake[]): string[] {
  const numbers = Array.from({ length: classes }, (_, i) => i);
  const isWorst = (label: number, prediction: number) =>
    worst.some((mistake) => mistake.label === label && mistake.prediction === prediction);
  const width = counts.reduce((most, times) => Math.max(most, count(times).length), 1);
  const cell = (label: number, prediction: number) => {
    const times = counts[label * classes + prediction];
    if (times === 0) return colors.dim("·".padStart(width));
    const text = count(times).padStart(width);
    if (label === prediction) return colors.green(text);
    return isWorst(label, prediction) ? colors.bold(colors.red(text)) : text;
  };
  const rows = numbers.map((label) => [String(label), ...numbers.map((prediction) => cell(label, prediction))]);
  return table(rows, { head: ["label", ...numbers.map(String)], dim: colors.dim }).split("\n");
}

/** The confusion matrix if it fits, and its largest entries in words. */
export function confusionLines({ colors, columns }: Terminal, matrix: ConfusionMatrix): string[] {
  const all = mistakes(matrix);
  const worst = all.slice(0, 4);
  const lines = matrix.classes <= MOST_CLASSES ? matrixTable(colors, matrix, worst.slice(0, 3)) : [];
  const fits = lines.length > 0 && INDENT + visibleLength(lines[1]) <= columns;
  const words = worst.map(({ label, prediction, times }) => `${label} for ${prediction} (${count(times)}×)`);
  const text = words.length > 0 ? `Most often mistaken: ${words.join(", ")}` : "No class is mistaken for another.";
  const summary = wrap(text, columns - INDENT);
  if (fits) return [...lines, "", ...summary];
  return [`The matrix of ${matrix.classes} × ${matrix.classes} is too wide to show.`, ...summary];
}

function scoreRow(name: string, { precision, recall, f1, support }: ClassScores): string[] {
  const digits = [precision, recall, f1].map((score) => score.toFixed(4));
  return [name, ...digits, count(support)];
}

/** Scores of each class, and their averages. */
function scoreTable(colors: Colors, { perClass, macroAverage, weightedAverage }: ClassificationReport): string[] {
  const lowest = Math.min(...perClass.map(({ f1 }) => f1));
  const rows = perClass.map((scores) => {
    const [name, precision, recall, f1, support] = scoreRow(scores.label, scores);
    return [name, precision, recall, scores.f1 === lowest ? colors.yellow(f1) : f1, support];
  });
  const averages = [scoreRow("macro average", macroAverage), scoreRow("weighted average", weightedAverage)];
  const head = ["class", "precision", "recall", "F1", "images"];
  const options = { head, footerRows: averages.length, gap: 3, dim: colors.dim };
  return table([...rows, ...averages], options).split("\n");
}

export function scoreLines(
  { colors }: Terminal,
  labels: Float32Array,
  predicted: Int32Array,
  classes: number,
): string[] {
  return scoreTable(colors, classificationReport(labels, predicted, { classes }));
}
