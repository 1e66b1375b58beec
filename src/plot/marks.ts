/** Shapes for data: lines with gaps, and markers that differ in form as well as colour. */
import { line } from "d3-shape";
import { round } from "./svg.js";

/** A place in pixels; NaN where there is none. */
export type Point = readonly [x: number, y: number];

/** The path of a line through places; a NaN breaks it. */
export function linePath(points: readonly Point[]): string {
  const path = line<Point>()
    .defined(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .x(([x]) => round(x))
    .y(([, y]) => round(y));
  return path([...points]) ?? "";
}

/** Relative paths around a centre: circle, square, triangle, diamond, cross and plus, of about equal area. */
const markers: readonly ((r: number) => string)[] = [
  (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  (r) => `m${round(-0.9 * r)} ${round(-0.9 * r)}h${round(1.8 * r)}v${round(1.8 * r)}h${round(-1.8 * r)}z`,
  (r) => `m0 ${round(-1.2 * r)}l${round(1.2 * r)} ${round(2.1 * r)}h${round(-2.4 * r)}z`,
  (r) =>
    `m0 ${round(-1.3 * r)}l${round(1.3 * r)} ${round(1.3 * r)}l${round(-1.3 * r)} ${round(1.3 * r)}l${round(-1.3 * r)} ${round(-1.3 * r)}z`,
  (r) => crossPath(r, [1, 1], [1, -1]),
  (r) => crossPath(1.3 * r, [1, 0], [0, 1]),
];

function crossPath(r: number, ...arms: readonly Point[]): string {
  const arm = ([x, y]: Point) =>
    `m${round(-x * r)} ${round(-y * r)}l${round(2 * x * r)} ${round(2 * y * r)}m${round(-x * r)} ${round(-y * r)}`;
  return arms.map(arm).join("");
}

/** All markers of one series as a single path. */
export function markerPath(points: readonly Point[], index: number, radius: number): string {
  const marker = markers[index % markers.length](radius);
  return points
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .map(([x, y]) => `M${round(x)} ${round(y)}${marker}`)
    .join("");
}

/** True if the marker consists of lines only, with no inside to fill. */
export function isOpenMarker(index: number): boolean {
  return index % markers.length >= 4;
}
