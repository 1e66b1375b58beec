// The kernels of every optimizer beyond SGD and Adam, and of the steps before and after an update.
import { describe, expect, it } from "vitest";
import { Place, Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import type { TapeRecord } from "../../src/plan/record.js";
import { Tape } from "../../src/plan/tape.js";
import type { ParameterSlab } from "../../src/plan/tensor.js";
import { backends, oracle } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { uniforms } from "../support/tensors.js";
import { FORMS, updateCase } from "../support/updateCase.js";
import { afterTwelveSteps, expectRefused, STATUS_WORD } from "../support/updates.js";

const COUNTS = [16, 32, 48, 80, 144, 1040, 2064];
const STEPS = [1, 2, 10, 1000, 1_000_000];
const TOLERANCE = { rtol: 2e-6, atol: 2e-7 };

for (const name of Object.keys(FORMS)) {
  const steps = /adam|adagrad|sgd/.test(name) || name.startsWith("ams") ? STEPS : [1];
  describeRecords(
    name,
    COUNTS.flatMap((count) => steps.map((step) => updateCase(name, FORMS[name], count, step))),
  );
}

// Elements whose update overflows float32; float64 has room for them, so the oracle cannot judge.
describe.each(backends)("updates that are not finite on %s", (_, factory) => {
  it.each(Object.keys(FORMS))("%s: keeps the old values, updates the rest and says so", (name) => {
    const recordCase = updateCase(name, FORMS[name], 32, 1);
    for (const [tensor, values] of recordCase.inputs) {
      if (tensor.name === "grads") Object.assign(values, { 5: -NaN, 18: NaN, 31: NaN });
    }
    expectRefused(recordCase, factory, [5, 18, 31]);
  });

  it.each(Object.keys(FORMS).filter((name) => !name.startsWith("lion")))("%s: squares that overflow", (name) => {
    const recordCase = updateCase(name, FORMS[name], 16, 1);
    for (const [tensor, values] of recordCase.inputs)
      if (tensor.name === "grads") Object.assign(values, { 3: Infinity });
    const prepared = prepare(recordCase, factory);
    const before = recordCase.outputs.map((tensor) => read(prepared, tensor, 1).values[3]);
    prepared.backend.run(0, 1, false);
    expect(recordCase.outputs.map((tensor) => read(prepared, tensor, 1).values[3])).toEqual(before);
    expect(prepared.backend.ints[STATUS_WORD]).toBe(Status.UpdateNotFinite);
  });
});

// New gradients in each step: errors must not grow.
describe.each(backends)("twelve steps on %s", (_, factory) => {
  it.each(Object.keys(FORMS))("%s", (name) => {
    const recordCase = updateCase(name, FORMS[name], 48, 1);
    expect(afterTwelveSteps(recordCase, factory)).toBeAllClose(afterTwelveSteps(recordCase, oracle), {
      rtol: 1e-5,
      atol: 1e-6,
    });
  });
});

/** A record of one slab or two, by the names of its fields. */
function slabCase(
  what: string,
  count: number,
  fields: Record<string, ParameterSlab>,
  rest: TapeRecord,
  outputs: readonly string[],
  options: Partial<RecordCase> = {},
): RecordCase {
  const tape = new Tape();
  tape.parameter("p", [count]);
  const tensors = Object.entries(fields).map(([field, slab]) => ({ ...tape.whole(slab), name: field }));
  return {
    label: `${what}, ${count} values`,
    tape,
    record: { ...rest, count, ...Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor])) } as never,
    rows: 1,
    inputs: tensors.map((tensor, i) => [tensor, uniforms(count, 80 + i, -2, 2)]),
    outputs: tensors.filter(({ name }) => outputs.includes(name)),
    learningRate: 0.125,
    tolerance: TOLERANCE,
    ...options,
  };
}

const gradsAndSums = { grads: "grads", sums: "slot1" } as const;
const averages = { params: "params", average: "slot1" } as const;

