/** Findings about columns of x, targets and classes. Pure: reads rows in memory and changes nothing. */

import { columnMeans, columnVariances } from "../base/columnStats.js";
import { counted } from "../base/counted.js";
import { sizeOf } from "../base/shape.js";
import { classesOf } from "../data/classes.js";
import type { Dataset } from "../data/dataset.js";
import { type Doubt, doubtOf, unreachable } from "../program/lastLayer.js";
import { layerFacts } from "../specs/layers/facts.js";
import { type OptimizerSpec, optimizerFacts } from "../specs/optimizers/facts.js";
import type { Expectation } from "../training/feed.js";
import { describeMergedX } from "../training/merged.js";
import { scalingRemedy } from "../training/targetScale.js";
import { type Finding, type FindingCode, list } from "./findings.js";

/** Columns beyond these limits are called unscaled: standardized or 0-to-1 data stay well below. */
const LARGE_SPREAD = 5;
const LARGE_VALUE = 20;
/** With standard deviations this far apart, no single learning rate suits all columns. */
const UNEQUAL = 100;
const IMBALANCE = 10;
const FEW_PER_CLASS = 10;
const FEW_ROWS = 30;

interface Column {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly deviation: number;
}

/** Smallest and largest value, and the standard deviation, of each column. */
function columnsOf(values: Float32Array, width: number, nameOf: (column: number) => string): Column[] {
  const variances = columnVariances(values, columnMeans(values, width));
  return Array.from({ length: width }, (_, column) => {
    let [min, max] = [Infinity, -Infinity];
    for (let at = column; at < values.length; at += width) {
      min = Math.min(min, values[at]);
      max = Math.max(max, values[at]);
    }
    return { name: nameOf(column), min, max, deviation: Math.sqrt(variances[column]) };
  });
}

/** The least and the largest of a list, which may be too long for the arguments of a call. */
function rangeOfNumbers(numbers: readonly number[]): [least: number, most: number] {
  return numbers.reduce(([least, most], n) => [Math.min(least, n), Math.max(most, n)], [Infinity, -Infinity]);
}

function isLarge({ min, max, deviation }: Column): boolean {
  return deviation > LARGE_SPREAD || Math.max(Math.abs(min), Math.abs(max)) > LARGE_VALUE;
}

function rangeOf({ min, max }: Column): string {
  return `from ${Number(min.toPrecision(3))} to ${Number(max.toPrecision(3))}`;
}

/** Constant and unscaled columns of x. */
export function checkColumns({ x, inputShape, featureNames }: Dataset, { layers }: Expectation): Finding[] {
  const columns = columnsOf(x, sizeOf(inputShape), (column) => featureNames?.[column] ?? String(column));
  const findings: Finding[] = [];
  const constant = columns.filter(({ min, max }) => min === max);
  if (constant.length > 0) {
    findings.push({
      code: "constantColumns",
      severity: constant.length === columns.length ? "error" : "info",
      message: `${constant.length} of ${columns.length} columns of x are constant: ${list(constant.map(({ name }) => name))}.`,
      remedy: "They tell nothing; leave them out, or check how they were made.",
    });
  }
  const varying = columns.filter(({ min, max }) => min < max);
  if (varying.length === 0 || layerFacts(layers[0].spec).scalesInput) return findings;
  const large = varying.filter(isLarge);
  const [least, most] = rangeOfNumbers(varying.map(({ deviation }) => deviation));
  const isUnequal = most > UNEQUAL * least && varying.length < UNEQUAL;
  if (large.length === 0 && !isUnequal) return findings;
  const [worst] = [...(large.length > 0 ? large : varying)].sort((a, b) => b.deviation - a.deviation);
  findings.push({
    code: "unscaledColumns",
    severity: "warning",
    message:
      large.length > 0
        ? `${large.length} of ${columns.length} columns of x are not scaled: ${list(large.map(({ name }) => name))}; ` +
          `column ${worst.name} runs ${rangeOf(worst)}.`
        : `Columns of x differ in scale by more than ${UNEQUAL}; column ${worst.name} runs ${rangeOf(worst)}.`,
    remedy: "Scale x to mean 0 and deviation 1, or to 0 to 1, or begin the model with a normalization layer.",
  });
  return findings;
}

