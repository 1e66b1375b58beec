/**
 * Generated points with class labels: small tasks that a straight line cannot solve, after scikit-learn and others.
 * Every function is of its own, so that a program ships only those it calls.
 */
import { checkKeys, checkNumber, DataError, OptionError, show } from "../../base/errors.js";
import { cos, sin } from "../../base/math.js";
import type { Dataset } from "../../data/dataset.js";
import { toRows } from "../../data/matrix.js";
import {
  checkCount,
  checkNoise,
  Rows,
  type SeedOption,
  type ShuffleOption,
  shares,
  spaced,
  valuesOf,
} from "./common.js";

/** Options of `spiral`. */
export interface SpiralOptions extends SeedOption {
  /** Points on each arm. @default 100 */
  samplesPerClass?: number;
  /** Number of arms. @default 3 */
  classes?: number;
  /** Standard deviation of the angle, in radians. @default 0.2 */
  noise?: number;
  /** Factor of the angle: 1 as in CS231n, 2.5 as in the package nnfs. @default 1 */
  twist?: number;
}

/**
 * Arms that wind out of the origin. Point i of n on arm c: r = i / (n - 1), angle t from 4c to 4(c + 1) in equal steps
 * plus noise · N(0, 1); x = (r sin(twist · t), r cos(twist · t)), label c. Rows come arm after arm.
 * After the notes of Stanford's CS231n, "Neural networks case study".
 * @returns x [samplesPerClass · classes, 2]
 * @throws OptionError
 */
export function spiral(options: SpiralOptions = {}): Dataset {
  checkKeys("spiral", options, ["samplesPerClass", "classes", "noise", "twist", "seed"], arguments);
  const { samplesPerClass = 100, classes = 3, noise = 0.2, twist = 1, seed = 0 } = options;
  checkCount("spiral: samplesPerClass", samplesPerClass);
  checkNumber("spiral: classes", classes, { min: 1, max: 1000, integer: true });
  checkNoise("spiral: noise", noise);
  checkNumber("spiral: twist", twist, { min: -10, max: 10 });
  const random = valuesOf("spiral", seed);
  const rows = new Rows("spiral", samplesPerClass * classes, 2);
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
export interface MoonsOptions extends ShuffleOption {
  /** Number of rows; of an odd number the second moon gets one more. @default 100 */
  samples?: number;
  /** Standard deviation of what is added to each coordinate. @default 0 */
  noise?: number;
}

/**
 * Two interleaved half circles: (cos t, sin t) is class 0, (1 - cos t, ½ - sin t) class 1, t in equal steps from 0 to
 * π, plus noise · N(0, 1) on each coordinate. scikit-learn's `make_moons`.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function moons(options: MoonsOptions = {}): Dataset {
  checkKeys("moons", options, ["samples", "noise", "shuffle", "seed"], arguments);
  const { samples = 100, noise = 0, shuffle = true, seed = 0 } = options;
  checkCount("moons: samples", samples, 2);
  checkNoise("moons: noise", noise);
  const random = valuesOf("moons", seed);
  const rows = new Rows("moons", samples, 2);
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
export interface CirclesOptions extends MoonsOptions {
  /** Radius of the inner circle, between 0 and 1; the outer one has 1. @default 0.8 */
  factor?: number;
}

/**
 * A circle (class 1) within a circle (class 0): points in equal steps of the angle, plus noise · N(0, 1) on each
 * coordinate. scikit-learn's `make_circles`.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function circles(options: CirclesOptions = {}): Dataset {
  checkKeys("circles", options, ["samples", "noise", "factor", "shuffle", "seed"], arguments);
  const { samples = 100, noise = 0, factor = 0.8, shuffle = true, seed = 0 } = options;
  checkCount("circles: samples", samples, 2);
  checkNoise("circles: noise", noise);
  checkNumber("circles: factor", factor, { min: 0, below: 1 });
  const random = valuesOf("circles", seed);
  const rows = new Rows("circles", samples, 2);
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

/** Options of `blobs`. */
export interface BlobsOptions extends ShuffleOption {
  /** Number of rows, shared out evenly; the first classes get one more where that does not work out. @default 100 */
  samples?: number;
  /** Number of columns; follows from `centers` where they are given. @default 2 */
  features?: number;
  /** How many blobs, with centres uniform in the box; or the centres, one row each. @default 3 */
  centers?: number | readonly (readonly number[])[];
  /** Standard deviation of each coordinate around its centre. @default 1 */
  clusterStd?: number;
  /** Where centres are drawn. @default [-10, 10] */
  centerBox?: readonly [low: number, high: number];
}

/**
 * Round clouds, a class each: centre + clusterStd · N(0, 1). scikit-learn's `make_blobs`.
 * @returns x [samples, features]
 * @throws OptionError; ShapeError or DataError for centres that are no rows of numbers.
 */
