/** Charts of points and lines: one or several panels under one heading and one legend. */
import {
  checkArguments,
  checkArrayLike,
  checkBoolean,
  checkNumber,
  DataError,
  OptionError,
  show,
} from "../base/errors.js";
import { type Area, dashFor, drawFrame, drawLegend, drawMarkers, type LegendEntry } from "./frame.js";
import { linePath, type Point } from "./marks.js";
import { type Axis, checkAxis, extentOf } from "./scale.js";
import { checkPicture, element, type PictureOptions, svgDocument, TITLE_HEIGHT } from "./svg.js";
import { colorClass } from "./theme.js";

/** Numbers at 0, 1, 2, …, or places. */
export type Points = ArrayLike<number> | ArrayLike<readonly [x: number, y: number]>;

/** A line, or a cloud of points. */
export interface Series {
  /** Series of one name share a colour and a place in the legend. */
  name: string;
  /** A NaN breaks a line. */
  points: Points;
  /** Dashed or not. @default by its place in the legend, so that lines can be told apart without colours */
  dashed?: boolean;
}

/** One chart of several. */
export interface Panel {
  title?: string;
  x?: Axis;
  y?: Axis;
  series: readonly Series[];
  /** A dashed line through the panel for comparison, such as that of guessing. */
  guide?: readonly [from: readonly [number, number], to: readonly [number, number]];
}

/** Options of `lineChart` and `scatterPlot`. */
export interface ChartOptions extends PictureOptions {
  /** A single chart; for several give `panels`. */
  series?: readonly Series[];
  x?: Axis;
  y?: Axis;
  panels?: readonly Panel[];
  /** Panels side by side. @default 1 */
  columns?: number;
}

const CHART_KEYS = ["series", "x", "y", "panels", "columns"];

/**
 * Lines through points, in one or several panels. `width` and `height` are those of a panel.
 * @returns an SVG document
 * @throws OptionError, DataError saying which series or option is wrong.
 */
export function lineChart(options: ChartOptions): string {
  checkArguments("lineChart", arguments, 1);
  return drawChart("lineChart", options, "line");
}

/**
 * Points in one or several panels, a marker of its own for each series. `width` and `height` are those of a panel.
 * @returns an SVG document
 * @throws OptionError, DataError saying which series or option is wrong.
 */
export function scatterPlot(options: ChartOptions): string {
  checkArguments("scatterPlot", arguments, 1);
  return drawChart("scatterPlot", options, "marker");
}

interface CheckedSeries extends Omit<Series, "points"> {
  readonly points: readonly Point[];
}

interface CheckedPanel extends Omit<Panel, "series"> {
  readonly series: readonly CheckedSeries[];
}

function drawChart(where: string, options: ChartOptions, kind: "line" | "marker"): string {
  checkPicture(where, options, CHART_KEYS);
  const { columns = 1, theme, title = kind === "line" ? "Line chart" : "Scatter plot" } = options;
  checkNumber(`${where}: columns`, columns, { min: 1, max: 12, integer: true });
  const panels = checkPanels(where, options);
  const across = Math.min(columns, panels.length);
  const { width = across > 1 ? 420 : 720, height = across > 1 ? 320 : 400 } = options;
  const entries = legendOf(panels, kind);
  const legend = drawLegend(entries.length > 1 ? entries : [], TITLE_HEIGHT, across * width);
  const header = TITLE_HEIGHT + legend.height;
  const drawn = panels.map((panel, i) => {
    const at = `translate(${(i % across) * width} ${header + Math.floor(i / across) * height})`;
    return element("g", { transform: at }, drawPanel(panel, entries, kind, width, height));
  });
  return svgDocument({
    title,
    description: options.description ?? describe(panels),
    theme,
    width: across * width,
    height: header + Math.ceil(panels.length / across) * height,
    body: [...legend.body, ...drawn],
  });
}

function checkPanels(where: string, { series, x, y, panels }: ChartOptions): CheckedPanel[] {
  if ((series === undefined) === (panels === undefined)) {
    throw new OptionError(`${where}: expected either series, for one chart, or panels, for several.`);
  }
  if (panels === undefined) return [checkPanel(where, { series: series ?? [], x: x ?? {}, y: y ?? {} })];
  if (x !== undefined || y !== undefined) throw new OptionError(`${where}: x and y: give each panel its own.`);
  if (!Array.isArray(panels) || panels.length === 0) {
    throw new OptionError(`${where}: panels: expected a list of at least one, got ${show(panels)}.`);
  }
  return panels.map((panel, i) => checkPanel(`${where}: panels[${i}]`, panel));
}