/** Columns of x whose values float32 cannot tell apart. */
export function checkMerged(data: Dataset): Finding[] {
  const merged = describeMergedX(data);
  if (merged === null) return [];
  return [
    {
      code: "mergedValues",
      severity: "warning",
      message: `x: ${merged}.`,
      remedy: "Scale x before training: standardScaler().fitTransform(data), which works in float64.",
    },
  ];
}

/** Targets of a regression. */
export function checkTargets(
  { y, targetShape }: Dataset,
  { layers }: Expectation,
  optimizer: OptimizerSpec,
): Finding[] {
  const findings: Finding[] = [];
  const beyond = unreachable(layers, y);
  if (beyond) findings.push(doubtful("unreachableTargets", beyond));
  const { spec } = layers[layers.length - 1];
  const { scale, offset } = layerFacts(spec).line?.(spec) ?? { scale: 1, offset: 0 };
  const width = sizeOf(targetShape);
  const scaled = y.map((target) => (target - offset) / scale);
  if (!columnsOf(scaled, width, String).some(isLarge)) return findings;
  const [first] = columnsOf(y, width, String);
  findings.push({
    code: "unscaledTargets",
    severity: "warning",
    message: `Targets are not scaled: they run ${rangeOf(first)}.`,
    remedy: `${scalingRemedy(y, width, optimizerFacts(optimizer).isScaleFree === true)}.`,
  });
  return findings;
}

/** A last layer that the loss cannot read. */
export function checkLastLayer({ layers, loss }: Expectation): Finding[] {
  const doubt = doubtOf(layers, loss);
  return doubt ? [doubtful("lastLayer", doubt)] : [];
}

function doubtful(code: FindingCode, { message, remedy }: Doubt): Finding {
  return { code, severity: "warning", message: `${message}.`, remedy: `${remedy}.` };
}

/** The number of rows, and of rows in each class; `classes` is `null` for a regression. */
export function checkCounts(data: Dataset, classes: number | null): Finding[] {
  const findings: Finding[] = [];
  const few = classes === null ? FEW_ROWS : FEW_PER_CLASS * classes;
  if (data.length < few) {
    findings.push({
      code: "tooFewRows",
      severity: "warning",
      message: `There are ${data.length} rows${classes === null ? "" : ` for ${classes} classes`}.`,
      remedy: `Get at least ${few}; until then use few units, and cross-validation rather than one split.`,
    });
  }
  return classes === null ? findings : [...findings, ...checkBalance(data, classes)];
}

function checkBalance(data: Dataset, classes: number): Finding[] {
  const findings: Finding[] = [];
  const counts = new Array<number>(classes).fill(0);
  for (const name of classesOf(data)) counts[name]++;
  const missing = counts.flatMap((count, name) => (count === 0 ? [name] : []));
  const nameOf = (index: number) => data.classNames?.[index] ?? String(index);
  if (missing.length > 0) {
    findings.push({
      code: "missingClasses",
      severity: missing.length > classes - 2 ? "error" : "warning",
      message: `No row is of class ${list(missing.map(nameOf))}.`,
      remedy: "Add rows of it, or give the last layer fewer units.",
    });
  }
  const present = counts.filter((count) => count > 0);
  const [least, most] = rangeOfNumbers(present);
  if (present.length > 1 && most >= IMBALANCE * least) {
    const [rare, common] = [counts.indexOf(least), counts.indexOf(most)];
    findings.push({
      code: "classImbalance",
      severity: "warning",
      message: `Class ${nameOf(common)} has ${counted(most, "row")}, class ${nameOf(rare)} only ${least}: accuracy says little here.`,
      remedy: 'Train with classWeight: "balanced", and look at balanced accuracy or F1.',
    });
  }
  return findings;
}
