// Every loss with its gradient against PyTorch in Keras's conventions: fixtures/losses.json, and Keras's formulas where
// PyTorch has none: fixtures/moreLosses.json.
import { describe, expect, it } from "vitest";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { Session } from "../../src/runtime/session.js";
import { lossNames } from "../../src/specs/losses/every.js";
import {
  entryOf,
  fuseLoss,
  lossNumbers,
  lossTargets,
  lossWeights,
  targetColumns,
} from "../../src/specs/losses/facts.js";
import type { LossOptions } from "../../src/specs/losses/options.js";
import { type LossName, resolveLoss } from "../../src/specs/losses/table.js";
import { formulaBackends, readFixture } from "./fixture.js";

interface Case {
  loss: LossName;
  fromLogits: boolean;
  options?: LossOptions;
  predictions: number[][];
  targets: number[] | number[][];
  sampleWeight: number[] | null;
  rowLosses: number[];
  total: number;
  gradient: number[][];
}

const cases = ["losses", "moreLosses"].flatMap((name) => readFixture<{ cases: Case[] }>(name).cases);

function run(factory: BackendFactory, { loss, fromLogits, options, predictions, targets, sampleWeight }: Case) {
  const spec = resolveLoss("loss", { type: loss, fromLogits, ...options });
  const rows = predictions.length;
  const columns = predictions[0].length;
  const isLabels = lossTargets(spec) === "labels";
  const tape = new Tape();
  const [p, dPredictions] = ["predictions", "gradient"].map((name) => tape.rows(name, columns));
  const t = isLabels ? tape.labels("targets") : tape.rows("targets", targetColumns(spec, columns));
  const [sampleWeights, rowLoss] = ["sampleWeights", "rowLoss"].map((name) => tape.rowScalars(name));
  const weights = lossWeights(spec);
  const { kind } = fuseLoss(spec, { type: "linear" });
  tape.begin("train");
  const script = entryOf(spec).script?.(spec as Required<typeof spec>);
  tape.emit({
    op: Op.Loss,
    predictions: p,
    targets: t,
    sampleWeights,
    dPredictions,
    rowLoss,
    columns,
    kind,
    ...lossNumbers(spec),
    weights: weights && tape.constant("weights", weights),
    ...(script && { script }),
  });
  tape.emit({ op: Op.LossTotal, rowLoss });
  tape.end();
  const session = new Session(tape.build(), rows, factory);
  session.rows = rows;
  session.writeRows(p, Float64Array.from(predictions.flat()), null, 0, rows);
  const y = Float64Array.from(targets.flat());
  if (isLabels) session.writeLabels(t, y, null, 0, rows);
  else session.writeRows(t, y, null, 0, rows);
  session.writeRows(
    sampleWeights,
    Float64Array.from(sampleWeight ?? y, (w) => (sampleWeight ? w : 1)),
    null,
    0,
    rows,
  );
  session.run("train");
  const gradient = new Float32Array(rows * columns);
  session.readRows(dPredictions, rows, gradient);
  const rowLosses = new Float32Array(rows);
  session.readRows(rowLoss, rows, rowLosses);
  return { rowLosses, gradient, total: session.lossSum / rows };
}

describe.each(formulaBackends)("%s", (name, factory) => {
  const named = cases.map((given, i) => {
    const from = given.fromLogits ? "logits" : "predictions";
    const options = given.options ? ` ${JSON.stringify(given.options)}` : "";
    return [`${i} ${given.loss}${options} from ${from}${given.sampleWeight ? ", weighted" : ""}`, given] as const;
  });

  it.each(named)("%s", (_, given) => {
    const actual = run(factory, given);
    const tolerance = name === "float64" ? { rtol: 1.2e-7, atol: 1e-9 } : { rtol: 1.3e-6, atol: 2e-6 };
    const weighted = given.rowLosses.map((value, row) => value * (given.sampleWeight?.[row] ?? 1));
    expect(actual.rowLosses).toBeAllClose(weighted, tolerance);
    expect([actual.total]).toBeAllClose([given.total], tolerance);
    expect(actual.gradient).toBeAllClose(given.gradient.flat(), tolerance);
  });
});

it("covers every loss, from predictions and from logits, with and without weights", () => {
  const seen = new Set(cases.map(({ loss, fromLogits, sampleWeight }) => `${loss} ${fromLogits} ${!!sampleWeight}`));
  const wanted = lossNames.flatMap((loss) => [true, false].map((weights) => `${loss} false ${weights}`));
  const logits = lossNames.filter((loss) => loss.endsWith("rossentropy")).map((loss) => `${loss} true true`);
  expect([...seen]).toEqual(expect.arrayContaining([...wanted, ...logits]));
});
