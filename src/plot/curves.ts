/** Pictures of numbers that the library computes: training curves, ROC and precision-recall curves. */
import { counted } from "../base/counted.js";
import { checkArguments, checkArrayLike, checkKeys, DataError, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import {
  flag,
  type Given,
  type Kept,
  listOf,
  number,
  optional,
  readOptions,
  text,
  unchecked,
} from "../base/options.js";
import { areaUnder, type PrecisionRecallCurve, type RocCurve } from "../specs/metrics/curves.js";
import { validationName } from "../specs/metrics/metric.js";
import { lineChart, type Panel, type Series } from "./chart.js";
import type { Axis } from "./scale.js";
import { type LookOptions, PIXELS, type PictureOptions, pictureOptions } from "./svg.js";

/** The result of `fit`. */
export type Curves = Readonly<Record<string, readonly number[]>>;

/** Options of `lossCurves`. */
const lossCurvesOptions = {
  /** Numbers to draw, each with its `val…` if there is one. @default all */
  names: optional(listOf("a list of names", unchecked<string>())),
  /** Decades instead of equal steps for the loss. @default false */
  log: flag(false),
  ...pictureOptions,
  /** Heading, and the name that screen readers announce. @default "Training" */
  title: text("Training"),
  /** Pixels of a panel. @default 420, or 640 for a single one */
  width: pictureOptions.width,
  /** Pixels of a panel. @default 320 */
  height: number(PIXELS, 320),
};

/** Options of `lossCurves`. */
export interface LossCurvesOptions
  extends Omit<PictureOptions, "title" | "width" | "height">,
    Given<typeof lossCurvesOptions> {}

/**
 * Loss and metrics by epoch, a panel for each; training solid, validation dashed. Epochs count from 1.
 * `width` and `height` are those of a panel.
 * @param history the result of `fit`. @returns an SVG document
 * @throws OptionError for anything that is not a history, and for names that are not in it.
 */
export function lossCurves(history: Curves, options: LossCurvesOptions = {}): string {
  checkArguments("lossCurves", arguments, 2);
  const where = "lossCurves";
  const { names, log, ...look } = readOptions(where, lossCurvesOptions, options);
  const { epoch, ...numbers } = checkHistory(where, history);
  const twins = new Set(Object.keys(numbers).map(validationName));
  const all = Object.keys(numbers).filter((name) => !twins.has(name));
  for (const name of names ?? []) {
    if (!all.includes(name))
      throw new OptionError(`${where}: names: expected some of ${all.join(", ")}, got ${show(name)}.`);
  }
  const panels = (names ?? all).map((name): Panel => {
    const series: Series[] = [{ name: "training", points: byEpoch(epoch, numbers[name]), dashed: false }];
    const twin = validationName(name);
    const held = Object.hasOwn(numbers, twin) && numbers[twin];
    if (held) series.push({ name: "validation", points: byEpoch(epoch, held), dashed: true });
    const y: Axis = name === "loss" && log ? { log } : {};
    return { title: name, x: { label: "epoch", integer: true, ...range(epoch) }, y, series };
  });
  const width = panels.length > 1 ? 420 : 640;
  return lineChart({ width, ...look, panels, columns: Math.min(panels.length, 2) });
}

function checkHistory(where: string, history: Curves): Curves {
  const hint = "Pass what fit() resolved to.";
  if (kindOf(history) !== "Object") {
    throw new OptionError(`${where}: expected a history { epoch, loss, … }, got ${show(history)}. ${hint}`);
  }
  const { epoch } = history;
  if (!Array.isArray(epoch) || epoch.length === 0) {
    throw new OptionError(`${where}: epoch: expected at least one epoch, got ${show(epoch)}. ${hint}`);
  }
  for (const [name, values] of Object.entries(history)) {
    if (Array.isArray(values) && values.length === epoch.length) continue;
    throw new OptionError(
      `${where}: ${name}: expected ${counted(epoch.length, "number")}, one per epoch, got ${show(values)}.`,
    );
  }
  return history;
}

function byEpoch(epoch: readonly number[], values: readonly number[]): [number, number][] {
  return values.map((value, i) => [epoch[i] + 1, value]);
}

function range(epoch: readonly number[]): Axis {
  const [first, last] = [epoch[0] + 1, epoch[epoch.length - 1] + 1];
  return first < last ? { min: first, max: last } : { min: first - 1, max: last + 1 };
}

const squareOptions = {
  ...pictureOptions,
  /** Pixels; the picture scales with its place on the page. @default 480 */
  width: number(PIXELS, 480),
  /** Pixels. @default 440 */
  height: number(PIXELS, 440),
};

/** Options of `rocPlot`. */
const rocPlotOptions = {
  ...squareOptions,
  /** Heading, and the name that screen readers say. @default "ROC curve" */
  title: text("ROC curve"),
};

/** Options of `rocPlot`. */
export interface RocPlotOptions extends Omit<LookOptions, "title">, Given<typeof rocPlotOptions> {}

/** Options of `precisionRecallPlot`. */
const precisionRecallPlotOptions = {
  ...squareOptions,
  /** Heading, and the name that screen readers say. @default "Precision-recall curve" */
  title: text("Precision-recall curve"),
};

/** Options of `precisionRecallPlot`. */
export interface PrecisionRecallPlotOptions
  extends Omit<LookOptions, "title">,
    Given<typeof precisionRecallPlotOptions> {}

/** Several curves by name. */
export type Named<Curve> = Readonly<Record<string, Curve>>;

/**
 * ROC curves with the area under each, and the diagonal of guessing.
 * @param curves one curve of `rocCurve`, or several by name. @returns an SVG document
 * @throws OptionError, DataError for anything else.
 */
export function rocPlot(curves: RocCurve | Named<RocCurve>, options: RocPlotOptions = {}): string {
  checkArguments("rocPlot", arguments, 2);
  const look = readOptions("rocPlot", rocPlotOptions, options);
  const all = namedCurves("rocPlot", curves, ["falsePositiveRate", "truePositiveRate"]);
  const series = all.map(([name, { falsePositiveRate: x, truePositiveRate: y }]) => ({
    name: withArea(name, "AUC", areaUnder(x, y)),
    points: pairs(x, y),
  }));
  const guide: Panel["guide"] = [
    [0, 0],
    [1, 1],
  ];
  const axes = { x: { label: "false positive rate", ...UNIT }, y: { label: "true positive rate", ...UNIT } };
  return squareChart(look, { ...axes, series, guide });
}

/**
 * Precision-recall curves with the average precision of each. Drawn as the steps that the average adds up.
 * @param curves one curve of `precisionRecallCurve`, or several by name. @returns an SVG document
 * @throws OptionError, DataError for anything else.
 */
export function precisionRecallPlot(
  curves: PrecisionRecallCurve | Named<PrecisionRecallCurve>,
  options: PrecisionRecallPlotOptions = {},
): string {
  checkArguments("precisionRecallPlot", arguments, 2);
  const look = readOptions("precisionRecallPlot", precisionRecallPlotOptions, options);
  const series = namedCurves("precisionRecallPlot", curves, ["recall", "precision"]).map(([name, curve]) => {
    const { recall, precision } = curve;
    let average = 0;
    for (let i = 1; i < recall.length; i++) average += (recall[i - 1] - recall[i]) * precision[i - 1];
    return { name: withArea(name, "average precision", average), points: steps(recall, precision) };
  });
  const axes = { x: { label: "recall", ...UNIT }, y: { label: "precision", ...UNIT } };
  return squareChart(look, { ...axes, series });
}

const UNIT = { min: 0, max: 1 };

function squareChart(look: Kept<typeof rocPlotOptions>, panel: Panel): string {
  const names = panel.series.map(({ name }) => name);
  const title = names.length === 1 ? `${look.title}: ${names[0]}` : look.title;
  return lineChart({ ...look, title, panels: [panel] });
}

function withArea(name: string, what: string, area: number): string {
  return `${name === "" ? "" : `${name}, `}${what} ${area.toFixed(3)}`;
}

function namedCurves<Key extends string, Curve extends Record<Key, ArrayLike<number>>>(
  where: string,
  curves: Curve | Named<Curve>,
  keys: readonly [Key, Key],
): [string, Curve][] {
  if (kindOf(curves) !== "Object") {
    throw new OptionError(`${where}: expected a curve, or curves by name, got ${show(curves)}.`);
  }
  const isOne = keys.some((key) => key in curves);
  const all: [string, Curve][] = isOne ? [["", curves as Curve]] : Object.entries(curves as Named<Curve>);
  if (all.length === 0) throw new OptionError(`${where}: expected at least one curve, got none.`);
  for (const [name, curve] of all) {
    const label = `${where}${name && `: ${name}`}`;
    checkKeys(label, curve, [...keys, "thresholds"]);
    for (const key of keys) checkArrayLike(`${label}: ${key}`, curve[key]);
    if (keys.some((key) => Number.isNaN(curve[key][0]))) {
      throw new DataError(`${label}: a rate is NaN: a class had no rows. Take the curve of rows of both classes.`);
    }
    areaUnder(curve[keys[0]], curve[keys[1]]); // checks lengths and numbers
  }
  return all;
}

function pairs(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  return Array.from(x, (value, i) => [value, y[i]]);
}

/** Precision holds from one recall to the next smaller one; the last point only ends the line. */
function steps(recall: ArrayLike<number>, precision: ArrayLike<number>): [number, number][] {
  const last = recall.length - 1;
  return Array.from(recall, (at, i): [number, number][] => {
    const before: [number, number] = [at, precision[Math.max(i - 1, 0)]];
    return i === 0 || i === last ? [before] : [before, [at, precision[i]]];
  }).flat();
}
