// Each form of each optimizer over several steps, and the guard against values that are not finite.
import { describe, expect, it } from "vitest";
import type { Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { backends, oracle } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { uniforms } from "../support/tensors.js";
import { afterTwelveSteps, expectRefused } from "../support/updates.js";

const COUNTS = [16, 32, 48, 80, 144, 1040];
const TOLERANCE = { rtol: 1.3e-6, atol: 1e-7 };

type SgdForm = { momentum: number | null; nesterov: number };

const SGD_FORMS: Record<string, SgdForm> = {
  "sgd plain": { momentum: null, nesterov: 0 },
  "sgd momentum": { momentum: 0.9, nesterov: 0 },
  "sgd nesterov": { momentum: 0.9, nesterov: 1 },
};

const ADAM_FORMS: Record<string, { epsilon: number; epsilonInside: number }> = {
  "adam keras": { epsilon: 1e-3, epsilonInside: 0 },
  "adam torch": { epsilon: 1e-3, epsilonInside: 1 },
};

/** Values at the start; the second moment is never negative. */
function start(count: number) {
  return {
    params: uniforms(count, 50),
    grads: uniforms(count, 51, -2, 2),
    slot1: uniforms(count, 52),
    slot2: uniforms(count, 53, 0, 1),
  };
}

type Slabs = ReturnType<typeof start>;

function sgdCase(name: string, { momentum, nesterov }: SgdForm, slabs: Slabs, status?: Status): RecordCase {
  const count = slabs.params.length;
  const tape = new Tape();
  tape.parameter("p", [count]);
  const [params, grads] = [tape.whole("params"), tape.whole("grads")];
  const velocity = momentum === null ? null : tape.whole("slot1");
  return {
    label: `${name}, ${count} parameters`,
    tape,
    record: { op: Op.Sgd, params, grads, velocity, count, momentum: momentum ?? 0, nesterov },
    rows: 1,
    inputs: [[params, slabs.params], [grads, slabs.grads], ...(velocity ? [[velocity, slabs.slot1] as const] : [])],
    outputs: velocity ? [params, velocity] : [params],
    ...(status === undefined ? {} : { status }),
    tolerance: TOLERANCE,
  };
}

function adamCase(name: string, slabs: Slabs, step: number, status?: Status): RecordCase {
  const count = slabs.params.length;
  const tape = new Tape();
  tape.parameter("p", [count]);
  const [params, grads] = [tape.whole("params"), tape.whole("grads")];
  const [m, v] = [tape.whole("slot1"), tape.whole("slot2")];
  return {
    label: `${name}, ${count} parameters, step ${step}`,
    tape,
    record: { op: Op.Adam, params, grads, m, v, count, beta1: 0.9, beta2: 0.999, ...ADAM_FORMS[name] },
    rows: 1,
    inputs: [
      [params, slabs.params],
      [grads, slabs.grads],
      [m, slabs.slot1],
      [v, slabs.slot2],
    ],
    outputs: [params, m, v],
    step,
    learningRate: 0.01,
    ...(status === undefined ? {} : { status }),
    tolerance: TOLERANCE,
  };
}

for (const [name, form] of Object.entries(SGD_FORMS)) {
  describeRecords(
    name,
    COUNTS.map((count) => sgdCase(name, form, start(count))),
  );
}
for (const name of Object.keys(ADAM_FORMS)) {
  describeRecords(
    name,
    COUNTS.flatMap((count) => [1, 2, 10, 1000, 1_000_000].map((step) => adamCase(name, start(count), step))),
  );
}

// Elements whose update overflows float32; float64 has room for them, so the oracle cannot judge.
describe.each(backends)("updates that are not finite on %s", (_, factory) => {
  const slabs = start(32);
  slabs.params[5] = 3.4e38;
  slabs.grads[5] = -3e38;
  slabs.grads[18] = NaN;
  slabs.grads[31] = Infinity;

  it.each([
    ...Object.entries(SGD_FORMS).map(([name, form]) => sgdCase(name, form, slabs)),
    ...Object.keys(ADAM_FORMS).map((name) => adamCase(name, slabs, 1)),
  ])("$label: keeps the old values, updates the rest and says so", (recordCase) => {
    expectRefused(recordCase, factory, [5, 18, 31]);
  });
});

// New gradients in each step: errors must not grow.
describe.each(backends)("twelve steps on %s", (_, factory) => {
  const slabs = start(48);
  slabs.slot1.fill(0);
  slabs.slot2.fill(0);
  const cases = [
    ...Object.entries(SGD_FORMS).map(([name, form]) => sgdCase(name, form, slabs)),
    ...Object.keys(ADAM_FORMS).map((name) => adamCase(name, slabs, 1)),
  ];

  it.each(cases)("$label", (recordCase) => {
    expect(afterTwelveSteps(recordCase, factory)).toBeAllClose(afterTwelveSteps(recordCase, oracle), {
      rtol: 5e-6,
      atol: 1e-6,
    });
  });
});
