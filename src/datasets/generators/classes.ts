/**
 * Generated points with class labels: small tasks that a straight line cannot solve, after scikit-learn and others.
 * The functions are independent, so that a program ships only those it calls.
 */
import { checkNumber, DataError, OptionError, show } from "../../base/errors.js";
import { cos, sin } from "../../base/math.js";
import { type Given, number, readOptions, via } from "../../base/options.js";
import type { Random } from "../../base/random.js";
import type { Dataset } from "../../data/dataset.js";
import { toRows } from "../../data/matrix.js";
import {
  COUNT,
  NOISE,
  RowCollector,
  type SeedOption,
  type ShuffleOption,
  seedOptions,
  shares,
  shuffleOptions,
  spaced,
  valuesOf,
} from "./common.js";

/** Options of `spiral`. */
const spiralOptions = {
  /** Points on each arm. @default 100 */
  samplesPerClass: number(COUNT, 100),
  /** Number of arms. @default 3 */
  classes: number({ min: 1, max: 1000, integer: true }, 3),
  /** Standard deviation of the angle, in radians. @default 0.2 */
  noise: number(NOISE, 0.2),
  /** Factor of the angle: 1 as in CS231n, 2.5 as in the package nnfs. @default 1 */
  twist: number({ min: -10, max: 10 }, 1),
  ...seedOptions,
};

/** Options of `spiral`. */
export interface SpiralOptions extends SeedOption, Given<typeof spiralOptions> {}

/**
 * Arms that wind out of the origin. Point i of n on arm c: r = i / (n - 1), angle t from 4c to 4(c + 1) in equal steps
 * plus noise · N(0, 1); x = (r sin(twist · t), r cos(twist · t)), label c. Rows come arm after arm.
 * After the notes of Stanford's CS231n, "Neural networks case study".
 * @returns x [samplesPerClass · classes, 2]
 * @throws OptionError
 */
export function spiral(options: SpiralOptions = {}): Dataset {
  const { samplesPerClass, classes, noise, twist, seed } = readOptions("spiral", spiralOptions, options, arguments);
  const random = valuesOf(seed);
  const rows = new RowCollector("spiral", samplesPerClass * classes, 2);
  for (let label = 0; label < classes; label++) {
    for (let i = 0; i < samplesPerClass; i++) {
      const radius = spaced(0, 1, i, samplesPerClass);
      const angle = spaced(4 * label, 4 * (label + 1), i, samplesPerClass) + noise * random.normal();
      rows.add(label, [radius * sin(twist * angle), radius * cos(twist * angle)]);
    }
  }
  return rows.toDataset();
}

/** Options of `moons`. */
const moonsOptions = {
  /** Number of rows; if odd, the second moon gets one more. @default 100 */
  samples: number({ ...COUNT, min: 2 }, 100),
  /** Standard deviation of what is added to each coordinate. @default 0 */
  noise: number(NOISE, 0),
  ...shuffleOptions,
};

/** Options of `moons`. */
export interface MoonsOptions extends ShuffleOption, Given<typeof moonsOptions> {}

/**
 * Two interleaved half circles: (cos t, sin t) is class 0, (1 - cos t, ½ - sin t) class 1, t in equal steps from 0 to
 * π, plus noise · N(0, 1) on each coordinate. scikit-learn's `make_moons`.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function moons(options: MoonsOptions = {}): Dataset {
  const { samples, noise, shuffle, seed } = readOptions("moons", moonsOptions, options, arguments);
  const random = valuesOf(seed);
  const rows = new RowCollector("moons", samples, 2);
  const outer = Math.floor(samples / 2);
  for (let i = 0; i < samples; i++) {
    const label = i < outer ? 0 : 1;
    const angle = label === 0 ? spaced(0, Math.PI, i, outer) : spaced(0, Math.PI, i - outer, samples - outer);
    const [across, up] = label === 0 ? [cos(angle), sin(angle)] : [1 - cos(angle), 0.5 - sin(angle)];
    rows.add(label, [across + noise * random.normal(), up + noise * random.normal()]);
  }
  return rows.toShuffled(seed, shuffle);
}

/** Options of `circles`. */
const circlesOptions = {
  /** Number of rows; if odd, the inner circle gets one more. @default 100 */
  samples: number({ ...COUNT, min: 2 }, 100),
  /** Standard deviation of what is added to each coordinate. @default 0 */
  noise: number(NOISE, 0),
  /** Radius of the inner circle, from 0 to below 1; the outer one has 1. @default 0.8 */
  factor: number({ min: 0, below: 1 }, 0.8),
  ...shuffleOptions,
};

