// Normalization of rows, and its gradients by x and gamma.
import { describe, expect, it } from "vitest";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { backends } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

const shapes = [...SIZES.map((columns, i) => [SIZES[(i * 7) % SIZES.length], columns] as const), [3, 1000] as const];

/** Sums of `terms` numbers, and factors up to 1 / √epsilon that enlarge their rounding. */
function tolerance(terms: number) {
  return { rtol: 3e-6 * Math.sqrt(terms), atol: 3e-6 * Math.sqrt(terms) };
}

/** Values of each row that forward keeps. */
function statistics(tape: Tape) {
  const [mean, rest, inverseDeviation] = ["mean", "rest", "s"].map((name) => tape.rowScalars(name));
  return { mean, rest, inverseDeviation };
}

function forwardCase(rows: number, columns: number, hasGamma = true, hasBeta = true, x?: Float32Array): RecordCase {
  const tape = new Tape();
  const [from, y] = [tape.rows("x", columns), tape.rows("y", columns)];
  const gamma = hasGamma ? tape.parameter("gamma", [columns]) : null;
  const beta = hasBeta ? tape.parameter("beta", [columns]) : null;
  const left = statistics(tape);
  return {
    label: `LayerNormalization ${rows} × ${columns}${hasGamma ? "" : ", no gamma"}${hasBeta ? "" : ", no beta"}`,
    tape,
    record: { op: Op.LayerNormalization, x: from, y, gamma, beta, ...left, columns, epsilon: 1e-3 },
    rows,
    inputs: [
      [from, x ?? uniforms(rows * columns, 70, -1, 3)],
      ...(gamma ? [[gamma, uniforms(columns, 71, 0.5, 1.5)] as const] : []),
      ...(beta ? [[beta, uniforms(columns, 72)] as const] : []),
    ],
    outputs: [...Object.values(left), y],
    tolerance: tolerance(columns),
  };
}

function given(tape: Tape, rows: number, columns: number) {
  const [x, dy] = [tape.rows("x", columns), tape.rows("dy", columns)];
  const left = statistics(tape);
  const inputs = [
    [x, uniforms(rows * columns, 70, -1, 3)],
    [dy, uniforms(rows * columns, 75)],
    [left.mean, uniforms(rows, 73)],
    [left.rest, uniforms(rows, 76, -1e-7, 1e-7)],
    [left.inverseDeviation, uniforms(rows, 74, 0.5, 3)],
  ] as const;
  return { operands: { x, dy, ...left }, inputs };
}

function backwardCase(rows: number, columns: number, inPlace: boolean, hasGamma = true): RecordCase {
  const tape = new Tape();
  const { operands, inputs } = given(tape, rows, columns);
  const dx = inPlace ? operands.dy : tape.rows("dx", columns);
  const gamma = hasGamma ? tape.parameter("gamma", [columns]) : null;
  return {
    label: `LayerNormalizationBackward ${rows} × ${columns}${inPlace ? " in place" : ""}${gamma ? "" : ", no gamma"}`,
    tape,
    record: { op: Op.LayerNormalizationBackward, ...operands, dx, gamma, columns },
    rows,
    inputs: [...inputs, ...(gamma ? [[gamma, uniforms(columns, 71, 0.5, 1.5)] as const] : [])],
    outputs: [dx],
    tolerance: tolerance(columns),
  };
}

function scaleGradientCase(rows: number, columns: number): RecordCase {
  const tape = new Tape();
  const { operands, inputs } = given(tape, rows, columns);
  const dGamma = tape.twin(tape.parameter("gamma", [columns]), "grads");
  return {
    label: `LayerNormalizationScaleGradient ${rows} × ${columns}`,
    tape,
    record: { op: Op.LayerNormalizationScaleGradient, ...operands, dGamma, columns },
    rows,
    inputs,
    outputs: [dGamma],
    tolerance: tolerance(rows),
  };
}

describeRecords("LayerNormalization", [
  ...shapes.map(([rows, columns]) => forwardCase(rows, columns)),
  ...shapes.map(([rows, columns]) => forwardCase(rows, columns, false)),
  forwardCase(7, 11, true, false),
  forwardCase(7, 11, false, false),
]);
describeRecords("LayerNormalizationBackward", [
  ...shapes.flatMap(([rows, columns]) => [false, true].map((inPlace) => backwardCase(rows, columns, inPlace))),
  backwardCase(7, 11, false, false),
  backwardCase(7, 12, true, false),
]);
describeRecords("LayerNormalizationScaleGradient", [
  ...shapes.map(([rows, columns]) => scaleGradientCase(rows, columns)),
  scaleGradientCase(257, 9),
]);

describe.each(backends)("LayerNormalization on %s", (_, factory) => {
  it.each([1e3, 1e5, 1e6, -1e6])("loses nothing of rows around %d", (centre) => {
    const [rows, columns] = [3, 50];
    const x = uniforms(rows * columns, 79, centre - 2, centre + 2);
    const recordCase = forwardCase(rows, columns, false, false, x);
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    const expected = Array.from({ length: rows }, (_, row) => {
      const values = [...x.subarray(row * columns, (row + 1) * columns)];
      const mean = values.reduce((sum, value) => sum + value, 0) / columns;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
      return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-3));
    }).flat();
    expect(read(prepared, recordCase.outputs[3], rows).values).toBeAllClose(expected, { rtol: 5e-6, atol: 5e-6 });
  });
});
