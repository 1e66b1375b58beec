// Sums over many rows: equal rows in float64 give the right answer, whatever their number.
import { describe, expect, it } from "vitest";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { variants } from "../support/backends.js";
import { isQuick } from "../support/inFull.js";
import { RawWasm } from "../support/rawWasm.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";

/** Rows, and values of all of them that float32 does not hold exactly, so that every addition rounds. */
const CASES: readonly (readonly [rows: number, values: readonly number[]])[] = [
  [513, [0.7, 0.1, 0.3, 1.1, 1e-3]],
  [60_000, [0.7, 0.1]],
  ...(isQuick ? [] : [[400_000, [0.7]] as const]),
];
/** PyTorch 2 sums a column of 400 000 equal rows to 2e-7 to 3e-6. */
const LIMIT = 1e-6;
const INPUTS = 4;

const fill = (count: number, value: number) => new Float32Array(count).fill(value);

function kernelGradient(rows: number, value: number, units: number): RecordCase {
  const tape = new Tape();
  const kernel = tape.parameter("kernel", [INPUTS, units]);
  const dKernel = tape.twin(kernel, "grads");
  const [x, dy] = [tape.rows("x", INPUTS), tape.rows("dy", units)];
  return {
    label: "DenseKernelGradient",
    tape,
    record: { op: Op.DenseKernelGradient, x, dy, dKernel, sums: tape.sums(kernel), inputs: INPUTS, units },
    rows,
    inputs: [
      [x, fill(rows * INPUTS, value)],
      [dy, fill(rows * units, 1)],
    ],
    outputs: [dKernel],
  };
}

function columnSum(rows: number, value: number): RecordCase {
  const tape = new Tape();
  const out = tape.twin(tape.parameter("bias", [3]), "grads");
  const x = tape.rows("x", 3);
  return {
    label: "ColumnSum",
    tape,
    record: { op: Op.ColumnSum, x, out, columns: 3 },
    rows,
    inputs: [[x, fill(rows * 3, value)]],
    outputs: [out],
  };
}

function scaleGradient(rows: number, value: number): RecordCase {
  const tape = new Tape();
  const [x, dy] = [tape.rows("x", 3), tape.rows("dy", 3)];
  const [mean, rest, inverseDeviation] = ["mean", "rest", "s"].map((name) => tape.rowScalars(name));
  const dGamma = tape.twin(tape.parameter("gamma", [3]), "grads");
  return {
    label: "LayerNormalizationScaleGradient",
    tape,
    record: { op: Op.LayerNormalizationScaleGradient, x, dy, mean, rest, inverseDeviation, dGamma, columns: 3 },
    rows,
    inputs: [
      [x, fill(rows * 3, value)],
      [dy, fill(rows * 3, 1)],
      [mean, fill(rows, 0)],
      [rest, fill(rows, 0)],
      [inverseDeviation, fill(rows, 1)],
    ],
    outputs: [dGamma],
  };
}

/** dGamma of batch normalization where x - mean is the value; dBeta sums dy, which is 1. */
function batchBackward(rows: number, value: number): RecordCase {
  const tape = new Tape();
  const [x, dy] = [tape.rows("x", 3), tape.rows("dy", 3)];
  const [mean, rest, variance] = ["mean", "rest", "variance"].map((name) => tape.scratch(name, 3));
  const dGamma = tape.twin(tape.parameter("gamma", [3]), "grads");
  const dBeta = tape.twin(tape.parameter("beta", [3]), "grads");
  const operands = { x, dy, dx: null, gamma: null, mean, rest, variance, dGamma, dBeta };
  return {
    label: "BatchNormalizationBackward",
    tape,
    record: { op: Op.BatchNormalizationBackward, ...operands, columns: 3, epsilon: 0 },
    rows,
    inputs: [
      [x, fill(rows * 3, value)],
      [dy, fill(rows * 3, 1)],
      [mean, fill(3, 0)],
      [rest, fill(3, 0)],
      [variance, fill(3, 1)],
    ],
    outputs: [dGamma],
  };
}

/** Mean of a first row of zeros and equal rows after it: the sum of deviations from the first. */
function batchMean(rows: number, value: number): RecordCase {
  const tape = new Tape();
  const [x, y] = [tape.rows("x", 3), tape.rows("y", 3)];
  const [mean, rest, variance] = ["mean", "rest", "variance"].map((name) => tape.scratch(name, 3));
  const operands = { x, y, gamma: null, beta: null, mean, rest, variance };
  const values = fill(rows * 3, value).fill(0, 0, 3);
  return {
    label: "BatchNormalization",
    tape,
    record: { op: Op.BatchNormalization, ...operands, columns: 3, epsilon: 1 },
    rows,
    inputs: [[x, values]],
    outputs: [mean],
  };
}

const OPS: readonly (readonly [string, (rows: number, value: number) => RecordCase, (rows: number) => number])[] = [
  ["the gradient of a kernel of one unit", (rows, value) => kernelGradient(rows, value, 1), (rows) => rows],
  ["the gradient of a kernel of 40 units", (rows, value) => kernelGradient(rows, value, 40), (rows) => rows],
  ["the gradient of a bias", columnSum, (rows) => rows],
  ["the scale of layer normalization", scaleGradient, (rows) => rows],
  ["the scale of batch normalization", batchBackward, (rows) => rows],
  ["the mean of a batch", batchMean, (rows) => (rows - 1) / rows],
];

describe.each(variants)("sums over many equal rows (%s)", (variant) => {
  it.each(OPS)("are right for %s", (_, build, factor) => {
    for (const [rows, values] of CASES) {
      for (const value of values) {
        const recordCase = build(rows, value);
        const prepared = prepare(recordCase, (words, bytes) => new RawWasm(variant, words, bytes));
        prepared.backend.run(0, 1);
        const right = factor(rows) * Math.fround(value);
        const worst = read(prepared, recordCase.outputs[0], rows).values.reduce(
          (error, sum) => Math.max(error, Math.abs(sum / right - 1)),
          0,
        );
        expect(worst, `${rows} rows of ${value}`).toBeLessThan(LIMIT);
      }
    }
  });
});
