/** Recognizes functions of whole rows by their values: straight lines, slopes, and normalizations, however spelled. */
import { sigmoid } from "../../base/sigmoids.js";
import { isUniform, shortest } from "./numbers.js";
import { isClose } from "./recogniseActivation.js";
import { CONSTANT_ROWS, SCALES } from "./samples.js";
import type { Tensor } from "./tensors.js";

/** A function of rows, as one of our layers computes it. */
export type Step =
  | { readonly type: "same" }
  | { readonly type: "line"; readonly scale: number; readonly offset: number }
  | { readonly type: "lines"; readonly scales: Float64Array; readonly offsets: Float64Array }
  | { readonly type: "prelu"; readonly alpha: Float64Array }
  | { readonly type: "glu" }
  | { readonly type: "bothClasses" }
  | {
      readonly type: "layerNormalization";
      readonly epsilon: number;
      readonly gamma: Float64Array;
      readonly beta: Float64Array;
    }
  | { readonly type: "rmsNormalization"; readonly epsilon: number; readonly scale: Float64Array }
  | { readonly type: "unitNormalization" };

/** Rows and what the function makes of them. */
export interface Rows {
  readonly x: Tensor;
  readonly y: Tensor;
}

const widthOf = ({ shape, data }: Tensor) => data.length / shape[0];
const rowOf = ({ shape, data }: Tensor, row: number) => {
  const width = data.length / shape[0];
  return data.subarray(row * width, (row + 1) * width);
};

/** Straight lines fit to the last bits of float64. */
const LINE = 1e-11;

/** y = scale x + offset in every column, from rows whose first ones are constant. */
function lineStep({ x, y }: Rows): Step | null {
  const [zero, one] = [0, 1].map((value) => rowOf(y, CONSTANT_ROWS.indexOf(value)));
  const columns = widthOf(x);
  const scales = one.map((value, j) => value - zero[j]) as Float64Array;
  for (let i = 0; i < x.data.length; i++) {
    const j = i % columns;
    const expected = scales[j] * x.data[i] + zero[j];
    const size = Math.abs(scales[j] * x.data[i]) + Math.abs(zero[j]);
    if (!(Math.abs(y.data[i] - expected) <= LINE * size)) return null;
  }
  const offsets = Float64Array.from(zero);
  if (isUniform(scales.map(Math.fround)) && isUniform(offsets)) {
    const scale = shortest(scales[0]);
    const offset = shortest(offsets[0]);
    return scale === 1 && offset === 0 ? { type: "same" } : { type: "line", scale, offset };
  }
  return { type: "lines", scales, offsets };
}

/** y = x from 0 on, alpha x below, with an alpha for each column. */
function preluStep({ x, y }: Rows): Step | null {
  const alpha = Float64Array.from(rowOf(y, CONSTANT_ROWS.indexOf(-1)), (value) => -value);
  const isPrelu = x.data.every((value, i) => isClose(y.data[i], value < 0 ? alpha[i % alpha.length] * value : value));
  return isPrelu ? { type: "prelu", alpha } : null;
}

