// Slots that decay come to rest at 0, for every optimizer, and not before they are small.
import { describe, expect, it } from "vitest";
import { ControlField, Place } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import type { TensorRef } from "../../src/plan/tensor.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { backends } from "../support/backends.js";
import { describeRecords } from "../support/describeRecords.js";
import { prepare, type RecordCase, read } from "../support/recordCase.js";
import { FORMS as BEYOND, type Form, updateCase } from "../support/updateCase.js";
import { expectRefused } from "../support/updates.js";

const STEP_WORD = (Place.Control + ControlField.Step) / 4;
const PERIOD = Place.FlushPeriod;
/** The smallest value that stays, and the one next to it. */
const STAYS = 2 ** -100;
const GOES = Math.fround(STAYS * (1 - 2 ** -24));

const FORMS: Record<string, Form> = {
  "sgd momentum": { op: Op.Sgd, momentum: 0.9, nesterov: 0 },
  "sgd nesterov": { op: Op.Sgd, momentum: 0.9, nesterov: 1 },
  "adam keras": { op: Op.Adam, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, epsilonInside: 0 },
  "adam torch": { op: Op.Adam, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonInside: 1 },
  ...BEYOND,
  average: { op: Op.AverageWeights, momentum: 0.99 },
};

const RESTING = Object.keys(FORMS).filter((name) => !name.startsWith("adagrad"));

/** Slots that a gradient of zero lets decay: no sums, no maxima, and not what epsilon is added to. */
function decaying({ outputs, record }: RecordCase): TensorRef[] {
  const lasting = ["params", "accumulator", "vHat", "epsilonInside" in record && record.epsilonInside ? "u" : ""];
  return outputs.filter(({ name }) => !lasting.includes(name));
}

/** Values for the slot: sizes are never negative. */
function forSlot({ name }: TensorRef, values: readonly number[]): readonly number[] {
  return /^(v|vHat|u|meanSquare|meanChange|accumulator)$/.test(name) ? values.map(Math.abs) : values;
}

/** Gradients of zero, and slots as given; the weights, too, where they are what a slot follows. */
function quiet(name: string, form: Form, slots: readonly number[], step: number): RecordCase {
  const recordCase = updateCase(name, form, 16, step);
  for (const [tensor, values] of recordCase.inputs) {
    const all = values as Float32Array;
    if (tensor.name === "params") all.fill(name === "average" ? 0 : 0.25);
    else if (tensor.name === "grads") all.fill(0);
    else all.set(forSlot(tensor, slots));
  }
  return recordCase;
}

function valuesAfter(recordCase: RecordCase, factory: BackendFactory, steps = 1) {
  const prepared = prepare(recordCase, factory);
  const first = recordCase.step ?? 1;
  for (let step = first; step < first + steps; step++) {
    prepared.backend.ints[STEP_WORD] = step;
    prepared.backend.run(0, 1, false);
  }
  return (tensor: TensorRef | undefined) => (tensor ? read(prepared, tensor, 1).values : []);
}

/** The form with all that decays halved in an update: exact in binary. */
function halving(form: Form): Form {
  const halves = { beta1: 0.5, beta2: 0.5, rho: 0.5, momentum: 0.5 };
  return { ...form, ...Object.fromEntries(Object.entries(halves).filter(([key]) => key in form && form[key] !== 0)) };
}

const twice = (values: readonly number[]) => values.map((value) => 2 * value);

