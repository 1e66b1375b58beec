// The three matrix products of a dense layer: all edge sizes, sizes beyond every block of assembly/dense.ts, and zeros.
import { describe, expect, it } from "vitest";
import { ControlField, Place } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { ReferenceBackend } from "../../src/runtime/reference/backend.js";
import { activationCode, activationNames, isElementwise, resolveActivation } from "../../src/specs/activations.js";
import { variants } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { isQuick } from "../support/inFull.js";
import { RawWasm } from "../support/rawWasm.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { TRIPLES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

type Sizes = readonly [rows: number, inputs: number, units: number];

/**
 * Beyond 64 and 256 rows, 1024 inputs and 4 panels, in all combinations that take another path; and rows of more
 * than 3 KiB, whose lines of dy are copied.
 */
const LARGE: readonly Sizes[] = [
  [65, 9, 17],
  [64, 1024, 8],
  [1, 1024, 32],
  [1, 1025, 37],
  [1, 2049, 264],
  [2, 1027, 40],
  [3, 2050, 33],
  [50, 770, 761],
  [67, 1030, 21],
  [129, 1100, 12],
  [256, 5, 9],
  [257, 7, 9],
  [259, 33, 41],
  [300, 130, 7],
  [512, 5, 9],
  [513, 12, 3],
  [544, 13, 41],
  [1027, 9, 17],
  [5, 64, 300],
];

/** float32 sums of `terms` products, against float64: the error grows like a random walk. */
function toleranceOf(terms: number) {
  return { rtol: 1.3e-6 * Math.sqrt(terms), atol: 1e-5 };
}

/** Sums over rows: those of many rows are taken in blocks of 32, so their error is that of 32 rows. */
function rowsTolerance(rows: number) {
  return rows > Place.PlainRows ? { rtol: 7e-6, atol: 3e-7 } : toleranceOf(rows);
}

/** Values whose sums of `terms` products stay near 1. */
function scaled(count: number, terms: number, seed: number): Float32Array {
  const bound = Math.sqrt(3 / terms);
  return uniforms(count, seed, -bound, bound);
}

function forwardCase(
  [rows, inputs, units]: Sizes,
  spec = resolveActivation("", "linear"),
  values = uniforms(rows * inputs, 1),
): RecordCase {
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
      [x, values],
      [kernel, scaled(inputs * units, inputs, 2)],
      [bias, uniforms(units, 3)],
    ],
    outputs: [y],
    tolerance: toleranceOf(inputs + 1),
  };
}