/** y = a σ(b) with the halves a and b of the last dimension. */
function gluStep({ x, y }: Rows): Step | null {
  const size = x.shape[x.shape.length - 1] / 2;
  const isGlu = y.data.every((value, i) => {
    const a = i + (i - (i % size));
    return isClose(value, x.data[a] * sigmoid(x.data[a + size]));
  });
  return isGlu ? { type: "glu" } : null;
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** gamma and epsilon of y − beta = gamma d / √(variance + epsilon), from rows of which two have each scale. */
function fitScale(rows: Rows, beta: ArrayLike<number>, parts: (row: Float64Array) => { d: number[]; v: number }) {
  const columns = widthOf(rows.x);
  const of = (row: number) => {
    const { d, v } = parts(rowOf(rows.x, row) as Float64Array);
    return { d, v, y: rowOf(rows.y, row) };
  };
  const [first, second] = [of(0), of(1)];
  const gamma = Float64Array.from({ length: columns }, (_, j) => {
    const { d, v, y } = Math.abs(first.d[j]) > Math.abs(second.d[j]) ? first : second;
    return ((y[j] - beta[j]) * Math.sqrt(v)) / d[j];
  });
  const small = of(2 * SCALES.indexOf(1e-3));
  let largest = 0;
  for (let j = 1; j < columns; j++) {
    if (Math.abs(gamma[j] * small.d[j]) > Math.abs(gamma[largest] * small.d[largest])) largest = j;
  }
  const root = (gamma[largest] * small.d[largest]) / (small.y[largest] - beta[largest]);
  return { gamma, epsilon: shortest(root * root - small.v) };
}

/** True if every row is what is expected plus beta, which may cancel it, so that it is taken off first. */
function follows(
  rows: Rows,
  expected: (row: Float64Array) => ArrayLike<number>,
  beta: ArrayLike<number> | null = null,
): boolean {
  for (let row = 0; row < rows.x.shape[0]; row++) {
    const [got, wanted] = [rowOf(rows.y, row), expected(rowOf(rows.x, row) as Float64Array)];
    for (let j = 0; j < got.length; j++) if (!isClose(got[j] - (beta?.[j] ?? 0), wanted[j])) return false;
  }
  return true;
}

function layerNormalizationStep(rows: Rows): Step | null {
  const beta = Float64Array.from(rowOf(rows.y, 2 * SCALES.length));
  const parts = (row: Float64Array) => {
    const center = mean(row);
    const d = Array.from(row, (value) => value - center);
    return { d, v: mean(d.map((value) => value * value)) };
  };
  const { gamma, epsilon } = fitScale(rows, beta, parts);
  if (!(epsilon > 0)) return null;
  const expected = (row: Float64Array) => {
    const { d, v } = parts(row);
    return d.map((value, j) => (gamma[j] * value) / Math.sqrt(v + epsilon));
  };
  return follows(rows, expected, beta) ? { type: "layerNormalization", epsilon, gamma, beta } : null;
}

function rmsNormalizationStep(rows: Rows): Step | null {
  const zeros = new Float64Array(widthOf(rows.x));
  const parts = (row: Float64Array) => ({ d: Array.from(row), v: mean(row.map((value) => value * value)) });
  const { gamma: scale, epsilon } = fitScale(rows, zeros, parts);
  if (!(epsilon > 0)) return null;
  const expected = (row: Float64Array) => {
    const { d, v } = parts(row);
    return d.map((value, j) => (scale[j] * value) / Math.sqrt(v + epsilon));
  };
  return follows(rows, expected) ? { type: "rmsNormalization", epsilon, scale } : null;
}

/** Rows of zeros stay as they are; libraries differ in rows below 1e-6. */
function unitNormalizationStep(rows: Rows): Step | null {
  const expected = (row: Float64Array) => {
    const size = Math.sqrt(
      Math.max(
        row.reduce((sum, value) => sum + value * value, 0),
        1e-12,
      ),
    );
    return row.map((value) => value / size);
  };
  return follows(rows, expected) ? { type: "unitNormalization" } : null;
}

function bothClassesStep({ x, y }: Rows): Step | null {
  const isBoth = x.data.every((p, i) => isClose(y.data[2 * i], 1 - p) && isClose(y.data[2 * i + 1], p));
  return isBoth ? { type: "bothClasses" } : null;
}

/** Functions that work column by column, or join two of them; `null` for others. */
export function recogniseColumns(rows: Rows): Step | null {
  const [inputs, outputs] = [widthOf(rows.x), widthOf(rows.y)];
  if (inputs === outputs) return lineStep(rows) ?? preluStep(rows);
  if (inputs === 2 * outputs) return gluStep(rows);
  return inputs === 1 && outputs === 2 ? bothClassesStep(rows) : null;
}

/** Normalizations of rows; `null` for other functions. */
export function recogniseNormalization(rows: Rows): Step | null {
  if (widthOf(rows.x) !== widthOf(rows.y) || rows.x.shape.length !== 2) return null;
  return unitNormalizationStep(rows) ?? layerNormalizationStep(rows) ?? rmsNormalizationStep(rows);
}
