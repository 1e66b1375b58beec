/** Histograms: counts of values by range. d3-array chooses the bins. */
import { bin, extent } from "d3-array";
import { checkArguments, checkArrayLike, DataError, show } from "../base/errors.js";
import { type Given, number, optional, readOptions, text } from "../base/options.js";
import { drawFrame } from "./frame.js";
import { type Axis, axisOption, plainNumber } from "./scale.js";
import { element, PIXELS, type PictureOptions, pictureOptions, svgDocument, TITLE_HEIGHT } from "./svg.js";

/** Options of `histogram`. */
const histogramOptions = {
  /** Approximate number of bins; their edges are round numbers. @default Sturges's rule: 1 + log₂ n */
  bins: optional(number({ min: 1, max: 1000, integer: true })),
  /** The axis of the values. @default {} */
  x: axisOption,
  ...pictureOptions,
  /** Heading, and the name that screen readers announce. @default "Histogram" */
  title: text("Histogram"),
  /** Pixels; the picture scales with its place on the page. @default 640 */
  width: number(PIXELS, 640),
  /** Pixels. @default 360 */
  height: number(PIXELS, 360),
};

/** Options of `histogram`. */
export interface HistogramOptions
  extends Omit<PictureOptions, "title" | "width" | "height">,
    Given<typeof histogramOptions> {}

/**
 * Bars of counts of values, such as weights or residuals.
 * @param values [n] numbers. @returns an SVG document
 * @throws DataError naming a value that is not finite, or if there are no values; OptionError.
 */
export function histogram(values: ArrayLike<number>, options: HistogramOptions = {}): string {
  checkArguments("histogram", arguments, 2);
  const where = "histogram";
  const checked = readOptions(where, histogramOptions, options);
  const { title, theme, width, height, bins, x } = checked;
  const counted = countBins(where, values, bins);
  const highest = counted.reduce((most, { count }) => Math.max(most, count), 0);
  const edges = counted.flatMap(({ from, to }) => [from, to]);
  const size = { width, height: height - TITLE_HEIGHT };
  const y: Axis = { label: "count", min: 0, integer: true };
  const frame = drawFrame({ x, y, xValues: edges, yValues: [0, highest], ...size }, (area) =>
    counted.map(({ from, to, count }) => {
      const [left, right, top] = [area.x.place(from), area.x.place(to), area.y.place(count)];
      const bar = { x: left + 0.5, y: top, width: Math.max(right - left - 1, 0.5), height: area.bottom - top };
      return element("rect", { class: "f0", ...bar });
    }),
  );
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const description = `${values.length} values from ${plainNumber(low)} to ${plainNumber(high)}; at most ${highest} in one bin.`;
  const body = [element("g", { transform: `translate(0 ${TITLE_HEIGHT})` }, frame)];
  return svgDocument({ title, description: checked.description ?? description, theme, width, height, body });
}

/** A bin [from, to); the last one includes its end. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function countBins(where: string, values: ArrayLike<number>, bins: number | undefined): Bin[] {
  checkArrayLike(`${where}: values`, values);
  if (values.length === 0) throw new DataError(`${where}: expected at least one value, got none.`);
  const numbers = Array.from(values, (value, i) => {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new DataError(`${where}: value ${i}: expected a finite number, got ${show(value)}.`);
  });
  const count = bin();
  if (bins !== undefined) count.thresholds(bins);
  const [low, high] = extent(numbers) as [number, number];
  if (low === high) count.domain([low - 0.5, low + 0.5]).thresholds(1);
  return count(numbers).map((group) => ({ from: group.x0 ?? low, to: group.x1 ?? high, count: group.length }));
}
