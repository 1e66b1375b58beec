// Kernels that prepare inputs: straight lines, and categories as zeros and ones.
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { labels, uniforms } from "../support/tensors.js";

const EXACT = { rtol: 1e-7, atol: 0 };

function rescaleCase(rows: number, columns: number, inPlace: boolean): RecordCase {
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = inPlace ? x : tape.rows("y", columns);
  return {
    label: `Rescale ${rows} × ${columns}${inPlace ? " in place" : ""}`,
    tape,
    record: { op: Op.Rescale, x, y, columns, scale: 1 / 255, offset: -0.5 },
    rows,
    inputs: [[x, uniforms(rows * columns, 90, 0, 255)]],
    outputs: [y],
    tolerance: { rtol: 1.3e-6, atol: 1e-7 },
  };
}

function encodingCase(rows: number, features: number, tokens: number, together: 0 | 1, x?: number[]): RecordCase {
  const tape = new Tape();
  const from = tape.rows("x", features);
  const y = tape.rows("y", together ? tokens : features * tokens);
  return {
    label: `CategoryEncoding ${rows} × ${features} of ${tokens}${together ? ", together" : ""}`,
    tape,
    record: { op: Op.CategoryEncoding, x: from, y, features, tokens, together },
    rows,
    inputs: [[from, x ?? labels(rows * features, tokens, 91)]],
    outputs: [y],
    tolerance: EXACT,
  };
}

const shapes = SIZES.map((columns, i) => [SIZES[(i * 7) % 12], columns] as const);
describeRecords(
  "Rescale",
  shapes.flatMap(([rows, columns]) => [false, true].map((inPlace) => rescaleCase(rows, columns, inPlace))),
);
describeRecords("CategoryEncoding", [
  ...shapes.flatMap(([rows, tokens]) => [
    encodingCase(rows, 1, tokens, 0),
    encodingCase(rows, 3, tokens, 0),
    encodingCase(rows, 9, tokens, 1),
  ]),
  // Whoever changes data after the check gets no 1, and nothing else is written.
  encodingCase(4, 2, 5, 0, [-1, 5, 7, -3, 1e9, -1e9, Number.NaN, Number.POSITIVE_INFINITY]),
  encodingCase(4, 2, 5, 1, [-1, 5, 7, -3, 1e9, -1e9, Number.NaN, Number.POSITIVE_INFINITY]),
]);
