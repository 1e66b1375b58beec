/** Charts of points and lines: one or several panels under one heading and one legend. */
import { counted } from "../base/counted.js";
import { checkArguments, checkArrayLike, checkBoolean, DataError, OptionError, show } from "../base/errors.js";
import {
  type Given,
  type Kept,
  listOf,
  number,
  type Option,
  type OptionTable,
  optional,
  readOptions,
  text,
  via,
} from "../base/options.js";
import { type Area, dashFor, drawFrame, drawLegend, drawMarkers, type LegendEntry } from "./frame.js";
import { linePath, type Point } from "./marks.js";
import { type Axis, axisOption, extentOf } from "./scale.js";
import { element, type PictureOptions, pictureOptions, svgDocument, TITLE_HEIGHT } from "./svg.js";
import { colorClass } from "./theme.js";

/** Numbers at x = 0, 1, 2, …, or points [x, y]. */
export type Points = ArrayLike<number> | ArrayLike<readonly [x: number, y: number]>;

function checkPoints(where: string, points: unknown): readonly Point[] {
  checkArrayLike(where, points);
  const list = points as ArrayLike<unknown>;
  if (list.length === 0) throw new DataError(`${where}: expected at least one, got none.`);
  return Array.from(list, (point, i): Point => {
    const place = typeof point === "number" ? [i, point] : point;
    if (isPoint(place)) return [place[0], place[1]];
    throw new DataError(`${where}[${i}]: expected a number or [x, y], got ${show(point)}.`);
  });
}

function isPoint(place: unknown): place is Point {
  return Array.isArray(place) && place.length === 2 && place.every((value) => typeof value === "number");
}

/** Options that have a table of their own. */
// @__NO_SIDE_EFFECTS__
function tableOption<In extends object, T extends OptionTable>(table: T): Option<In, Kept<T>, "needed"> {
  return via<In, Kept<T>>((where, value) => readOptions(where, table, value as object));
}

const seriesOptions = {
  /** Series with the same name share a colour and a place in the legend. */
  name: text(),
  /** A NaN breaks a line. */
  points: via<Points, readonly Point[]>(checkPoints),
  /** True for a dashed line. @default by its place in the legend, so that lines can be told apart without colours */
  dashed: optional(via<boolean, boolean>(checkBoolean)),
};

/** A line, or a cloud of points. */
export interface Series extends Given<typeof seriesOptions> {}

/** The ends of a straight line. */
type Guide = readonly [from: readonly [number, number], to: readonly [number, number]];

function checkGuide(where: string, guide: unknown): Guide {
  if (Array.isArray(guide) && guide.length === 2 && guide.every(isPoint)) return [guide[0], guide[1]];
  throw new OptionError(`${where}: expected two places [[x, y], [x, y]], got ${show(guide)}.`);
}

const panelOptions = {
  /** Heading of the panel. @default none */
  title: optional(text()),
  /** The axis from left to right. @default {} */
  x: axisOption,
  /** The axis from bottom to top. @default {} */
  y: axisOption,
  /** Lines or clouds, at least one. */
  series: listOf(
    "a list of at least one { name, points }",
    tableOption<Series, typeof seriesOptions>(seriesOptions),
    1,
  ),
  /** A dashed line across the panel for comparison, such as that of guessing. @default none */
  guide: optional(via<Guide, Guide>(checkGuide)),
};

/** One chart of several. */
export interface Panel extends Given<typeof panelOptions> {}

interface CheckedPanel extends Kept<typeof panelOptions> {}

const chartOptions = {
  /** Lines or clouds of a single chart; for several give `panels`. */
  series: optional(panelOptions.series),
  /** The axis from left to right of a single chart. @default {} */
  x: optional(via<Axis, Axis>(axisOption.check)),
  /** The axis from bottom to top of a single chart. @default {} */
  y: optional(via<Axis, Axis>(axisOption.check)),
  /** Several charts, at least one. */
  panels: optional(listOf("a list of at least one", tableOption<Panel, typeof panelOptions>(panelOptions), 1)),
  /** Panels side by side. @default 1 */
  columns: number({ min: 1, max: 12, integer: true }, 1),
  ...pictureOptions,
};

/** Options of `lineChart` and `scatterPlot`. */
export interface ChartOptions extends PictureOptions, Given<typeof chartOptions> {}

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

function drawChart(where: string, options: ChartOptions, kind: "line" | "marker"): string {
  const checked = readOptions(where, chartOptions, options);
  const { columns, theme, title = kind === "line" ? "Line chart" : "Scatter plot" } = checked;
  const panels = checkPanels(where, checked);
  const across = Math.min(columns, panels.length);
  const { width = across > 1 ? 420 : 720, height = across > 1 ? 320 : 400 } = checked;
  const entries = legendOf(panels, kind);
  const legend = drawLegend(entries.length > 1 ? entries : [], TITLE_HEIGHT, across * width);
  const header = TITLE_HEIGHT + legend.height;
  const drawn = panels.map((panel, i) => {
    const at = `translate(${(i % across) * width} ${header + Math.floor(i / across) * height})`;
    return element("g", { transform: at }, drawPanel(panel, entries, kind, width, height));
  });
  return svgDocument({
    title,
    description: checked.description ?? describe(panels),
    theme,
    width: across * width,
    height: header + Math.ceil(panels.length / across) * height,
    body: [...legend.body, ...drawn],
  });
}

function checkPanels(where: string, { series, x, y, panels }: Kept<typeof chartOptions>): readonly CheckedPanel[] {
  if (panels === undefined && series !== undefined) {
    const panel = { series, x: x ?? {}, y: y ?? {} };
    checkLogs(where, panel);
    return [panel];
  }
  if (panels === undefined || series !== undefined) {
    throw new OptionError(`${where}: expected either series, for one chart, or panels, for several.`);
  }
  if (x !== undefined || y !== undefined) throw new OptionError(`${where}: x and y: give each panel its own.`);
  panels.forEach((panel, i) => {
    checkLogs(`${where}: panels[${i}]`, panel);
  });
  return panels;
}

/** @throws DataError for a point that has no place on an axis with log. */
function checkLogs(where: string, { x, y, series }: CheckedPanel): void {
  const axes = [x, y];
  series.forEach(({ points }, i) => {
    points.forEach((point, j) => {
      const bad = point.find((value, k) => axes[k].log && value <= 0);
      if (bad === undefined) return;
      const at = `series[${i}]: points[${j}]`;
      throw new DataError(`${where}: ${at}: expected a number above 0 on an axis with log, got ${bad}.`);
    });
  });
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
  const { x, y, series, guide, title } = panel;
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

function drawGuide({ x, y }: Area, [from, to]: Guide): string {
  const ends = { x1: x.place(from[0]), y1: y.place(from[1]), x2: x.place(to[0]), y2: y.place(to[1]) };
  return element("line", { class: "guide", ...ends });
}

function describe(panels: readonly CheckedPanel[]): string {
  const ofPanel = ({ title, series }: CheckedPanel) => {
    const lines = series.map(({ name, points }) => {
      const extent = extentOf(points.map(([, y]) => y));
      if (!extent) return `${name}: nothing to draw`;
      const [low, high] = extent.map((value) => Number(value.toPrecision(4)));
      return `${name}: ${counted(points.length, "point")} from ${low} to ${high}`;
    });
    return `${title ? `${title}: ` : ""}${lines.join("; ")}.`;
  };
  return panels.map(ofPanel).join(" ");
}
