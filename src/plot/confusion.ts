/** The confusion matrix as a picture: shades by share of the row, counts and shares as text. */
import { checkArguments, checkKeys, OptionError, show } from "../base/errors.js";
import { type Given, number, optional, readOptions, text, unchecked } from "../base/options.js";
import type { ConfusionMatrix, WeightedConfusionMatrix } from "../specs/metrics/confusionMatrix.js";
import { classNames, isConfusionMatrix, showCount } from "../specs/metrics/confusionMatrix.js";
import { element, type LookOptions, lookOptions, PIXELS, svgDocument, TITLE_HEIGHT, textWidth, words } from "./svg.js";

/** Options of `confusionMatrixPlot`. */
const confusionMatrixPlotOptions = {
  /** One name per class. @default "0", "1", … */
  labels: optional(unchecked<readonly string[]>()),
  ...lookOptions,
  /** Heading, and the name that screen readers announce. @default "Confusion matrix" */
  title: text("Confusion matrix"),
  /**
   * Pixels; cells are squares that share the room left by names; the height follows. @default as names and counts need
   */
  width: optional(number(PIXELS)),
};

/** Options of `confusionMatrixPlot`. */
export interface ConfusionMatrixPlotOptions
  extends Omit<LookOptions, "title">,
    Given<typeof confusionMatrixPlotOptions> {}

type Matrix = ConfusionMatrix | WeightedConfusionMatrix;

/** More cells would be too small to see. */
const MOST_CLASSES = 100;

/**
 * True classes down, predicted ones across; each cell is shaded by its share of the row and shows its count.
 * @param matrix the result of `confusionMatrix`. @returns an SVG document
 * @throws OptionError unless `labels` names each class, or for more than 100 classes.
 */
export function confusionMatrixPlot(matrix: Matrix, options: ConfusionMatrixPlotOptions = {}): string {
  checkArguments("confusionMatrixPlot", arguments, 2);
  const where = "confusionMatrixPlot";
  const checked = readOptions(where, confusionMatrixPlotOptions, options);
  const { classes, counts } = checkMatrix(where, matrix);
  const { title, theme } = checked;
  const names = classNames(where, classes, checked.labels);
  const longest = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  const mostDigits = Array.from(counts, (count) => showCount(count).length).reduce((most, n) => Math.max(most, n), 0);
  const wanted = Math.max(classes > 30 ? 12 : 36, mostDigits * 8 + 12, Math.min(longest + 10, classes > 6 ? 60 : 130));
  const [left, top] = [Math.round(48 + longest), TITLE_HEIGHT + 52];
  const cell = checked.width ? (checked.width - left - 20) / classes : wanted;
  const hasNumbers = cell >= mostDigits * 7.5;
  const isTurned = longest > cell - 4;
  const labelRoom = isTurned ? longest * 0.75 : 0;
  const grid = { left, top: top + labelRoom, cell };
  const cells = Array.from(counts, (count, i) =>
    drawCell(grid, count, i, rowTotal(matrix, Math.floor(i / classes)), classes, hasNumbers),
  );
  const across = names.map((name, i) => {
    const [x, y] = [left + (i + 0.5) * cell, grid.top - 8];
    const turn = isTurned ? { transform: `rotate(-45 ${x} ${y})` } : { class: "middle" };
    return words(name, x, y, turn);
  });
  const down = names.map((name, i) => words(name, left - 8, grid.top + (i + 0.5) * cell + 4, { class: "end" }));
  const middle = grid.top + (classes * cell) / 2;
  const axes = [
    words("predicted class", left + (classes * cell) / 2, TITLE_HEIGHT + 18, { class: "soft middle" }),
    words("true class", 28, middle, { class: "soft middle", transform: `rotate(-90 28 ${middle})` }),
  ];
  const right = isTurned ? Math.max(20, longest * 0.75 - cell / 2 + 12) : 20;
  const width = Math.max(left + classes * cell + right, textWidth(title, 18) + 40);
  const description = checked.description ?? describe(matrix, names);
  const body = [...axes, ...across, ...down, ...cells];
  return svgDocument({ title, description, theme, width, height: grid.top + classes * cell + 20, body });
}

function checkMatrix(where: string, matrix: unknown): Matrix {
  if (!isConfusionMatrix(matrix)) {
    throw new OptionError(`${where}: expected what confusionMatrix() returns, got ${show(matrix)}.`);
  }
  checkKeys(where, matrix, ["classes", "counts"]);
  if (matrix.classes <= MOST_CLASSES) return matrix;
  throw new OptionError(
    `${where}: expected at most ${MOST_CLASSES} classes, got ${matrix.classes}: no one could see more.`,
  );
}

function rowTotal({ classes, counts }: Matrix, row: number): number {
  let sum = 0;
  for (let i = row * classes; i < (row + 1) * classes; i++) sum += counts[i];
  return sum;
}

interface Grid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
}

function drawCell(
  { left, top, cell }: Grid,
  count: number,
  i: number,
  total: number,
  classes: number,
  hasNumber: boolean,
): string {
  const [row, column] = [Math.floor(i / classes), i % classes];
  const share = total === 0 ? 0 : count / total;
  const [x, y] = [left + column * cell, top + row * cell];
  const opacity = count === 0 ? 0 : 0.08 + 0.92 * share;
  const size = { x, y, width: cell, height: cell };
  const shade = element("rect", { class: "f0", ...size, "fill-opacity": opacity });
  const border = element("rect", { class: "frame", ...size, "stroke-width": row === column ? 2 : 1 });
  const look = `middle${opacity > 0.7 ? " onDark" : count === 0 ? " soft" : ""}`;
  const number = hasNumber ? words(showCount(count), x + cell / 2, y + cell / 2 + 4.5, { class: look }) : "";
  return shade + border + number;
}

function describe({ classes, counts }: Matrix, names: readonly string[]): string {
  let right = 0;
  let all = 0;
  let worst = -1;
  counts.forEach((count, i) => {
    all += count;
    if (i % (classes + 1) === 0) right += count;
    else if (count > (worst < 0 ? 0 : counts[worst])) worst = i;
  });
  const most = worst < 0 ? "No class is mistaken for another." : mistake(names, worst, counts[worst]);
  return `${showCount(right)} of ${showCount(all)} rows are right. ${most}`;
}

function mistake(names: readonly string[], i: number, times: number): string {
  const [label, prediction] = [names[Math.floor(i / names.length)], names[i % names.length]];
  return `Most often, ${times === 1 ? "once" : `${showCount(times)} times`}, ${label} is taken for ${prediction}.`;
}