describe.each(backends)("slots without gradients on %s", (_, factory) => {
  // 1e-29 falls below 2^-100 in 2540 updates of 0.999, and to 1e-39, were it not for the rule, in 220 of 0.9.
  const lanes = Array.from({ length: 16 }, (_, i) => (i + 1) * 1e-30);
  const updates = Math.ceil(3200 / PERIOD) * PERIOD;

  it.each(RESTING)("%s: come to rest at 0", (name) => {
    const recordCase = quiet(name, FORMS[name], lanes, 1);
    const values = valuesAfter(recordCase, factory, updates);
    expect(decaying(recordCase).length).toBeGreaterThan(0);
    for (const slot of decaying(recordCase)) expect(values(slot), slot.name).toEqual(Array(16).fill(0));
  });

  it.each(RESTING.filter((name) => !/lion|average/.test(name)))("%s: no weight moves", (name) => {
    const recordCase = quiet(name, FORMS[name], lanes, 1);
    const values = valuesAfter(recordCase, factory, updates);
    expect(values(recordCase.outputs[0])).toEqual(Array(16).fill(0.25));
  });

  it("lion, whose steps have one size, ends with its momentum", () => {
    const recordCase = quiet("lion", { ...FORMS.lion, beta2: 0.5 }, [1, -1, STAYS, GOES, 0], PERIOD - 1);
    const moved = valuesAfter(recordCase, factory, 2)(recordCase.outputs[0]);
    // The third and fourth have a sign in both updates, and all signs of the first two continue.
    expect(moved.slice(0, 5)).toBeAllClose([0.23, 0.27, 0.23, 0.23, 0.25]);
    const later = valuesAfter(recordCase, factory, 12)(recordCase.outputs[0]);
    expect(later.slice(0, 5)).toBeAllClose([0.13, 0.37, 0.23, 0.23, 0.25]);
  });

  it.each(RESTING)("%s: 2^-100 stays, and what is smaller goes in every 128th update only", (name) => {
    const form = halving(FORMS[name]);
    const signed = [STAYS, GOES, -STAYS, -GOES, 0, 2e-38, -2e-38, 0.125];
    const kept = [STAYS, 0, -STAYS, 0, 0, 0, 0, 0.125];
    for (const step of [PERIOD, 5 * PERIOD]) {
      const recordCase = quiet(name, form, twice(signed), step);
      const values = valuesAfter(recordCase, factory);
      for (const slot of decaying(recordCase)) {
        expect(values(slot).slice(0, 8), slot.name).toEqual(forSlot(slot, kept));
      }
    }
    for (const step of [PERIOD - 1, PERIOD + 1]) {
      const recordCase = quiet(name, form, twice([STAYS, GOES, 2e-38]), step);
      const values = valuesAfter(recordCase, factory);
      for (const slot of decaying(recordCase)) {
        expect(values(slot).slice(0, 3), slot.name).toEqual([STAYS, GOES, Math.fround(2e-38)]);
      }
    }
  });

  it.each(["adam keras", "adam torch", "amsgrad keras", "adamax keras", "nadam keras", "rmsprop centered"])(
    "%s: a size stays as long as its mean",
    (name) => {
      const recordCase = quiet(name, halving(FORMS[name]), [], PERIOD);
      const set = (pattern: RegExp, lanes: readonly number[]) => {
        const [tensor, values] = recordCase.inputs.find(([{ name }]) => pattern.test(name)) as RecordCase["inputs"][0];
        (values as Float32Array).set(twice(lanes));
        return tensor;
      };
      const mean = set(/^(m|meanGradient)$/, [STAYS, -STAYS, GOES, 0, GOES]);
      const size = set(/^(v|u|meanSquare)$/, [GOES, GOES, GOES, GOES, 0.25]);
      const values = valuesAfter(recordCase, factory);
      expect(values(mean).slice(0, 5)).toEqual([STAYS, -STAYS, 0, 0, 0]);
      expect(values(size).slice(0, 5)).toEqual([GOES, GOES, 0, 0, 0.25]);
    },
  );

  it.each(["adagrad keras", "adagrad torch", "amsgrad keras"])("%s: sums and maxima stay", (name) => {
    const recordCase = quiet(name, FORMS[name], [1e-40, 1e-32, 0.25], PERIOD);
    const lasting = recordCase.outputs.find(({ name }) => name === "accumulator" || name === "vHat");
    expect(valuesAfter(recordCase, factory)(lasting).slice(0, 3)).toEqual([1e-40, 1e-32, 0.25].map(Math.fround));
  });

  it.each(Object.keys(FORMS).filter((name) => name !== "average"))("%s: rejects elements as before", (name) => {
    const recordCase = updateCase(name, FORMS[name], 32, PERIOD);
    for (const [tensor, values] of recordCase.inputs) {
      if (tensor.name === "grads") Object.assign(values, { 5: -NaN, 18: NaN, 31: NaN });
    }
    expectRefused(recordCase, factory, [5, 18, 31]);
  });
});

for (const name of RESTING) {
  describeRecords(
    `${name} in an update that flushes`,
    [16, 48, 144, 1040].map((count) => {
      const recordCase = updateCase(name, FORMS[name], count, PERIOD);
      // Every third element is small.
      for (const [{ name: field }, values] of recordCase.inputs) {
        if (field === "params" && name !== "average") continue;
        for (let i = 0; i < count; i += 3) (values as Float32Array)[i] *= 2 ** -105;
      }
      return recordCase;
    }),
  );
}
