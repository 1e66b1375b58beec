// Every optimizer against PyTorch's own, and Keras's form of Adam, update by update: fixtures/optimizers.json.

import { describe, expect, it } from "vitest";
import { Tape } from "../../src/plan/tape.js";
import { Session } from "../../src/runtime/session.js";
import { emitOptimizer, type OptimizerSpec, resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { loadUpdates } from "../../src/specs/optimizers/updates.js";
import { formulaBackends, readFixture, toleranceOf } from "./fixture.js";

await loadUpdates();

interface Fixture {
  initial: number[];
  gradients: number[][];
  cases: { name: string; options: OptimizerSpec; steps: number[][] }[];
}

const { initial, gradients, cases } = readFixture<Fixture>("optimizers");

describe.each(formulaBackends)("%s", (name, factory) => {
  it.each(cases)("$name", ({ options, steps }) => {
    const spec = resolveOptimizer("optimizer", options);
    const tape = new Tape();
    const parameter = tape.parameter("p", [initial.length]);
    tape.begin("train");
    emitOptimizer(tape, spec, [parameter]);
    tape.end();
    const session = new Session(tape.build(), 1, factory);
    session.learningRate = spec.learningRate as number; // a number in every case
    session.writeSlab("params", initial);
    expect(steps).toHaveLength(gradients.length);
    steps.forEach((expected, t) => {
      session.writeSlab("grads", gradients[t]);
      session.step = t + 1;
      session.run("train");
      expect(session.read(parameter), `update ${t + 1}`).toBeAllClose(expected, toleranceOf(name));
    });
    expect(session.status).toBe(0);
  });
});

it("covers both optimizers with all their options", () => {
  const seen = new Set(cases.flatMap(({ options }) => Object.keys(options).map((key) => `${options.type}.${key}`)));
  expect([...seen].sort()).toEqual(expect.arrayContaining(["adam.compat", "sgd.momentum", "sgd.nesterov"]));
});
