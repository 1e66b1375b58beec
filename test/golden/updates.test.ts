// Every optimizer, form and option against PyTorch and Keras's formulas: updates one by one, and whole trainings.

import { describe, expect, it } from "vitest";
import { type Activation, dense, type Loss, type OptimizerSpec, Sequential, type Weight } from "../../src/index.js";
import { Tape } from "../../src/plan/tape.js";
import { pack, type SlabName, type TensorRef, unpack } from "../../src/plan/tensor.js";
import type { Compiled, Program } from "../../src/program/types.js";
import { Session } from "../../src/runtime/session.js";
import { emitAverages, emitOptimizer, optimizerSlots, resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { optimizerNames } from "../../src/specs/optimizers/more.js";
import { loadUpdates } from "../../src/specs/optimizers/updates.js";
import { takeStep } from "../../src/training/step.js";
import { runtimes } from "../model/runtimes.js";
import { formulaBackends, readFixture, toleranceOf } from "./fixture.js";

await loadUpdates();

type Weights = Record<string, number[] | number[][]>;

interface Updates {
  initial: Weights;
  gradients: Weights[];
  cases: { options: OptimizerSpec; steps: Weights[]; averages?: Weights }[];
}

const updates = readFixture<Updates>("updates");
updates.cases.push(...readFixture<Updates>("moreUpdates").cases);

function title({ type, ...options }: OptimizerSpec): string {
  return `${type} ${JSON.stringify(options)}`;
}

/** The tensors of the fixture, and the session in which an optimizer works on them. */
function open(spec: OptimizerSpec, factory: ConstructorParameters<typeof Session>[2], initial = updates.initial) {
  const tape = new Tape();
  const tensors = Object.entries(initial).map(([name, values]) => {
    return tape.parameter(name, Array.isArray(values[0]) ? [values.length, values[0].length] : [values.length]);
  });
  tape.begin("train");
  emitOptimizer(tape, spec, tensors);
  emitAverages(tape, spec, tensors);
  tape.end();
  const plan = tape.build();
  const session = new Session(plan, 1, factory);
  const slab = () => new Float64Array(plan.slabSizes.params);
  const write = (name: SlabName, values: Weights) => {
    const packed = slab();
    for (const tensor of tensors) pack(tensor, values[tensor.name].flat(), packed);
    session.writeSlab(name, packed);
  };
  const read = (name: SlabName) => {
    return tensors.flatMap((tensor: TensorRef) => [...unpack(tensor, session.readSlab(name))]);
  };
  for (const { slab: name, initial = 0 } of optimizerSlots(spec)) session.writeSlab(name, slab().fill(initial));
  return { session, write, read };
}

const flat = (values: Weights) => Object.values(values).flatMap((value) => value.flat());

describe.each(formulaBackends)("updates on %s", (name, factory) => {
  it.each(updates.cases.map((given) => [title(given.options), given] as const))("%s", (_, given) => {
    const optimizer = resolveOptimizer("optimizer", given.options);
    const { session, write, read } = open(optimizer, factory);
    const parts = {
      session,
      program: {} as Program,
      compiled: { optimizer } as Compiled,
      collector: null,
      minimize: null,
      progress: { step: 0, epoch: 0, learningRate: null },
    };
    write("params", updates.initial);
    const { rtol, atol } = toleranceOf(name);
    given.steps.forEach((expected, t) => {
      write("grads", updates.gradients[t]);
      takeStep(parts, 1, { epoch: 0, step: t });
      // Fixtures have 9 digits; Adadelta and the centred form take differences of nearly equal numbers.
      expect(read("params"), `update ${t + 1}`).toBeAllClose(flat(expected), { rtol: 4 * rtol, atol: 4 * atol });
    });
    expect(session.status).toBe(0);
    if (given.averages) {
      expect(read("average")).toBeAllClose(flat(given.averages), { rtol: 4 * rtol, atol: 4 * atol });
    }
  });
});

const panels = readFixture<Omit<Updates, "cases"> & { cases: { options: OptimizerSpec; weights: Weights }[] }>(
  "panelUpdates",
);

describe.each(formulaBackends)("updates of kernels in panels on %s", (name, factory) => {
  it.each(panels.cases.map((given) => [title(given.options), given] as const))("%s", (_, { options, weights }) => {
    const optimizer = resolveOptimizer("optimizer", options);
    const { session, write, read } = open(optimizer, factory, panels.initial);
    session.learningRate = optimizer.learningRate as number;
    write("params", panels.initial);
    panels.gradients.forEach((gradients, t) => {
      write("grads", gradients);
      session.step = t + 1;
      session.run("train");
    });
    const { rtol, atol } = toleranceOf(name);
    expect(session.status).toBe(0);
    expect(read("params")).toBeAllClose(flat(weights), { rtol: 4 * rtol, atol: 4 * atol });
  });
});

interface Runs {
  inputShape: number[];
  layers: { units: number; activation: Activation }[];
  loss: Loss;
  batchSize: number;
  x: number[][];
  y: number[];
  initialWeights: (Omit<Weight, "data"> & { data: number[] })[];
  cases: { optimizer: OptimizerSpec; losses: number[] }[];
}

const runs = readFixture<Runs>("runs");

describe.each(runtimes)("100 steps on %s", (_, runtime) => {
  it.each(runs.cases.map((given) => [title(given.optimizer), given] as const))("%s", async (_, given) => {
    const { inputShape, layers, loss, batchSize, x, y, initialWeights } = runs;
    const model = await Sequential.create({ inputShape, layers: layers.map((options) => dense(options)), ...runtime });
    model.setWeights(initialWeights);
    model.compile({ optimizer: given.optimizer, loss });
    const losses: number[] = [];
    for (let step = 0; step < given.losses.length; step++) {
      const begin = (step * batchSize) % x.length;
      const batch = { x: x.slice(begin, begin + batchSize), y: y.slice(begin, begin + batchSize) };
      losses.push((await model.trainOnBatch(batch)).loss);
    }
    expect(losses).toBeAllClose(given.losses, { rtol: 2e-4, atol: 1e-6 });
    expect(Math.min(...given.losses)).toBeLessThan(given.losses[0]);
  });
});

it("covers every optimizer, in both forms where there are two", () => {
  const seen = new Set(
    updates.cases.map(({ options }) => `${options.type} ${"compat" in options ? "torch" : "keras"}`),
  );
  for (const type of optimizerNames.filter((name) => name !== "lbfgs")) {
    expect(seen).toContain(`${type} keras`);
    if ("compat" in resolveOptimizer("optimizer", type)) expect(seen).toContain(`${type} torch`);
  }
});