/** Options of `circles`. */
export interface CirclesOptions extends ShuffleOption, Given<typeof circlesOptions> {}

/**
 * A circle (class 1) within a circle (class 0): points in equal steps of the angle, plus noise · N(0, 1) on each
 * coordinate. scikit-learn's `make_circles`.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function circles(options: CirclesOptions = {}): Dataset {
  const { samples, noise, factor, shuffle, seed } = readOptions("circles", circlesOptions, options, arguments);
  const random = valuesOf(seed);
  const rows = new RowCollector("circles", samples, 2);
  const outer = Math.floor(samples / 2);
  for (let i = 0; i < samples; i++) {
    const label = i < outer ? 0 : 1;
    const turn = label === 0 ? i / outer : (i - outer) / (samples - outer);
    const radius = label === 0 ? 1 : factor;
    const angle = 2 * Math.PI * turn;
    rows.add(label, [radius * cos(angle) + noise * random.normal(), radius * sin(angle) + noise * random.normal()]);
  }
  return rows.toShuffled(seed, shuffle);
}

/** A number of centres, or centres. */
function checkCenters(where: string, centers: unknown): number | readonly Float32Array[] {
  if (!Array.isArray(centers)) return checkNumber(where, centers, COUNT);
  const width = centers[0]?.length ?? 0;
  if (width === 0) throw new DataError(`${where}: expected rows of numbers, got ${show(centers)}.`);
  const flat = toRows(where, centers, [width]);
  return centers.map((_, i) => flat.subarray(i * width, (i + 1) * width));
}

type Box = readonly [low: number, high: number];

function checkBox(where: string, box: unknown): Box {
  if (!Array.isArray(box) || box.length !== 2) {
    throw new OptionError(`${where}: expected [low, high], got ${show(box)}.`);
  }
  const low = checkNumber(`${where}: low`, box[0], { min: -1e6, max: 1e6 });
  return [low, checkNumber(`${where}: high`, box[1], { min: low, max: 1e6 })];
}

/** Options of `blobs`. */
const blobsOptions = {
  /** Number of rows, shared out evenly; the first classes get one more each if there is a remainder. @default 100 */
  samples: number(COUNT, 100),
  /** Number of blobs, with centres uniform in the box; or the centres, one row each. @default 3 */
  centers: via<number | readonly (readonly number[])[], number | readonly Float32Array[]>(checkCenters, 3),
  /** Number of columns. @default 2, or as many as given `centers` have */
  features: number(COUNT, ({ centers }) => (Array.isArray(centers) ? centers[0].length : 2)),
  /** Standard deviation of each coordinate around its centre. @default 1 */
  clusterStd: number(NOISE, 1),
  /** Range from which centres are drawn. @default [-10, 10] */
  centerBox: via<Box, Box>(checkBox, [-10, 10]),
  ...shuffleOptions,
};

/** Options of `blobs`. */
export interface BlobsOptions extends ShuffleOption, Given<typeof blobsOptions> {}

/**
 * Round clouds, one per class: centre + clusterStd · N(0, 1). scikit-learn's `make_blobs`.
 * @returns x [samples, features]
 * @throws OptionError; ShapeError or DataError for centres that are not rows of numbers.
 */
