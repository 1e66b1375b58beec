// Every activation as a record of its own, forward and backward, in place and not.
import { type ActivationSpec, activationCode, activationNames, resolveActivation } from "../../src/activations.js";
import { Op } from "../../src/plan/op.js";
import { Tape } from "../../src/plan/tape.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { distributions, uniforms } from "../support/tensors.js";

const TOLERANCE = { rtol: 1.3e-6, atol: 1e-7 };
/** Sprinkled among ordinary values: zeros, both ends of exp's range, and beyond. */
const SPECIAL = [0, -0, 1e-40, -1e-40, 1e-8, -1e-8, 20, -20, 60, -60, 90, -90, 120, -120];

function sprinkled(count: number, seed: number): Float32Array {
  const values = uniforms(count, seed, -4, 4);
  for (let i = 2; i < count; i += 5) values[i] = SPECIAL[(i * 3) % SPECIAL.length];
  return values;
}

/** Values such as the activation gives. */
function outputs(spec: ActivationSpec, rows: number, columns: number): Float32Array {
  if (spec.type === "softmax") return distributions(rows, columns, 11);
  if (spec.type === "sigmoid") return uniforms(rows * columns, 12, 0, 1);
  const values = uniforms(rows * columns, 13, -0.99, 0.99);
  return spec.type === "relu" ? values.map((value) => Math.max(value, 0)) : values;
}

function forwardCase(
  spec: ActivationSpec,
  rows: number,
  columns: number,
  inPlace: boolean,
  values = sprinkled(rows * columns, 10),
): RecordCase {
  const tape = new Tape();
  const x = tape.rows("x", columns);
  const y = inPlace ? x : tape.rows("y", columns);
  return {
    label: `${spec.type} ${rows} × ${columns}${inPlace ? " in place" : ""}`,
    tape,
    record: { op: Op.ActivationForward, x, y, columns, ...activationCode(spec) },
    rows,
    inputs: [[x, values]],
    outputs: [y],
    // Softmax subtracts the largest first: where values reach ±120, that costs half an ulp of 240.
    tolerance: spec.type === "softmax" ? { rtol: 1.5e-5, atol: 1e-7 } : TOLERANCE,
  };
}

function backwardCase(spec: ActivationSpec, rows: number, columns: number, inPlace: boolean): RecordCase {
  const tape = new Tape();
  const y = tape.rows("y", columns);
  const dy = tape.rows("dy", columns);
  const dx = inPlace ? dy : tape.rows("dx", columns);
  return {
    label: `${spec.type} backward ${rows} × ${columns}${inPlace ? " in place" : ""}`,
    tape,
    record: { op: Op.ActivationBackward, y, dy, dx, columns, ...activationCode(spec) },
    rows,
    inputs: [
      [y, outputs(spec, rows, columns)],
      [dy, uniforms(rows * columns, 14)],
    ],
    outputs: [dx],
    tolerance: TOLERANCE,
  };
}

for (const name of activationNames) {
  const spec = resolveActivation("", name);
  const shapes = SIZES.map((columns, i) => [SIZES[(i * 7) % 12], columns] as const);
  for (const [direction, makeCase] of [["forward", forwardCase] as const, ["backward", backwardCase] as const]) {
    describeRecords(
      `${name} ${direction}`,
      shapes.flatMap(([rows, columns]) => [false, true].map((inPlace) => makeCase(spec, rows, columns, inPlace))),
    );
  }
}

// All so far below zero that exp gives 0, unless the largest is subtracted first.
describeRecords(
  "softmax of low logits",
  SIZES.map((columns) => {
    const values = uniforms(2 * columns, 15, -124, -120);
    return forwardCase({ type: "softmax" }, 2, columns, false, values);
  }),
);

describeRecords("options of activations reach the kernels", [
  forwardCase({ type: "leakyRelu", negativeSlope: 0.37 }, 5, 11, false),
  backwardCase({ type: "leakyRelu", negativeSlope: 0.37 }, 5, 11, false),
  forwardCase({ type: "elu", alpha: 1.7 }, 5, 11, false),
  backwardCase({ type: "elu", alpha: 1.7 }, 5, 11, false),
]);
