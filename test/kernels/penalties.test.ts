// Penalties on weights and constraints, at sizes around blocks, panels and vectors.
import { describe, expect, it } from "vitest";
import { Place, Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { backends } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { TRIPLES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

const COUNTS = [16, 48, 1008, 1024, 1040, 2064];
const TOLERANCE = { rtol: 2e-6, atol: 2e-7 };

function vectorTape(count: number) {
  const tape = new Tape();
  tape.parameter("p", [count]);
  const blocks = Math.ceil(count / Place.Block);
  return {
    tape,
    params: tape.whole("params"),
    grads: { ...tape.whole("grads"), name: "grads" },
    penalties: tape.scratch("penalties", blocks),
    blocks,
    values: uniforms(count, 101, -2, 2).map((value, i) => (i % 7 === 3 ? 0 : value)),
  };
}

const factors = [
  [0.01, 0],
  [0, 0.5],
  [0.25, 0.75],
];

describeRecords(
  "penalties",
  COUNTS.flatMap((count) =>
    factors.flatMap(([l1, l2]): RecordCase[] => {
      const { tape, params, grads, penalties, blocks, values } = vectorTape(count);
      const common = { tape, rows: 3, tolerance: TOLERANCE };
      const inputs = [[params, values]] as const;
      return [
        {
          ...common,
          label: `penalty ${l1}, ${l2} of ${count}`,
          record: { op: Op.Penalty, params, penalties, count, l1, l2 },
          inputs: [...inputs, [penalties, new Float32Array(blocks)]],
          outputs: [penalties],
        },
        {
          ...common,
          label: `gradient of penalty ${l1}, ${l2} of ${count}`,
          record: { op: Op.PenaltyGradient, params, grads, count, l1, l2 },
          inputs: [...inputs, [grads, uniforms(count, 102, -2, 2)]],
          outputs: [grads],
        },
      ];
    }),
  ),
);

function totalCase(values: readonly number[], status?: Status): RecordCase {
  const tape = new Tape();
  const penalties = tape.scratch("penalties", values.length);
  return {
    label: `total of ${values.join(", ")}`,
    tape,
    record: { op: Op.PenaltyTotal, penalties, blocks: values.length },
    rows: 5,
    inputs: [[penalties, values]],
    outputs: [],
    sums: [0],
    ...(status === undefined ? {} : { status }),
  };
}

describeRecords("total of penalties", [
  totalCase([0.25]),
  totalCase([1e-3, 2e7, 0.5, 3]),
  totalCase([1, Infinity], Status.LossNotFinite),
]);

const BOUNDS = [
  { low: 1, high: 1, rate: 1 },
  { low: 0, high: 1.5, rate: 1 },
  { low: 2, high: 3, rate: 0.25 },
];

function kernelCase(inputs: number, units: number, bounds: (typeof BOUNDS)[number], axis = 0): RecordCase {
  const tape = new Tape();
  const kernel = tape.parameter("kernel", [inputs, units]);
  return {
    label: `norms of [${inputs}, ${units}] along ${axis}, ${JSON.stringify(bounds)}`,
    tape,
    record: { op: Op.KernelNorm, kernel, inputs, units, axis, ...bounds },
    rows: 1,
    inputs: [[kernel, uniforms(inputs * units, 103, -1, 1)]],
    outputs: [kernel],
    tolerance: TOLERANCE,
  };
}

for (const bounds of BOUNDS) {
  describeRecords(
    `norms of kernels, ${JSON.stringify(bounds)}`,
    TRIPLES.flatMap(({ triples }) =>
      triples.slice(0, 6).flatMap(([inputs, units]) => [0, 1].map((axis) => kernelCase(inputs, units, bounds, axis))),
    ),
  );
}

describeRecords(
  "constraints of vectors",
  [1, 3, 16, 17, 100].flatMap((units): RecordCase[] => {
    const tape = new Tape();
    tape.parameter("bias", [units]);
    const params = tape.whole("params");
    const count = params.shape[0];
    const values = new Float32Array(count);
    values.set(uniforms(units, 104, -1, 1));
    const common = { tape, rows: 1, inputs: [[params, values]] as const, outputs: [params] };
    return [
      { ...common, label: `signs of ${units}`, record: { op: Op.NonNegative, params, count } },
      ...BOUNDS.map((bounds) => ({
        ...common,
        label: `norm of ${units}, ${JSON.stringify(bounds)}`,
        record: { op: Op.VectorNorm, params, count, ...bounds },
        tolerance: TOLERANCE,
      })),
    ];
  }),
);

describe.each(backends)("constraints on %s", (_, factory) => {
  it("hold norms that float32 squares could not, and leave zeros alone", () => {
    const recordCase = kernelCase(4, 3, { low: 1, high: 1, rate: 1 });
    (recordCase.inputs[0][1] as Float32Array).set([1e30, 0, 1e-30, 1e30, 0, 0, 1e30, 0, 0, 1e30, 0, 0]);
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    const { values } = read(prepared, recordCase.outputs[0], 1);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.max(...values)).toBeCloseTo(0.5, 6);
    expect(values.filter((_, i) => i % 3 === 1)).toEqual([0, 0, 0, 0]);
  });
});
