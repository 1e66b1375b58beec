// profile() and describeTape(): every record of the tape, what it costs and what it counts. Times are not judged.
import { expect, it } from "vitest";
import { adam, dense, describeTape, profile, Sequential } from "../../src/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";

it("counts operations by hand, and shares add up to one", async () => {
  const layers = [dense({ units: 20, activation: "relu" }), dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [2], layers });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  const before = stateOf(model);
  const { rows, steps, ops, stepMicroseconds, ...rest } = await profile(model, blobs(16), { time: 1 });
  expect(rows).toBe(16);
  expect(steps).toBeGreaterThanOrEqual(10);
  expect(ops.map(({ op, output, flops }) => [op, output, flops])).toEqual([
    ["DenseForward", "dense_1/h", 2 * 16 * 2 * 20],
    ["DenseForward", "dense_2/z", 2 * 16 * 20 * 3],
    ["Loss", "rowLoss, dense_2/dz", null],
    ["LossTotal", "", null],
    ["DenseKernelGradient", "∂ dense_2/kernel", 2 * 16 * 20 * 3],
    ["ColumnSum", "∂ dense_2/bias", 16 * 3],
    ["DenseInputGradient", "dense_1/dh", 2 * 16 * 20 * 3],
    ["ActivationBackward", "dense_1/dh", null],
    ["DenseKernelGradient", "∂ dense_1/kernel", 2 * 16 * 2 * 20],
    ["ColumnSum", "∂ dense_1/bias", 16 * 20],
    ["Adam", expect.stringMatching(/^\d+ weights$/), null],
  ]);
  expect(ops.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  for (const { flops, gflops, microseconds } of ops) {
    if (flops !== null && microseconds > 0) expect(gflops).toBeCloseTo(flops / microseconds / 1e3, 12);
  }
  const lines = String({ ...rest, toString: rest.toString }).split("\n");
  expect(lines).toHaveLength(1 + ops.length + 1);
  expect(lines[0]).toMatch(/^op +output +µs +MFLOP +GFLOP\/s +share$/);
  expect(lines[lines.length - 1]).toMatch(/^16 rows: .* record by record, .* as a step/);
  const listed = describeTape(model).split("train:")[1];
  for (const { index, op } of ops) expect(listed).toContain(`  ${index}  ${op}`);
  expect(stateOf(model)).toBe(before);
});

it("describes what there is before and after compile", async () => {
  const fresh = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
  expect(describeTape(fresh)).toMatch(/^predict:/);
  expect(describeTape(fresh)).not.toMatch(/evaluate:|train:/);
  const sections = describeTape(await classifier()).match(/^\w+:/gm);
  expect(sections).toEqual(["predict:", "evaluate:", "train:"]);
});
