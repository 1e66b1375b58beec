// Normalization of columns: by the batch with the way back, the moving statistics, and by given statistics.
import { describe, expect, it } from "vitest";
import { Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { backends } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

const shapes = [
  ...SIZES.map((columns, i) => [SIZES[(i * 7) % SIZES.length], columns] as const),
  [257, 9] as const,
  [1000, 20] as const,
];

/** Sums over rows, and factors up to 1 / √epsilon that enlarge their rounding. */
function tolerance(rows: number) {
  return { rtol: 3e-6 * Math.sqrt(rows), atol: 3e-6 * Math.sqrt(rows) };
}

interface Parts {
  readonly gamma?: boolean;
  readonly beta?: boolean;
  readonly x?: Float32Array;
}

function parameters(tape: Tape, columns: number, { gamma = true, beta = true }: Parts) {
  return {
    gamma: gamma ? tape.parameter("gamma", [columns]) : null,
    beta: beta ? tape.parameter("beta", [columns]) : null,
  };
}

const values = {
  gamma: (columns: number) => uniforms(columns, 71, 0.5, 1.5),
  beta: (columns: number) => uniforms(columns, 72),
  mean: (columns: number) => uniforms(columns, 73),
  variance: (columns: number) => uniforms(columns, 74, 0.1, 2),
};

function batchCase(rows: number, columns: number, parts: Parts = {}): RecordCase {
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = tape.rows("y", columns);
  const { gamma, beta } = parameters(tape, columns, parts);
  const [mean, rest, variance] = ["mean", "rest", "variance"].map((name) => tape.scratch(name, columns));
  const operands = { x, y, gamma, beta, mean, rest, variance };
  return {
    label: `BatchNormalization ${rows} × ${columns}${gamma ? "" : ", no gamma"}${beta ? "" : ", no beta"}`,
    tape,
    record: { op: Op.BatchNormalization, ...operands, columns, epsilon: 1e-3 },
    rows,
    inputs: [
      [x, parts.x ?? uniforms(rows * columns, 70, -1, 3)],
      ...(gamma ? [[gamma, values.gamma(columns)] as const] : []),
      ...(beta ? [[beta, values.beta(columns)] as const] : []),
    ],
    outputs: [mean, rest, variance, y],
    tolerance: tolerance(rows),
  };
}

interface BackwardParts {
  readonly gamma?: boolean;
  readonly dx?: "new" | "in place" | "none";
  readonly gradients?: boolean;
}

function backwardCase(
  rows: number,
  columns: number,
  { gamma: hasGamma = true, dx: where = "new", gradients = true }: BackwardParts = {},
): RecordCase {
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const dy = tape.rows("dy", columns);
  const dx = where === "none" ? null : where === "new" ? tape.rows("dx", columns) : dy;
  const gamma = hasGamma ? tape.parameter("gamma", [columns]) : null;
  const [mean, rest, variance] = ["mean", "rest", "variance"].map((name) => tape.scratch(name, columns));
  const dGamma = gradients ? tape.twin(tape.parameter("gamma", [columns]), "grads") : null;
  const dBeta = gradients ? tape.twin(tape.parameter("beta", [columns]), "grads") : null;
  const operands = { x, dy, dx, gamma, mean, rest, variance, dGamma, dBeta };
  return {
    label: `BatchNormalizationBackward ${rows} × ${columns}, dx ${where}`,
    tape,
    record: { op: Op.BatchNormalizationBackward, ...operands, columns, epsilon: 1e-3 },
    rows,
    inputs: [
      [x, uniforms(rows * columns, 70, -1, 3)],
      [dy, uniforms(rows * columns, 75)],
      [mean, values.mean(columns)],
      [rest, uniforms(columns, 76, -1e-7, 1e-7)],
      [variance, values.variance(columns)],
      ...(gamma ? [[gamma, values.gamma(columns)] as const] : []),
    ],
    outputs: [dx, dGamma, dBeta].filter((tensor) => tensor !== null),
    tolerance: tolerance(rows),
  };
}

function movingCase(rows: number, columns: number, unbiased: 0 | 1, broken = false): RecordCase {
  const tape = new Tape();
  const [mean, variance] = ["mean", "variance"].map((name) => tape.scratch(name, columns));
  const [movingMean, movingVariance] = ["a", "b"].map((name) => tape.parameter(name, [columns]));
  const batch = values.variance(columns);
  if (broken) batch[columns - 1] = Number.POSITIVE_INFINITY;
  return {
    label: `MovingStatistics of ${rows} rows, ${columns} columns${unbiased ? ", unbiased" : ""}`,
    tape,
    record: { op: Op.MovingStatistics, mean, variance, movingMean, movingVariance, columns, rate: 0.1, unbiased },
    rows,
    inputs: [
      [mean, values.mean(columns)],
      [variance, batch],
      [movingMean, uniforms(columns, 77)],
      [movingVariance, uniforms(columns, 78, 0, 1)],
    ],
    outputs: [movingMean, movingVariance],
    ...(broken ? { status: Status.UpdateNotFinite } : {}),
  };
}

function standardizeCase(rows: number, columns: number, floor: 0 | 1, parts: Parts & { inPlace?: boolean } = {}) {
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = parts.inPlace ? x : tape.rows("y", columns);
  const { gamma, beta } = parameters(tape, columns, parts);
  const [mean, variance] = ["mean", "variance"].map((name) => tape.parameter(name, [columns]));
  const operands = { x, y, mean, variance, gamma, beta };
  const spread = values.variance(columns);
  if (floor) spread[0] = 0; // epsilon is then the deviation
  const recordCase: RecordCase = {
    label: `Standardize ${rows} × ${columns}${floor ? ", floor" : ""}${parts.inPlace ? " in place" : ""}`,
    tape,
    record: { op: Op.Standardize, ...operands, columns, epsilon: 1e-3, floor },
    rows,
    inputs: [
      [x, uniforms(rows * columns, 70, -1, 3)],
      [mean, values.mean(columns)],
      [variance, spread],
      ...(gamma ? [[gamma, values.gamma(columns)] as const] : []),
      ...(beta ? [[beta, values.beta(columns)] as const] : []),
    ],
    outputs: [y],
    tolerance: { rtol: 2e-6, atol: 2e-6 },
  };
  return recordCase;
}

describeRecords("BatchNormalization", [
  ...shapes.map(([rows, columns]) => batchCase(rows, columns)),
  ...shapes.map(([rows, columns]) => batchCase(rows, columns, { gamma: false })),
  batchCase(7, 11, { beta: false }),
  batchCase(7, 11, { gamma: false, beta: false }),
]);
describeRecords("BatchNormalizationBackward", [
  ...shapes.flatMap(([rows, columns]) =>
    (["new", "in place", "none"] as const).map((dx) => backwardCase(rows, columns, { dx })),
  ),
  backwardCase(7, 11, { gamma: false }),
  backwardCase(7, 11, { gradients: false }),
]);
describeRecords("MovingStatistics", [
  ...SIZES.flatMap((columns) => ([0, 1] as const).map((unbiased) => movingCase(columns + 1, columns, unbiased))),
  movingCase(1, 11, 0),
  movingCase(1, 11, 1),
  movingCase(5, 11, 0, true),
]);
describeRecords("Standardize", [
  ...shapes.flatMap(([rows, columns]) =>
    ([0, 1] as const).map((floor) => standardizeCase(rows, columns, floor, { inPlace: floor === 1 })),
  ),
  standardizeCase(5, 11, 0, { gamma: false, beta: false }),
  standardizeCase(5, 11, 1, { gamma: false, beta: false, inPlace: true }),
]);

describe.each(backends)("BatchNormalization on %s", (_, factory) => {
  it.each([1e3, 1e5, 1e6, -1e6])("loses nothing of columns around %d", (centre) => {
    const [rows, columns] = [200, 10];
    const x = uniforms(rows * columns, 79, centre - 2, centre + 2);
    const recordCase = batchCase(rows, columns, { gamma: false, beta: false, x });
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    const y = read(prepared, recordCase.outputs[3], rows).values;
    for (let j = 0; j < columns; j++) {
      const column = Array.from({ length: rows }, (_, row) => x[row * columns + j]);
      const mean = column.reduce((sum, value) => sum + value, 0) / rows;
      const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
      const expected = column.map((value) => (value - mean) / Math.sqrt(variance + 1e-3));
      const got = expected.map((_, row) => y[row * columns + j]);
      expect(got).toBeAllClose(expected, { rtol: 5e-6, atol: 5e-6 });
    }
  });

  it("finds no spread in a constant column, and none in a single row", () => {
    for (const [rows, x] of [
      [33, uniforms(1, 1, 1e5, 2e5)[0]],
      [1, 3.7],
    ] as const) {
      const recordCase = batchCase(rows, 9, { gamma: false, beta: false, x: new Float32Array(rows * 9).fill(x) });
      const prepared = prepare(recordCase, factory);
      prepared.backend.run(0, 1, false);
      const [mean, rest, variance, y] = recordCase.outputs.map((tensor) => read(prepared, tensor, rows).values);
      expect(new Set(mean)).toEqual(new Set([Math.fround(x)]));
      for (const zeros of [rest, variance, y]) expect(zeros.every((value) => value === 0)).toBe(true);
    }
  });
});
