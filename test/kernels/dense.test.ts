// The three matrix products of a dense layer: all edge sizes, and sizes beyond every block of assembly/dense.ts.
import { activationCode, activationNames, isElementwise, resolveActivation } from "../../src/activations.js";
import { Op } from "../../src/plan/op.js";
import { Tape } from "../../src/plan/tape.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { TRIPLES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

type Sizes = readonly [rows: number, inputs: number, units: number];

/** Beyond 64 and 256 rows, 1024 inputs and 4 panels, in all combinations that take another path. */
const LARGE: readonly Sizes[] = [
  [65, 9, 17],
  [64, 1024, 8],
  [1, 1024, 32],
  [1, 1025, 37],
  [1, 2049, 264],
  [2, 1027, 40],
  [3, 2050, 33],
  [67, 1030, 21],
  [129, 1100, 12],
  [256, 5, 9],
  [257, 7, 9],
  [259, 33, 41],
  [300, 130, 7],
  [513, 12, 3],
  [5, 64, 300],
];

/** float32 sums of `terms` products, against float64: the error grows like a random walk. */
function toleranceOf(terms: number) {
  return { rtol: 1.3e-6 * Math.sqrt(terms), atol: 1e-5 };
}

/** Values whose sums of `terms` products stay near 1. */
function scaled(count: number, terms: number, seed: number): Float32Array {
  const bound = Math.sqrt(3 / terms);
  return uniforms(count, seed, -bound, bound);
}

function forwardCase([rows, inputs, units]: Sizes, spec = resolveActivation("", "linear")): RecordCase {
  const tape = new Tape();
  const kernel = tape.parameter("kernel", [inputs, units]);
  const bias = tape.parameter("bias", [units]);
  const x = tape.rows("x", inputs);
  const y = tape.rows("y", units);
  return {
    label: `DenseForward ${spec.type} ${rows} × ${inputs} × ${units}`,
    tape,
    record: { op: Op.DenseForward, x, kernel, bias, y, inputs, units, ...activationCode(spec) },
    rows,
    inputs: [
      [x, uniforms(rows * inputs, 1)],
      [kernel, scaled(inputs * units, inputs, 2)],
      [bias, uniforms(units, 3)],
    ],
    outputs: [y],
    tolerance: toleranceOf(inputs + 1),
  };
}

function kernelGradientCase([rows, inputs, units]: Sizes): RecordCase {
  const tape = new Tape();
  const dKernel = tape.twin(tape.parameter("kernel", [inputs, units]), "grads");
  const x = tape.rows("x", inputs);
  const dy = tape.rows("dy", units);
  return {
    label: `DenseKernelGradient ${rows} × ${inputs} × ${units}`,
    tape,
    record: { op: Op.DenseKernelGradient, x, dy, dKernel, inputs, units },
    rows,
    inputs: [
      [x, uniforms(rows * inputs, 4)],
      [dy, scaled(rows * units, rows, 5)],
    ],
    outputs: [dKernel],
    tolerance: toleranceOf(rows),
  };
}

function inputGradientCase([rows, inputs, units]: Sizes): RecordCase {
  const tape = new Tape();
  const kernel = tape.parameter("kernel", [inputs, units]);
  const dy = tape.rows("dy", units);
  const dx = tape.rows("dx", inputs);
  return {
    label: `DenseInputGradient ${rows} × ${inputs} × ${units}`,
    tape,
    record: { op: Op.DenseInputGradient, dy, kernel, dx, inputs, units },
    rows,
    inputs: [
      [kernel, scaled(inputs * units, units, 6)],
      [dy, uniforms(rows * units, 7)],
    ],
    outputs: [dx],
    tolerance: toleranceOf(units),
  };
}

for (const { first, triples } of TRIPLES) {
  describeRecords(
    `dense products of ${first} rows`,
    triples.flatMap((sizes) => [forwardCase(sizes), kernelGradientCase(sizes), inputGradientCase(sizes)]),
  );
}

describeRecords(
  "dense products beyond the blocks",
  LARGE.flatMap((sizes) => [forwardCase(sizes), kernelGradientCase(sizes), inputGradientCase(sizes)]),
);

const fused = activationNames.map((name) => resolveActivation("", name)).filter(isElementwise);
const FUSED_SIZES: readonly Sizes[] = [
  [1, 3, 37],
  [3, 5, 9],
  [6, 4, 12],
  [66, 7, 13],
  [5, 1026, 18],
];

describeRecords(
  "dense forward with every activation",
  fused.flatMap((spec) => FUSED_SIZES.map((sizes) => forwardCase(sizes, spec))),
);