export function blobs(options: BlobsOptions = {}): Dataset {
  checkKeys(
    "blobs",
    options,
    ["samples", "features", "centers", "clusterStd", "centerBox", "shuffle", "seed"],
    arguments,
  );
  const { samples = 100, centers = 3, clusterStd = 1, centerBox = [-10, 10], shuffle = true, seed = 0 } = options;
  checkCount("blobs: samples", samples);
  checkNoise("blobs: clusterStd", clusterStd);
  const random = valuesOf("blobs", seed);
  const given = Array.isArray(centers) ? givenCenters(centers, options.features) : null;
  const features = given ? given[0].length : checkCount("blobs: features", options.features ?? 2);
  const middle = given ?? drawnCenters(checkCount("blobs: centers", centers as number), features, centerBox, random);
  const rows = new Rows("blobs", samples, features);
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

function givenCenters(centers: readonly (readonly number[])[], features: number | undefined): Float32Array[] {
  const width = centers[0]?.length ?? 0;
  if (width === 0) throw new DataError(`blobs: centers: expected rows of numbers, got ${show(centers)}.`);
  if (features !== undefined && features !== width) {
    throw new OptionError(`blobs: features: expected ${width}, as many as a centre has, got ${show(features)}.`);
  }
  const flat = toRows("blobs: centers", centers, [width]);
  return centers.map((_, i) => flat.subarray(i * width, (i + 1) * width));
}

function drawnCenters(count: number, features: number, box: unknown, random: ReturnType<typeof valuesOf>): number[][] {
  if (!Array.isArray(box) || box.length !== 2) {
    throw new OptionError(`blobs: centerBox: expected [low, high], got ${show(box)}.`);
  }
  const low = checkNumber("blobs: centerBox: low", box[0], { min: -1e6, max: 1e6 });
  const high = checkNumber("blobs: centerBox: high", box[1], { min: low, max: 1e6 });
  return Array.from({ length: count }, () => Array.from({ length: features }, () => random.uniformBetween(low, high)));
}

/** Options of `xor`. */
export interface XorOptions extends SeedOption {
  /** Number of rows: the corners in turn. @default 4 */
  samples?: number;
  /** Standard deviation of what is added to each coordinate. @default 0 */
  noise?: number;
}

/**
 * Exclusive or: row i is corner i mod 4 of the unit square, (0, 0), (0, 1), (1, 0), (1, 1), plus noise · N(0, 1);
 * the label is 1 where the corner's coordinates differ. Without options: the truth table.
 * @returns x [samples, 2]
 * @throws OptionError
 */
export function xor(options: XorOptions = {}): Dataset {
  checkKeys("xor", options, ["samples", "noise", "seed"], arguments);
  const { samples = 4, noise = 0, seed = 0 } = options;
  checkCount("xor: samples", samples);
  checkNoise("xor: noise", noise);
  const random = valuesOf("xor", seed);
  const rows = new Rows("xor", samples, 2);
  for (let i = 0; i < samples; i++) {
    const [a, b] = [(i >> 1) & 1, i & 1];
    rows.add(a ^ b, [a + noise * random.normal(), b + noise * random.normal()]);
  }
  return rows.toDataset();
}

/** Options of `gaussianQuantiles`. */
export interface GaussianQuantilesOptions extends ShuffleOption {
  /** Number of rows. @default 100 */
  samples?: number;
  /** Number of columns. @default 2 */
  features?: number;
  /** Number of classes. @default 3 */
  classes?: number;
  /** Variance of each column. @default 1 */
  variance?: number;
}

/**
 * One cloud around the origin, cut into rings of equal size: the rows nearest to it are class 0, and so on; what does
 * not divide goes to the last class. scikit-learn's `make_gaussian_quantiles`.
 * @returns x [samples, features]
 * @throws OptionError
 */
export function gaussianQuantiles(options: GaussianQuantilesOptions = {}): Dataset {
  checkKeys("gaussianQuantiles", options, ["samples", "features", "classes", "variance", "shuffle", "seed"], arguments);
  const { samples = 100, features = 2, classes = 3, variance = 1, shuffle = true, seed = 0 } = options;
  checkCount("gaussianQuantiles: classes", classes);
  checkCount("gaussianQuantiles: samples", samples, classes);
  checkCount("gaussianQuantiles: features", features);
  checkNumber("gaussianQuantiles: variance", variance, { above: 0, max: 1e6 });
  const random = valuesOf("gaussianQuantiles", seed);
  const deviation = Math.sqrt(variance);
  const points = Array.from({ length: samples }, () => {
    const x = Array.from({ length: features }, () => deviation * random.normal());
    return { x, distance: x.reduce((sum, value) => sum + value * value, 0) };
  });
  points.sort((a, b) => a.distance - b.distance);
  const rows = new Rows("gaussianQuantiles", samples, features);
  const perClass = Math.floor(samples / classes);
  points.forEach(({ x }, i) => {
    rows.add(Math.min(Math.floor(i / perClass), classes - 1), x);
  });
  return rows.toShuffled(seed, shuffle);
}