function checkPanel(where: string, panel: Panel): CheckedPanel {
  const { series, x = {}, y = {} } = panel ?? {};
  if (!Array.isArray(series) || series.length === 0) {
    throw new OptionError(`${where}: series: expected a list of at least one { name, points }, got ${show(series)}.`);
  }
  checkAxis(`${where}: x`, x);
  checkAxis(`${where}: y`, y);
  const checked = series.map((one, i) => checkSeries(`${where}: series[${i}]`, one, x, y));
  return { ...panel, x, y, series: checked };
}

function checkSeries(where: string, series: Series, x: Axis, y: Axis): CheckedSeries {
  if (typeof series?.name !== "string")
    throw new OptionError(`${where}: name: expected text, got ${show(series?.name)}.`);
  if (series.dashed !== undefined) checkBoolean(`${where}: dashed`, series.dashed);
  checkArrayLike(`${where}: points`, series.points);
  if (series.points.length === 0) throw new DataError(`${where}: points: expected at least one, got none.`);
  const points = Array.from(series.points as ArrayLike<unknown>, (point, i): Point => {
    const place = typeof point === "number" ? [i, point] : point;
    if (Array.isArray(place) && place.length === 2 && place.every((value) => typeof value === "number")) {
      return [logged(where, place[0], x, i), logged(where, place[1], y, i)];
    }
    throw new DataError(`${where}: points[${i}]: expected a number or [x, y], got ${show(point)}.`);
  });
  return { ...series, points };
}

function logged(where: string, value: number, { log = false }: Axis, i: number): number {
  if (!log || !(value <= 0)) return value;
  throw new DataError(`${where}: points[${i}]: expected a number above 0 on an axis with log, got ${value}.`);
}

/** One entry per name, in the order in which names appear. */
function legendOf(panels: readonly CheckedPanel[], kind: LegendEntry["kind"]): LegendEntry[] {
  const byName = new Map<string, boolean | undefined>();
  for (const { series } of panels) {
    for (const { name, dashed } of series) if (!byName.has(name)) byName.set(name, dashed);
  }
  return Array.from(byName, ([name, dashed], index) => ({ name, index, kind, dash: dashFor(index, dashed) }));
}

function drawPanel(
  panel: CheckedPanel,
  entries: readonly LegendEntry[],
  kind: "line" | "marker",
  width: number,
  height: number,
): string {
  const { x = {}, y = {}, series, guide, title } = panel;
  const every = series.flatMap(({ points }) => points);
  const frame = { x, y, xValues: every.map(([at]) => at), yValues: every.map(([, at]) => at), width, height };
  return drawFrame(title === undefined ? frame : { ...frame, title }, (area) => [
    ...(guide ? [drawGuide(area, guide)] : []),
    ...series.map((one) => {
      const entry = entries.find(({ name }) => name === one.name) as LegendEntry;
      return kind === "line"
        ? drawLine(area, one.points, entry)
        : drawMarkers(placed(area, one.points), entry.index, 4);
    }),
  ]);
}

function placed({ x, y }: Area, points: readonly Point[]): Point[] {
  return points.map(([a, b]) => [x.place(a), y.place(b)]);
}

/** A line; a single point, which would be none, is a dot. */
function drawLine(area: Area, points: readonly Point[], { index, dash }: LegendEntry): string {
  const path = linePath(placed(area, points));
  const isDot = points.filter((point) => point.every(Number.isFinite)).length === 1;
  if (isDot) return drawMarkers(placed(area, points), index, 3.5);
  return element("path", { class: `line ${colorClass("s", index)}`, "stroke-dasharray": dash, d: path });
}

function drawGuide({ x, y }: Area, [from, to]: NonNullable<Panel["guide"]>): string {
  const ends = { x1: x.place(from[0]), y1: y.place(from[1]), x2: x.place(to[0]), y2: y.place(to[1]) };
  return element("line", { class: "guide", ...ends });
}

function describe(panels: readonly CheckedPanel[]): string {
  const ofPanel = ({ title, series }: CheckedPanel) => {
    const lines = series.map(({ name, points }) => {
      const extent = extentOf(points.map(([, y]) => y));
      if (!extent) return `${name}: nothing to draw`;
      const [low, high] = extent.map((value) => Number(value.toPrecision(4)));
      return `${name}: ${points.length} points from ${low} to ${high}`;
    });
    return `${title ? `${title}: ` : ""}${lines.join("; ")}.`;
  };
  return panels.map(ofPanel).join(" ");
}