export function blobs(options: BlobsOptions = {}): Dataset {
  const checked = readOptions("blobs", blobsOptions, options, arguments);
  const { samples, features, centers, clusterStd, centerBox, shuffle, seed } = checked;
  if (typeof centers !== "number" && features !== centers[0].length) {
    throw new OptionError(`blobs: features: expected ${centers[0].length}, as many as a centre has, got ${features}.`);
  }
  const random = valuesOf(seed);
  const middle = typeof centers === "number" ? drawnCenters(centers, features, centerBox, random) : centers;
  const rows = new RowCollector("blobs", samples, features);
  shares(samples, middle.length).forEach((count, label) => {
    for (let i = 0; i < count; i++) {
      rows.add(
        label,
        Array.from(middle[label], (center) => center + clusterStd * random.normal()),
      );
    }
  });
  return rows.toShuffled(seed, shuffle);
}

function drawnCenters(count: number, features: number, [low, high]: Box, random: Random): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: features }, () => random.uniformBetween(low, high)));
}

/** Options of `xor`. */
const xorOptions = {
  /** Number of rows: the corners in turn. @default 4 */
  samples: number(COUNT, 4),
  /** Standard deviation of what is added to each coordinate. @default 0 */
  noise: number(NOISE, 0),
  ...seedOptions,
};

/** Options of `xor`. */
export interface XorOptions extends SeedOption, Given<typeof xorOptions> {}

/**
 * Exclusive or: row i is corner i mod 4 of the unit square, (0, 0), (0, 1), (1, 0), (1, 1), plus noise · N(0, 1);
 * the label is 1 where the corner's coordinates differ. Without options: the truth table.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function xor(options: XorOptions = {}): Dataset {
  const { samples, noise, seed } = readOptions("xor", xorOptions, options, arguments);
  const random = valuesOf(seed);
  const rows = new RowCollector("xor", samples, 2);
  for (let i = 0; i < samples; i++) {
    const [a, b] = [(i >> 1) & 1, i & 1];
    rows.add(a ^ b, [a + noise * random.normal(), b + noise * random.normal()]);
  }
  return rows.toDataset();
}

/** Options of `gaussianQuantiles`. */
const gaussianQuantilesOptions = {
  /** Number of rows, at least one for each class. @default 100 */
  samples: number(COUNT, 100),
  /** Number of columns. @default 2 */
  features: number(COUNT, 2),
  /** Number of classes. @default 3 */
  classes: number(COUNT, 3),
  /** Variance of each column. @default 1 */
  variance: number({ above: 0, max: 1e6 }, 1),
  ...shuffleOptions,
};

/** Options of `gaussianQuantiles`. */
export interface GaussianQuantilesOptions extends ShuffleOption, Given<typeof gaussianQuantilesOptions> {}

/**
 * One cloud around the origin, cut into rings of equal size: the rows nearest to it are class 0, and so on; any
 * remainder goes to the last class. scikit-learn's `make_gaussian_quantiles`.
 * @returns x [samples, features]
 * @throws OptionError
 */
export function gaussianQuantiles(options: GaussianQuantilesOptions = {}): Dataset {
  const checked = readOptions("gaussianQuantiles", gaussianQuantilesOptions, options, arguments);
  const { samples, features, classes, variance, shuffle, seed } = checked;
  checkNumber("gaussianQuantiles: samples", samples, { ...COUNT, min: classes });
  const random = valuesOf(seed);
  const deviation = Math.sqrt(variance);
  const points = Array.from({ length: samples }, () => {
    const x = Array.from({ length: features }, () => deviation * random.normal());
    return { x, distance: x.reduce((sum, value) => sum + value * value, 0) };
  });
  points.sort((a, b) => a.distance - b.distance);
  const rows = new RowCollector("gaussianQuantiles", samples, features);
  const perClass = Math.floor(samples / classes);
  points.forEach(({ x }, i) => {
    rows.add(Math.min(Math.floor(i / perClass), classes - 1), x);
  });
  return rows.toShuffled(seed, shuffle);
}