function kernelGradientCase(
  [rows, inputs, units]: Sizes,
  values = uniforms(rows * inputs, 4),
  gradients = scaled(rows * units, rows, 5),
): RecordCase {
  const tape = new Tape();
  const kernel = tape.parameter("kernel", [inputs, units]);
  const dKernel = tape.twin(kernel, "grads");
  const x = tape.rows("x", inputs);
  const dy = tape.rows("dy", units);
  return {
    label: `DenseKernelGradient ${rows} × ${inputs} × ${units}`,
    tape,
    record: { op: Op.DenseKernelGradient, x, dy, dKernel, sums: tape.sums(kernel), inputs, units },
    rows,
    inputs: [
      [x, values],
      [dy, gradients],
    ],
    outputs: [dKernel],
    tolerance: rowsTolerance(rows),
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

describeRecords("dense products beyond the blocks", [
  ...LARGE.flatMap((sizes) => [forwardCase(sizes), kernelGradientCase(sizes), inputGradientCase(sizes)]),
  // The reference, in JavaScript, takes most of all that time for it.
  ...(isQuick ? [] : [kernelGradientCase([513, 769, 776])]),
]);

const fused = activationNames.map((name) => resolveActivation("", name)).filter(isElementwise);
const FUSED_SIZES: readonly Sizes[] = [
  [1, 3, 37],
  [3, 5, 9],
  [6, 4, 12],
  [66, 7, 13],
  [5, 1026, 18],
  [66, 6, 402],
];

describeRecords(
  "dense forward with every activation",
  fused.flatMap((spec) => FUSED_SIZES.map((sizes) => forwardCase(sizes, spec))),
);

/** Four panels and more, whose products leave out zeros; around 64 rows and 64 inputs, which one mask holds. */
const SPARSE: readonly Sizes[] = [
  [1, 63, 25],
  [1, 64, 32],
  [1, 65, 33],
  [1, 200, 100],
  [2, 130, 40],
  [3, 64, 57],
  [5, 129, 72],
  [33, 70, 41],
  [64, 61, 32],
  [65, 66, 33],
  [130, 200, 49],
  [600, 70, 41],
  [66, 130, 402],
];

/** The given number of every ten values, or four neighbours, or columns is nonzero; or every other row is blank. */
const PATTERNS = {
  "a value in ten": (_row: number, _column: number, random: number) => random < 0.1,
  "six values in ten": (_row: number, _column: number, random: number) => random < 0.6,
  "columns 10 to 19 of each 64": (_row: number, column: number) => column % 64 >= 10 && column % 64 < 20,
  "runs that differ by row": (row: number, column: number) => (row * 7 + column) % 31 < 6,
  "every third row": (row: number) => row % 3 === 2,
  "no value": () => false,
};

type Pattern = (row: number, column: number, random: number) => boolean;

function withZeros(values: Float32Array, columns: number, keeps: Pattern): Float32Array {
  const random = uniforms(values.length, 8, 0, 1);
  return values.map((value, i) => (keeps(Math.floor(i / columns), i % columns, random[i]) ? value : 0));
}

for (const [pattern, keeps] of Object.entries(PATTERNS)) {
  describeRecords(
    `dense products where not zero is ${pattern}`,
    SPARSE.flatMap((sizes) => {
      const [rows, inputs] = sizes;
      const x = withZeros(uniforms(rows * inputs, 1), inputs, keeps);
      const [linear, relu] = ["linear", "relu"].map((name) => resolveActivation("", name));
      return [forwardCase(sizes, linear, x), forwardCase(sizes, relu, x), kernelGradientCase(sizes, x)];
    }),
  );
}

function outputOf(recordCase: RecordCase, variant: (typeof variants)[number]): Float32Array {
  const prepared = prepare(recordCase, (words, bytes) => new RawWasm(variant, words, bytes));
  prepared.backend.run(0, 1);
  return Float32Array.from(read(prepared, recordCase.outputs[0], recordCase.rows).values);
}

/** Row-major values after the given first rows: the first two of a batch decide whether zeros are looked for. */
const joined = (first: Float32Array, rest: Float32Array) => Float32Array.from([...first, ...rest]);

it.each(variants)("a single row has the same bits by tiles of three panels and of four (%s)", (variant) => {
  for (const units of [8, 24, 25, 32, 33, 55, 56, 57, 64, 80, 96, 128, 200, 264]) {
    const recordCase = forwardCase([1, 1030, units], resolveActivation("", "relu"));
    const [byThree, byFour, expected] = [0, 1, null].map((wide) => {
      const prepared = prepare(recordCase, (words, bytes) =>
        wide === null ? new ReferenceBackend(words, bytes, 64) : new RawWasm(variant, words, bytes),
      );
      prepared.backend.ints[(Place.Control + ControlField.WideRows) / 4] = wide ?? 0;
      prepared.backend.run(0, 1);
      return Float32Array.from(read(prepared, recordCase.outputs[0], 1).values);
    });
    expect(byFour, `${units} units`).toEqual(byThree);
    expect(byFour).toBeAllClose(expected, recordCase.tolerance);
  }
});

describe("leaving out zeros", () => {
  it.each(variants)("changes no bit of a dense layer's output (%s)", (variant) => {
    for (const [rows, inputs, units] of SPARSE) {
      const spec = resolveActivation("", "linear");
      const rest = withZeros(uniforms(rows * inputs, 1), inputs, PATTERNS["a value in ten"]);
      const [zeros, ones] = [0, 1].map((value) => new Float32Array(2 * inputs).fill(value));
      const size: Sizes = [rows + 2, inputs, units];
      const [left, kept] = [zeros, ones].map((first) =>
        outputOf(forwardCase(size, spec, joined(first, rest)), variant),
      );
      expect(left.slice(2 * units), `${size}`).toEqual(kept.slice(2 * units));
    }
  });

  it.each(variants)("changes no bit of a kernel's gradient (%s)", (variant) => {
    for (const [rows, inputs, units] of SPARSE) {
      const rest = withZeros(uniforms(rows * inputs, 4), inputs, PATTERNS["runs that differ by row"]);
      const [zeros, ones] = [0, 1].map((value) => new Float32Array(inputs).fill(value));
      // A row of ones adds nothing where its gradients are zero.
      const dy = joined(new Float32Array(units), scaled(rows * units, rows, 5));
      const size: Sizes = [rows + 1, inputs, units];
      const [left, kept] = [zeros, ones].map((first) =>
        outputOf(kernelGradientCase(size, joined(first, rest), dy), variant),
      );
      expect(left, `${size}`).toEqual(kept);
    }
  });
});
