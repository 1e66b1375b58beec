/**
 * The six data sets of TensorFlow Playground (https://playground.tensorflow.org, dataset.ts, Apache License 2.0), by
 * its formulas. Labels are 1 where Playground has 1, and 0 where it has -1, as `binaryCrossentropy` expects.
 */
import { checkName } from "../../base/errors.js";
import { cos, sin } from "../../base/math.js";
import { type Given, number, readOptions } from "../../base/options.js";
import type { Random } from "../../base/random.js";
import type { Dataset } from "../../data/dataset.js";
import { COUNT, RowCollector, type SeedOption, seedOptions, valuesOf } from "./common.js";

/** Options of `playground`. */
const playgroundOptions = {
  /** Number of rows; rounded up to an even number where there are two classes of equal size. @default 500 */
  samples: number({ ...COUNT, min: 2 }, 500),
  /** Playground's noise as a share, 0 to 0.5; its slider shows percent. @default 0 */
  noise: number({ min: 0, max: 0.5 }, 0),
  ...seedOptions,
};

/** Options of `playground`. */
export interface PlaygroundOptions extends SeedOption, Given<typeof playgroundOptions> {}

interface Point {
  x: number;
  y: number;
}

/** Draws all points of a set. */
type Draw = (rows: RowCollector, samples: number, noise: number, random: Random) => void;

const RADIUS = 5;
const PLANE_RADIUS = 6;
const XOR_PADDING = 0.3;
/** Bumps of multiGauss: centre, and the height there. */
const BUMPS: readonly (readonly [x: number, y: number, sign: number])[] = [
  [-4, 2.5, 1],
  [0, 2.5, -1],
  [4, 2.5, 1],
  [-4, -2.5, -1],
  [0, -2.5, 1],
  [4, -2.5, -1],
];

function distance(a: Point, b: Point): number {
  return Math.sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

/** Adds a point whose target is that of another place nearby: noise moves the label, not the point. */
function addLabelled(
  rows: RowCollector,
  point: Point,
  { radius, noise, random }: { radius: number; noise: number; random: Random },
  targetAt: (place: Point) => number,
): void {
  const jitter = () => random.uniformBetween(-radius, radius) * noise;
  const place = { x: point.x + jitter(), y: point.y + jitter() };
  rows.add(targetAt(place), [point.x, point.y]);
}

/** A disc within a ring. */
const circle: Draw = (rows, samples, noise, random) => {
  const isInside = (place: Point) => Number(distance(place, { x: 0, y: 0 }) < RADIUS * 0.5);
  for (const [low, high] of [
    [0, RADIUS * 0.5],
    [RADIUS * 0.7, RADIUS],
  ]) {
    for (let i = 0; i < samples / 2; i++) {
      const radius = random.uniformBetween(low, high);
      const angle = random.uniformBetween(0, 2 * Math.PI);
      const point = { x: radius * sin(angle), y: radius * cos(angle) };
      addLabelled(rows, point, { radius: RADIUS, noise, random }, isInside);
    }
  }
};

/** Four squares; those on one diagonal belong together. */
const fourSquares: Draw = (rows, samples, noise, random) => {
  const coordinate = () => {
    const value = random.uniformBetween(-5, 5);
    return value + (value > 0 ? XOR_PADDING : -XOR_PADDING);
  };
  for (let i = 0; i < samples; i++) {
    const point = { x: coordinate(), y: coordinate() };
    addLabelled(rows, point, { radius: RADIUS, noise, random }, ({ x, y }) => Number(x * y >= 0));
  }
};

/** Two clouds. */
const gauss: Draw = (rows, samples, noise, random) => {
  const deviation = Math.sqrt(0.5 + 7 * noise); // variance 0.5 without noise, 4 at its most
  for (const [center, label] of [
    [2, 1],
    [-2, 0],
  ]) {
    for (let i = 0; i < samples / 2; i++) {
      rows.add(label, [center + deviation * random.normal(), center + deviation * random.normal()]);
    }
  }
};

/** Two arms of a spiral. */
const twoArms: Draw = (rows, samples, noise, random) => {
  const n = samples / 2;
  for (const [turn, label] of [
    [0, 1],
    [Math.PI, 0],
  ]) {
    for (let i = 0; i < n; i++) {
      const radius = (i / n) * RADIUS;
      const angle = ((1.75 * i) / n) * 2 * Math.PI + turn;
      const jitter = () => random.uniformBetween(-1, 1) * noise;
      rows.add(label, [radius * sin(angle) + jitter(), radius * cos(angle) + jitter()]);
    }
  }
};

/** Regression in a square, with the target that `heightAt` gives. */
function regressionOf(heightAt: (place: Point) => number): Draw {
  return (rows, samples, noise, random) => {
    const coordinate = () => random.uniformBetween(-PLANE_RADIUS, PLANE_RADIUS);
    for (let i = 0; i < samples; i++) {
      const point = { x: coordinate(), y: coordinate() };
      addLabelled(rows, point, { radius: PLANE_RADIUS, noise, random }, heightAt);
    }
  };
}

/** Bumps of height ±1 that fall to 0 at a distance of 2; the highest one counts. */
function bumpHeight(place: Point): number {
  let height = 0;
  for (const [x, y, sign] of BUMPS) {
    const own = sign * Math.max(0, 1 - distance(place, { x, y }) / 2);
    if (Math.abs(own) > Math.abs(height)) height = own;
  }
  return height;
}

/** The data sets of TensorFlow Playground: four with classes, then two for regression. */
export const playgroundNames = ["circle", "xor", "gauss", "spiral", "plane", "multiGauss"] as const;

/** A data set of TensorFlow Playground. */
export type PlaygroundName = (typeof playgroundNames)[number];

const sets: Record<PlaygroundName, Draw> = {
  circle,
  xor: fourSquares,
  gauss,
  spiral: twoArms,
  plane: /* @__PURE__ */ regressionOf(({ x, y }) => (x + y) / 10),
  multiGauss: /* @__PURE__ */ regressionOf(bumpHeight),
};

/**
 * A data set of TensorFlow Playground: `circle`, `xor`, `gauss`, `spiral` (labels 0 and 1), `plane`, `multiGauss`
 * (targets from -1 to 1, a little beyond with noise). Points lie between about -6 and 6.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function playground(name: PlaygroundName, options: PlaygroundOptions = {}): Dataset {
  checkName("playground", name, playgroundNames);
  const { samples, noise, seed } = readOptions("playground", playgroundOptions, options, arguments);
  const random = valuesOf(seed);
  const isHalved = name === "circle" || name === "gauss" || name === "spiral";
  const even = isHalved ? samples + (samples % 2) : samples;
  const rows = new RowCollector("playground", even, 2);
  sets[name](rows, even, noise, random);
  return rows.toDataset();
}
