/** The frame of a chart: grid, ticks, labels and heading around a clipped area, and the legend. */
import { isOpenMarker, markerPath } from "./marks.js";
import { type Axis, extentOf, makeScale, type Scale } from "./scale.js";
import { element, round, textWidth, words } from "./svg.js";
import { colorClass, dashOf } from "./theme.js";

/** Contents of a frame. */
export interface FrameOptions {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly xValues: Iterable<number>;
  readonly yValues: Iterable<number>;
  readonly width: number;
  readonly height: number;
}

/** The inside of a frame. */
export interface Area {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Strokes along the edge may stick out by this much. */
const BLEED = 5;

/** Draws a frame and, clipped to its inside, the result of `drawInside` for the scales. */
export function drawFrame(options: FrameOptions, drawInside: (area: Area) => readonly string[]): string {
  const { title, width, height } = options;
  const top = title === undefined ? 12 : 34;
  const bottom = height - (options.x.label === undefined ? 30 : 50);
  const y = makeScale(options.y, extentOf(options.yValues), [bottom, top], { pitch: 64 });
  const widest = y.ticks.reduce((most, { text }) => Math.max(most, textWidth(text, 12)), 0);
  const left = Math.round((options.y.label === undefined ? 20 : 42) + widest + 8);
  const right = width - 24;
  const x = makeScale(options.x, extentOf(options.xValues), [left, right], { pitch: 64, sideBySide: true });
  const area: Area = { x, y, left, right, top, bottom };
  const parts = [...drawGrid(area)];
  parts.push(clipped(area, drawInside(area), BLEED));
  if (title !== undefined) parts.push(words(title, left, top - 12, { class: "name" }));
  const middle = (top + bottom) / 2;
  if (options.x.label) parts.push(words(options.x.label, (left + right) / 2, bottom + 38, { class: "middle" }));
  if (options.y.label) {
    parts.push(words(options.y.label, 28, middle, { class: "middle", transform: `rotate(-90 28 ${middle})` }));
  }
  return parts.join("\n");
}

function drawGrid({ x, y, left, right, top, bottom }: Area): string[] {
  const gridClass = (value: number) => (value === 0 ? "zero" : "grid");
  const vertical = x.ticks.flatMap(({ value, at, text }) => [
    element("line", { class: gridClass(value), x1: at, x2: at, y1: top, y2: bottom }),
    words(text, at, bottom + 17, { class: "tick middle" }),
  ]);
  const horizontal = y.ticks.flatMap(({ value, at, text }) => [
    element("line", { class: gridClass(value), x1: left, x2: right, y1: at, y2: at }),
    words(text, left - 8, at + 4, { class: "tick end" }),
  ]);
  return [...vertical, ...horizontal];
}

/** A nested picture clips without an id, which would have to be unique on the page. */
export function clipped({ left, right, top, bottom }: Area, inside: readonly string[], bleed = 0): string {
  const [x, y] = [left - bleed, top - bleed];
  const size = { width: right - left + 2 * bleed, height: bottom - top + 2 * bleed };
  const viewBox = [x, y, size.width, size.height].map(round).join(" ");
  return element("svg", { x, y, ...size, viewBox, "aria-hidden": "true" }, ...inside);
}

/** An entry of a legend. */
export interface LegendEntry {
  readonly name: string;
  readonly index: number;
  readonly kind: "line" | "marker" | "bar";
  readonly dash?: string | undefined;
}

const SAMPLE = 30;
const ENTRY_GAP = 22;

/** Rows of entries that fit into `width`, and their height. */
export function drawLegend(
  entries: readonly LegendEntry[],
  top: number,
  width: number,
): { body: string[]; height: number } {
  if (entries.length === 0) return { body: [], height: 0 };
  let [x, y] = [20, top + 12];
  const body = entries.map((entry) => {
    const needed = SAMPLE + 8 + textWidth(entry.name);
    if (x > 20 && x + needed > width - 20) [x, y] = [20, y + 22];
    const drawn = drawSample(entry, x, y) + words(entry.name, x + SAMPLE + 8, y + 4);
    x += needed + ENTRY_GAP;
    return drawn;
  });
  return { body, height: y - top + 14 };
}

function drawSample({ kind, index, dash }: LegendEntry, x: number, y: number): string {
  if (kind === "bar")
    return element("rect", { class: colorClass("f", index), x: x + 9, y: y - 6, width: 12, height: 12 });
  if (kind === "marker") return drawMarkers([[x + SAMPLE / 2, y]], index, 5);
  const attributes = { class: `line ${colorClass("s", index)}`, "stroke-dasharray": dash };
  return element("line", { ...attributes, x1: x, x2: x + SAMPLE, y1: y, y2: y });
}

/** The markers of one series. */
export function drawMarkers(points: readonly (readonly [number, number])[], index: number, radius: number): string {
  const open = isOpenMarker(index);
  const look = open ? `edge ${colorClass("s", index)}` : `${colorClass("f", index)} ring`;
  return element("path", { class: look, "stroke-width": open ? 2 : 0.8, d: markerPath(points, index, radius) });
}

/** The dash of a series: as it asks, else by its number. */
export function dashFor(index: number, dashed: boolean | undefined): string | undefined {
  if (dashed === undefined) return dashOf(index);
  return dashed ? dashOf(1) : undefined;
}
