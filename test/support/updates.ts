/** Checks for the record of every optimizer. */
import { expect } from "vitest";
import { ControlField, Place, Status } from "../../src/plan/op.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { prepare, type RecordCase, read } from "./recordCase.js";
import { uniforms } from "./tensors.js";

const STEP_WORD = (Place.Control + ControlField.Step) / 4;
export const STATUS_WORD = (Place.Control + ControlField.Status) / 4;

/** Elements `bad` of 32 stay as they were, the other 29 change, and the status says so. */
export function expectRefused(recordCase: RecordCase, factory: BackendFactory, bad: readonly number[]): void {
  const prepared = prepare(recordCase, factory);
  const before = recordCase.outputs.map((tensor) => read(prepared, tensor, 1).values);
  prepared.backend.run(0, 1, false);
  const after = recordCase.outputs.map((tensor) => read(prepared, tensor, 1).values);
  before.forEach((values, i) => {
    for (const at of bad) expect(after[i][at], recordCase.outputs[i].name).toBe(values[at]);
    expect(after[i].every(Number.isFinite)).toBe(true);
  });
  expect(after[0].filter((value, i) => value !== before[0][i])).toHaveLength(32 - bad.length);
  expect(prepared.backend.ints[STATUS_WORD]).toBe(Status.UpdateNotFinite);
}

/** All that twelve steps on 48 elements leave, with new gradients in each. */
export function afterTwelveSteps(recordCase: RecordCase, factory: BackendFactory): number[] {
  const prepared = prepare(recordCase, factory);
  const { backend, layout } = prepared;
  for (let step = 1; step <= 12; step++) {
    backend.floats.set(uniforms(48, 60 + step), layout.slabs.grads.address / 4);
    backend.ints[STEP_WORD] = step;
    backend.run(0, 1, false);
  }
  return recordCase.outputs.flatMap((tensor) => read(prepared, tensor, 1).values);
}
