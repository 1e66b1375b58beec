// The collector: memory for an epoch once, more only where a stream turns out to be longer, none where none is needed.
import { expect, it } from "vitest";
import { dense } from "../../src/index.js";
import { buildProgram } from "../../src/program/program.js";
import { Session } from "../../src/runtime/session.js";
import { placeLayers, resolveLayer } from "../../src/specs/layers/facts.js";
import { resolveLoss } from "../../src/specs/losses/table.js";
import { resolveMetrics } from "../../src/specs/metrics/table.js";
import { resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import type { Collector } from "../../src/training/collector.js";
import { openCollector } from "../../src/training/step.js";
import { backends } from "../support/backends.js";

function programWith(...names: string[]) {
  const layers = placeLayers([resolveLayer("", dense({ units: 1, activation: "sigmoid" }))], [1]);
  const compiled = {
    optimizer: resolveOptimizer("", "sgd"),
    loss: resolveLoss("", "binaryCrossentropy"),
    metrics: resolveMetrics("", names),
  };
  return { program: buildProgram(layers, [1], compiled), compiled };
}

it("is there only for metrics that are not sums", async () => {
  expect(await openCollector(programWith("accuracy", "meanSquaredError").program, 8)).toBeNull();
  expect(await openCollector(programWith("accuracy", "f1").program, 8)).not.toBeNull();
});

it("keeps all rows since its reset, growing only beyond what it was made for", async () => {
  const { program, compiled } = programWith("brier");
  const [[, factory]] = backends;
  const session = new Session(program.plan, 4, factory);
  const collector = (await openCollector(program, 4)) as Collector;
  const targets = program.training?.targets as NonNullable<typeof program.training>["targets"];
  session.rows = 4;
  session.writeRows(program.x, Float32Array.of(0, 0, 0, 0), null, 0, 4);
  session.writeRows(targets, Float32Array.of(1, 0, 1, 1), null, 0, 4);
  session.run("evaluate"); // all weights are 0: every probability is ½
  collector.add(session, "evaluate", 4);
  const memory = collector.store();
  expect([...memory.targets]).toEqual([1, 0, 1, 1]);
  expect([...memory.predictions]).toEqual([0.5, 0.5, 0.5, 0.5]);
  collector.add(session, "evaluate", 3);
  expect([...collector.store().targets]).toEqual([1, 0, 1, 1, 1, 0, 1]);
  expect(collector.metric(compiled.metrics[0], compiled)).toBe(0.25);
  collector.reset();
  expect(collector.store().predictions).toHaveLength(0);
});
