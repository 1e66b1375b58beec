// Bias gradients: sums over rows, in row order.
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

function columnSumCase(rows: number, columns: number): RecordCase {
  const tape = new Tape();
  const out = tape.twin(tape.parameter("bias", [columns]), "grads");
  const x = tape.rows("x", columns);
  return {
    label: `ColumnSum ${rows} × ${columns}`,
    tape,
    record: { op: Op.ColumnSum, x, out, columns },
    rows,
    inputs: [[x, uniforms(rows * columns, 40)]],
    outputs: [out],
    tolerance: { rtol: 1.3e-6 * Math.sqrt(rows), atol: 1e-6 * Math.sqrt(rows) },
  };
}

describeRecords(
  "ColumnSum",
  [...SIZES, 257, 1000].flatMap((rows) => SIZES.map((columns) => columnSumCase(rows, columns))),
);