describeRecords(
  "around an update",
  COUNTS.flatMap((count) => [
    slabCase("accumulate", count, gradsAndSums, { op: Op.AccumulateGradients }, ["sums"]),
    slabCase("mean", count, gradsAndSums, { op: Op.MeanGradients, steps: 3 }, ["grads", "sums"]),
    slabCase("clip value", count, { grads: "grads" }, { op: Op.ClipValue, limit: 0.75 }, ["grads"]),
    slabCase("decay", count, { params: "params" }, { op: Op.DecayWeights, decay: 0.3 }, ["params"]),
    ...[1, 2].map((step) =>
      slabCase(`average, step ${step}`, count, averages, { op: Op.AverageWeights, momentum: 0.99 }, ["average"], {
        step,
      }),
    ),
  ]),
);

/** Norms of blocks of `count` values; the last block is not full. */
function normsCase(count: number, scale: number): RecordCase {
  const tape = new Tape();
  tape.parameter("p", [count]);
  const [x, norms] = [tape.whole("grads"), tape.scratch("norms", Math.ceil(count / Place.Block))];
  return {
    label: `norms of ${count} values up to ${scale}`,
    tape,
    record: { op: Op.BlockNorms, x, norms, count },
    rows: 1,
    inputs: [
      [x, uniforms(count, 90, -scale, scale)],
      [norms, new Float32Array(norms.shape[0])],
    ],
    outputs: [norms],
    tolerance: { rtol: 2e-7, atol: 0 },
  };
}

function clipCase(count: number, norms: readonly number[], limit: number, status?: Status): RecordCase {
  const tape = new Tape();
  tape.parameter("p", [count]);
  const [grads, blockNorms] = [tape.whole("grads"), tape.scratch("norms", norms.length)];
  return {
    label: `clip ${count} values to norm ${limit}, blocks of ${norms.join(", ")}`,
    tape,
    record: { op: Op.ClipNorm, grads, norms: blockNorms, count, blocks: norms.length, limit },
    rows: 1,
    inputs: [
      [grads, uniforms(count, 91, -2, 2)],
      [blockNorms, norms],
    ],
    outputs: [grads],
    ...(status === undefined ? {} : { status }),
    tolerance: { rtol: 3e-7, atol: 0 },
  };
}

describeRecords("norms and clipping", [
  ...[16, 1008, 1024, 1040, 2048, 9 * 1024 + 16].flatMap((count) => [normsCase(count, 2), normsCase(count, 1e30)]),
  clipCase(48, [3, 4], 1),
  clipCase(48, [3, 4], 5),
  clipCase(48, [3, 4], 7),
  clipCase(1040, [1e-3, 1e25, 7], 0.5),
  clipCase(32, [0], 1),
  clipCase(32, [3, NaN], 1, Status.UpdateNotFinite),
  clipCase(32, [Infinity], 1, Status.UpdateNotFinite),
]);

describe.each(backends)("clipping on %s", (_, factory) => {
  it("cuts values and lets NaN through, so that the update rejects it", () => {
    const recordCase = slabCase("clip", 16, { grads: "grads" }, { op: Op.ClipValue, limit: 1 }, ["grads"]);
    const values = recordCase.inputs[0][1] as Float32Array;
    values.set([NaN, Infinity, -Infinity, 1, -1, 0.5]);
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    expect(read(prepared, recordCase.outputs[0], 1).values.slice(0, 6)).toEqual([NaN, 1, -1, 1, -1, 0.5]);
  });

  it("leaves gradients alone when their norm is not finite", () => {
    const recordCase = clipCase(16, [Infinity], 1);
    const prepared = prepare(recordCase, factory);
    const before = read(prepared, recordCase.outputs[0], 1).values;
    prepared.backend.run(0, 1, false);
    expect(read(prepared, recordCase.outputs[0], 1).values).toEqual(before);
  });
});
