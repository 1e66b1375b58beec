/** Predictions of a model with two inputs over the whole plane. */

import { contours } from "d3-contour";
import { counted } from "../base/counted.js";
import { checkArguments, DataError, OptionError, ShapeError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { notAModel } from "../base/notAModel.js";
import { type Given, number, readOptions, text } from "../base/options.js";
import { unawaited } from "../base/unawaited.js";
import { Dataset } from "../data/dataset.js";
import { type Area, clipped, drawFrame, drawLegend, drawMarkers } from "./frame.js";
import type { Point } from "./marks.js";
import { extentOf } from "./scale.js";
import { element, PIXELS, type PictureOptions, pictureOptions, round, svgDocument, TITLE_HEIGHT } from "./svg.js";
import { colorClass } from "./theme.js";

/** The subject: a model, or anything that predicts from rows of two numbers. */
export interface Predictor {
  /** Outputs for rows of x, row after row. */
  predict(x: Float32Array): ArrayLike<number>;
}

/** Options of `decisionBoundary`. */
const decisionBoundaryOptions = {
  /** Number of grid points along each axis. @default 80 */
  resolution: number({ min: 4, max: 1000, integer: true }, 80),
  /** For a model with one output: class 1 is above it. @default 0.5 */
  threshold: number({}, 0.5),
  ...pictureOptions,
  /** Heading, and the name that screen readers announce. @default "Decision boundary" */
  title: text("Decision boundary"),
  /** Pixels; the picture scales with its place on the page. @default 560 */
  width: number(PIXELS, 560),
  /** Pixels. @default 560 */
  height: number(PIXELS, 560),
};

/** Options of `decisionBoundary`. */
export interface DecisionBoundaryOptions
  extends Omit<PictureOptions, "title" | "width" | "height">,
    Given<typeof decisionBoundaryOptions> {}

/** Shades of a class: one more layer from each of these shares of the greatest certainty. */
const LAYERS = [0, 0.25, 0.5, 0.75];

/**
 * The regions of the plane that a model gives to each class, darker where it is surer, and the rows of a data set on
 * top. One output divides at `threshold`, several by the largest.
 * @param model takes two numbers per row. @param dataset rows of two numbers and their labels or one-hot targets.
 * @returns an SVG document
 * @throws ShapeError unless there are two inputs; OptionError.
 */
export function decisionBoundary(model: Predictor, dataset: Dataset, options: DecisionBoundaryOptions = {}): string {
  checkArguments("decisionBoundary", arguments, 3);
  const where = "decisionBoundary";
  const checked = readOptions(where, decisionBoundaryOptions, options);
  const { resolution, threshold, title, theme, width, height } = checked;
  checkInputs(where, model, dataset);
  const groups = groupRows(dataset);
  const [x, y] = [0, 1].map((column) => padded(dataset, column));
  const grid: Grid = { x: withBorder(x, resolution), y: withBorder(y, resolution), resolution: resolution + 2 };
  const margins = marginsOf(where, model, grid, threshold);
  const entries = Array.from(groups.keys(), (index) => ({
    name: dataset.classNames?.[index] ?? `class ${index}`,
    index,
    kind: "marker" as const,
  }));
  const legend = drawLegend(entries, TITLE_HEIGHT, width);
  const top = TITLE_HEIGHT + legend.height;
  const [xName, yName] = dataset.featureNames ?? ["x₁", "x₂"];
  const frame = drawFrame(
    {
      x: { label: xName, min: x[0], max: x[1] },
      y: { label: yName, min: y[0], max: y[1] },
      xValues: x,
      yValues: y,
      width,
      height: height - top,
    },
    (area) => [drawRegions(area, grid, margins), ...drawRows(area, groups)],
  );
  const rows = Array.from(groups, ([label, points]) => `${points.length} of class ${label}`).join(", ");
  const description =
    checked.description ?? `${counted(dataset.length, "row")}: ${rows}. Regions of ${margins.length} classes.`;
  const body = [...legend.body, element("g", { transform: `translate(0 ${top})` }, frame)];
  return svgDocument({ title, description, theme, width, height, body });
}

function checkInputs(where: string, model: Predictor, dataset: Dataset): void {
  if (typeof model?.predict !== "function") throw notAModel(where, "a model with predict()", model);
  if (!(dataset instanceof Dataset))
    throw new OptionError(`${where}: expected a Dataset, got ${show(dataset)}. Make it by Dataset.from({ x, y }).`);
  if (dataset.length > 0 && dataset.x.length === 2 * dataset.length) return;
  const inputs = dataset.x.length / dataset.length;
  throw new ShapeError(
    `${where}: expected rows of 2 numbers, which make a plane, got ${counted(dataset.length, "row")} of ${inputs}.`,
  );
}

/** Rows by class, classes in order. */
function groupRows({ x, y, length }: Dataset): Map<number, Point[]> {
  const width = y.length / length;
  const groups = new Map<number, Point[]>();
  for (let row = 0; row < length; row++) {
    const targets = y.subarray(row * width, (row + 1) * width);
    const label =
      width === 1 ? Math.max(0, Math.round(targets[0])) : targets.indexOf(targets.reduce((a, b) => Math.max(a, b)));
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label)?.push([x[2 * row], x[2 * row + 1]]);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}

/** The range of a column, with a margin so that no marker is cut. */
function padded({ x }: Dataset, column: number): readonly [number, number] {
  const [low, high] = extentOf(x.filter((_, i) => i % 2 === column)) ?? [0, 1];
  const margin = (high - low || 1) * 0.08;
  return [low - margin, high + margin];
}

/** The range with one more cell at each end: contours end unevenly in the last cell, which is clipped. */
function withBorder([low, high]: readonly [number, number], cells: number): readonly [number, number] {
  const cell = (high - low) / cells;
  return [low - cell, high + cell];
}

interface Grid {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly resolution: number;
}

/** The lead of each class over the best other class at each place, at most 1: above 0 where it wins. */
function marginsOf(where: string, model: Predictor, { x, y, resolution: n }: Grid, threshold: number): Float64Array[] {
  const at = ([low, high]: readonly [number, number], i: number) => low + ((i + 0.5) / n) * (high - low);
  const rows = Float32Array.from({ length: 2 * n * n }, (_, i) => {
    const place = i >> 1;
    return i % 2 === 0 ? at(x, place % n) : at(y, Math.floor(place / n));
  });
  const out = unawaited(model.predict(rows)) as ArrayLike<number>;
  if (kindOf(out) === "Promise") throw notAModel(where, "a model with predict()", model);
  const outputs = out.length / (n * n);
  if (outputs < 1 || !Number.isInteger(outputs)) {
    throw new ShapeError(
      `${where}: expected predict() to return whole rows for ${counted(n * n, "row")}, got ${counted(out.length, "value")}.`,
    );
  }
  checkOutputs(where, out);
  const score = (place: number, c: number) => {
    if (outputs > 1) return out[place * outputs + c];
    return c === 1 ? out[place] - threshold : threshold - out[place];
  };
  const classes = Math.max(outputs, 2);
  const margins = Array.from({ length: classes }, (_, c) =>
    Float64Array.from({ length: n * n }, (_, place) => {
      let best = -Infinity;
      for (let other = 0; other < classes; other++) if (other !== c) best = Math.max(best, score(place, other));
      return score(place, c) - best;
    }),
  );
  const largest = margins.reduce((most, values) => values.reduce((a, b) => Math.max(a, b), most), 0) || 1;
  return margins.map((values) => values.map((value) => value / largest));
}

function checkOutputs(where: string, out: ArrayLike<number>): void {
  const bad = Array.from(out).findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new DataError(`${where}: predict(): value ${bad}: expected a finite number, got ${show(out[bad])}.`);
}

function drawRegions(area: Area, grid: Grid, margins: readonly Float64Array[]): string {
  const { x, y } = area;
  const n = grid.resolution;
  const place = ([column, row]: readonly number[]) => {
    const a = x.place(grid.x[0] + (column / n) * (grid.x[1] - grid.x[0]));
    const b = y.place(grid.y[0] + (row / n) * (grid.y[1] - grid.y[0]));
    return `${round(a)} ${round(b)}`;
  };
  const path = (values: Float64Array, level: number) => {
    const [shape] = contours().size([n, n]).thresholds([level])(values as never);
    const rings = shape.coordinates.flat() as (readonly (readonly number[])[])[];
    return rings.map((ring) => `M${ring.map(place).join("L")}Z`).join("");
  };
  const shades = margins.flatMap((values, index) =>
    LAYERS.map((level) =>
      element("path", { class: colorClass("f", index), "fill-opacity": 0.13, d: path(values, level) }),
    ),
  );
  // For two classes, one outline shows the boundary of both.
  const outlined = margins.length === 2 ? margins.slice(1) : margins;
  const outlines = outlined.map((values) =>
    element("path", { class: "line ink", "stroke-opacity": 0.7, d: path(values, 0) }),
  );
  return clipped(
    area,
    [...shades, ...outlines].filter((drawn) => !drawn.includes('d=""')),
  );
}

function drawRows({ x, y }: Area, groups: ReadonlyMap<number, readonly Point[]>): string[] {
  return Array.from(groups, ([index, points]) =>
    drawMarkers(
      points.map(([a, b]) => [x.place(a), y.place(b)]),
      index,
      4,
    ),
  );
}
