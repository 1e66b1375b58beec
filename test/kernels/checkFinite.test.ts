// The check of inputs: NaN and infinities at every place are found, and nothing else is.
import { Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

function checkCase(rows: number, columns: number, bad?: { at: number; value: number }): RecordCase {
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const values = uniforms(rows * columns, 41);
  if (bad) values[bad.at] = bad.value;
  return {
    label: `CheckFinite ${rows} × ${columns}${bad ? ` with ${bad.value} at ${bad.at}` : ""}`,
    tape,
    record: { op: Op.CheckFinite, x, columns },
    rows,
    inputs: [[x, values]],
    outputs: [],
    status: bad ? Status.InputNotFinite : Status.Running,
  };
}

describeRecords("CheckFinite", [
  ...SIZES.flatMap((rows) => SIZES.map((columns) => checkCase(rows, columns))),
  ...SIZES.flatMap((columns) =>
    Array.from({ length: 3 * columns }, (_, at) =>
      checkCase(3, columns, { at, value: [Number.NaN, Infinity][at % 2] }),
    ),
  ),
  checkCase(1, 8, { at: 7, value: -Infinity }),
]);
