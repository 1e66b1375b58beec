// Updates that run in TypeScript: elements that would not be finite stay, and every build gives the same bits.

import { describe, expect, it } from "vitest";
import type { OptimizerSpec } from "../../src/index.js";
import { Status } from "../../src/plan/op.js";
import { Tape } from "../../src/plan/tape.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { Session } from "../../src/runtime/session.js";
import { emitAverages, emitOptimizer, optimizerSlots, resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { moreOptimizers } from "../../src/specs/optimizers/more.js";
import { loadUpdates } from "../../src/specs/optimizers/updates.js";
import { backends } from "../support/backends.js";
import { uniforms } from "../support/tensors.js";

await loadUpdates();

const names = Object.keys(moreOptimizers);
const slabs = ["params", "slot1", "slot2", "slot3", "average"] as const;

/** A session with a kernel [9, 11] and a bias [11]. */
function open(spec: OptimizerSpec, factory: BackendFactory) {
  const tape = new Tape();
  const tensors = [tape.parameter("kernel", [9, 11]), tape.parameter("bias", [11])];
  tape.begin("train");
  emitOptimizer(tape, spec, tensors);
  emitAverages(tape, spec, tensors);
  tape.end();
  const plan = tape.build();
  const session = new Session(plan, 1, factory);
  session.learningRate = 0.01;
  for (const { slab, initial = 0 } of optimizerSlots(spec)) {
    session.writeSlab(slab, new Float32Array(plan.slabSizes.params).fill(initial));
  }
  const [kernel, bias] = tensors;
  const write = (slab: "params" | "grads", seed: number) => {
    const values = new Float32Array(plan.slabSizes.params);
    const random = uniforms(9 * 11 + 11, seed, -2, 2);
    for (let i = 0; i < 9; i++) {
      for (let j = 0; j < 11; j++) {
        values[kernel.offset + (j >> 3) * kernel.stride + i * 8 + (j % 8)] = random[i * 11 + j];
      }
    }
    values.set(random.subarray(99), bias.offset);
    session.writeSlab(slab, values);
    return values;
  };
  const state = () => slabs.filter((slab) => plan.slabSizes[slab] > 0).map((slab) => [...session.readSlab(slab)]);
  return { session, write, state, kernel, bias };
}

function step(session: Session, number: number): void {
  session.step = number;
  session.run("train");
}

describe.each(names)("%s", (name) => {
  const spec = resolveOptimizer("test", { type: name, weightDecay: 0 });

  it("gives the same bits on every backend", () => {
    const states = backends.map(([, factory]) => {
      const { session, write, state } = open(spec, factory);
      write("params", 1);
      for (let t = 1; t <= 70; t++) {
        write("grads", 1 + t);
        step(session, t);
      }
      expect(session.status).toBe(Status.Running);
      return state();
    });
    for (const other of states) expect(other).toEqual(states[0]);
    expect(states[0].flat().every(Number.isFinite)).toBe(true);
  });

  it("leaves padding at zero", () => {
    const { session, write, kernel, bias } = open(spec, backends[0][1]);
    const params = write("params", 1);
    for (let t = 1; t <= 3; t++) {
      write("grads", 1 + t);
      step(session, t);
    }
    const after = session.readSlab("params");
    params.forEach((value, i) => {
      if (value === 0) expect(after[i], String(i - kernel.offset)).toBe(0);
    });
    expect(after[bias.offset]).not.toBe(params[bias.offset]);
  });

  it.each([NaN, Infinity, -Infinity])("keeps finite weights at a gradient of %s, and says so", (bad) => {
    const { session, write, state, kernel, bias } = open(spec, backends[0][1]);
    write("params", 1);
    write("grads", 2);
    step(session, 1);
    const before = state();
    const grads = write("grads", 3);
    grads[kernel.offset + 3] = bad;
    grads[bias.offset + 2] = bad;
    session.writeSlab("grads", grads);
    step(session, 2);
    expect(session.status).toBe(Status.UpdateNotFinite);
    const after = state();
    expect(after.flat().every(Number.isFinite)).toBe(true);
    expect(after[0][kernel.offset + 3]).toBe(before[0][kernel.offset + 3]);
    expect(after[0][bias.offset + 2]).toBe(before[0][bias.offset + 2]);
  });
});
