// Every activation as a record of its own, forward and backward, in place and not.

import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import {
  type ActivationSpec,
  activationCode,
  activationNames,
  differentiatesFrom,
  gelu,
  isElementwise,
  relu,
  resolveActivation,
} from "../../src/specs/activations.js";
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

function clipped(count: number, low: number, high: number): Float32Array {
  const third = (high - low) / 3;
  return uniforms(count, 13, low - third, high + third).map((value) => Math.min(Math.max(value, low), high));
}

/** Values such as the derivative is taken from: what the activation is given, or what it gives. */
function savedValues(spec: ActivationSpec, rows: number, columns: number): Float32Array {
  const count = rows * columns;
  if (differentiatesFrom(spec) === "z") return sprinkled(count, 16);
  switch (spec.type) {
    case "softmax":
      return distributions(rows, columns, 11);
    case "logSoftmax":
      return distributions(rows, columns, 11).map(Math.log);
    case "sigmoid":
      return uniforms(count, 12, 0, 1);
    case "relu":
      return uniforms(count, 13, -2, 2).map((value) => (value > 0 || spec.negativeSlope ? Math.min(value, 1.5) : 0));
    case "relu6":
      return clipped(count, 0, 6);
    case "hardSigmoid":
      return clipped(count, 0, 1);
    case "hardTanh":
      return clipped(count, -1, 1);
    case "softShrink":
    case "hardShrink":
      return uniforms(count, 13).map((value) => (Math.abs(value) < 0.3 ? 0 : value));
    default:
      return uniforms(count, 13, -0.99, 0.99);
  }
}

/** e^120 is no float32. */
function forwardValues(spec: ActivationSpec, count: number): Float32Array {
  const values = sprinkled(count, 10);
  return spec.type === "exponential" ? values.map((value) => Math.min(value, 80)) : values;
}

function forwardCase(
  spec: ActivationSpec,
  rows: number,
  columns: number,
  inPlace: boolean,
  values = forwardValues(spec, rows * columns),
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
    tolerance: isElementwise(spec) ? TOLERANCE : { rtol: 1.5e-5, atol: 1e-7 },
  };
}

function backwardCase(
  spec: ActivationSpec,
  rows: number,
  columns: number,
  inPlace: boolean,
  values = savedValues(spec, rows, columns),
): RecordCase {
  const tape = new Tape();
  const saved = tape.rows("saved", columns);
  const dy = tape.rows("dy", columns);
  const dx = inPlace ? dy : tape.rows("dx", columns);
  return {
    label: `${spec.type} backward ${rows} × ${columns}${inPlace ? " in place" : ""}`,
    tape,
    record: { op: Op.ActivationBackward, saved, dy, dx, columns, ...activationCode(spec) },
    rows,
    inputs: [
      [saved, values],
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

/** Inputs where a factor underflows, overflows or cancels while the other is huge. */
const FAR = [10.5, 12, 15, 17, 20, 21, 40, 88, 89, 104, 106, 1e3, 1e10, 1e14, 1e16, 1e20, 1e30, 1e38, 3e38];
const far = Float32Array.from([...FAR, ...FAR.map((x) => -x)]);

describeRecords(
  "activations far from zero",
  activationNames
    .map((name) => resolveActivation("", name))
    .filter(isElementwise)
    .flatMap((spec) => {
      const values = spec.type === "exponential" ? far.map((x) => Math.min(x, 80)) : far;
      const forward = forwardCase(spec, 1, values.length, false, values);
      return differentiatesFrom(spec) === "z"
        ? [forward, backwardCase(spec, 1, values.length, false, values)]
        : [forward];
    }),
);

// All so far below zero that exp gives 0, unless the largest is subtracted first.
describeRecords(
  "softmax of low logits",
  SIZES.map((columns) => {
    const values = uniforms(2 * columns, 15, -124, -120);
    return forwardCase({ type: "softmax" }, 2, columns, false, values);
  }),
);

/** Each has a kind of its own, or all three numbers. */
const RELUS = [
  relu({ negativeSlope: 0.3 }),
  relu({ maxValue: 1.5 }),
  relu({ negativeSlope: 0.3, maxValue: 1.5, threshold: 0.7 }),
];

describeRecords(
  "relu with options",
  SIZES.flatMap((columns) =>
    RELUS.flatMap((spec) => [forwardCase(spec, 3, columns, true), backwardCase(spec, 3, columns, false)]),
  ),
);

describeRecords("options of activations reach the kernels", [
  forwardCase({ type: "leakyRelu", negativeSlope: 0.37 }, 5, 11, false),
  backwardCase({ type: "leakyRelu", negativeSlope: 0.37 }, 5, 11, false),
  forwardCase({ type: "elu", alpha: 1.7 }, 5, 11, false),
  backwardCase({ type: "elu", alpha: 1.7 }, 5, 11, false),
  forwardCase({ type: "celu", alpha: 1.7 }, 5, 11, false),
  backwardCase({ type: "celu", alpha: 1.7 }, 5, 11, false),
  forwardCase({ type: "softShrink", threshold: 1.2 }, 5, 11, false),
  forwardCase({ type: "hardShrink", threshold: 1.2 }, 5, 11, false),
  forwardCase(gelu({ approximate: true }), 5, 33, false),
  backwardCase(gelu({ approximate: true }), 5, 33, false),
]);
