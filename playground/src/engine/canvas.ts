/** The square in which a problem is drawn: the places of its points, and the inputs for each place. */
import type { Dataset } from "simdgrad";
import { FIRST_COLUMN, isColumn, MOST_AXES, type Setup } from "../setup.js";
import { PrincipalAxes, project, unproject } from "./axes.js";
import { featuresOf } from "./features.js";
import { type Problem, REACH } from "./problem.js";
import type { AxisView, PointsView } from "./protocol.js";
import { natural } from "./targetScale.js";

/** More points than this hide the picture under them. */
const MOST_POINTS = 2000;

export interface Canvas {
  readonly train: PointsView;
  readonly test: PointsView;
  readonly reach: number;
  /** Number of axes to choose from; 0 if there is no choice. */
  readonly axes: number;
  /** Across and up. */
  readonly ends: readonly [AxisView, AxisView];
  /** Inputs [n, features] of points [n, 2]. */
  rowsOf(points: Float32Array): Float32Array;
  /** The same on other axes. */
  turned(axes: Setup["axes"]): Canvas;
}

/** Places of a square around the origin, top left to bottom right: [side · side, 2]. */
export function places(side: number, reach: number): Float32Array {
  const points = new Float32Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    points[2 * i] = (((i % side) + 0.5) / side) * 2 * reach - reach;
    points[2 * i + 1] = reach - ((Math.floor(i / side) + 0.5) / side) * 2 * reach;
  }
  return points;
}

/** Every nth row of [n, width] values, and the numbers of these rows. */
function spread(x: Float32Array, width: number): { values: Float32Array; rows: Int32Array } {
  const count = x.length / width;
  const every = Math.ceil(count / MOST_POINTS);
  const rows = Int32Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(x.subarray(row * width, (row + 1) * width), i * width);
  });
  return { values, rows };
}

export function openCanvas(problem: Problem, { features, axes }: Setup): Canvas {
  const { plane, train, test } = problem;
  if (!plane) return onAxes(problem, new PrincipalAxes(train.x, problem.columns.length), axes);
  const view = (points: Float32Array, { y }: Dataset): PointsView => {
    const { values, rows } = spread(points, 2);
    return { points: values, rows, targets: Float32Array.from(rows, (row) => y[row]) };
  };
  const canvas: Canvas = {
    train: view(plane.train, train),
    test: view(plane.test, test),
    reach: REACH,
    axes: 0,
    ends: [
      { name: "x1", center: 0, scale: 1 },
      { name: "x2", center: 0, scale: 1 },
    ],
    rowsOf: (points) => featuresOf(points, features),
    turned: () => canvas,
  };
  return canvas;
}

function onAxes(problem: Problem, all: PrincipalAxes, chosen: Setup["axes"]): Canvas {
  const places = columnsOf(chosen, problem);
  const axes = places ? all.columns(places) : all.plane(chosen);
  const endOf = (side: 0 | 1): AxisView =>
    places
      ? { name: problem.columns[places[side]], center: axes.center[places[side]], scale: axes.scale[places[side]] }
      : { name: `principal axis ${Math.min(chosen[side], all.count)}`, center: 0, scale: 1 };
  const view = ({ x, y }: Dataset): PointsView => {
    const { values, rows } = spread(x, problem.columns.length);
    const targets = natural(
      Float32Array.from(rows, (row) => y[row]),
      problem.targetScale,
    );
    return { points: project(values, axes), rows, targets };
  };
  const train = view(problem.train);
  return {
    train,
    test: view(problem.test),
    reach: 1.05 * train.points.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3),
    axes: Math.min(all.count, MOST_AXES),
    ends: [endOf(0), endOf(1)],
    rowsOf: (points) => unproject(points, axes),
    turned: (others) => onAxes(problem, all, others),
  };
}

/** The columns that span the plane, from 0: those that are chosen, or the only two; `null` for principal axes. */
function columnsOf([across, up]: Setup["axes"], { columns, image }: Problem): [number, number] | null {
  if (columns.length === 2 && !image) return across > up ? [1, 0] : [0, 1];
  const places: [number, number] = [across - FIRST_COLUMN, up - FIRST_COLUMN];
  if (!isColumn(across) || image || columns.length < 2) return null;
  return places.every((place) => place < columns.length) ? places : [0, 1];
}
