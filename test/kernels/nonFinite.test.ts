// NaN must never be lost on the way from a weight to the loss: that is how a training that diverged is found.
import { describe, expect, it } from "vitest";
import { LossKind, Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import {
  type ActivationSpec,
  activationCode,
  activationNames,
  isElementwise,
  relu,
  resolveActivation,
} from "../../src/specs/activations.js";
import { backends } from "../support/backends.js";
import { prepare, type RecordCase, read, readStatus } from "../support/recordCase.js";
import { distributions, labels, oneHots, uniforms } from "../support/tensors.js";

const ROWS = 3;
const COLUMNS = 11;
/** Every place in a row of 11: all lanes of whole vectors and of the last, cut one. */
const PLACES = Array.from({ length: COLUMNS }, (_, column) => column);

function withNaN(values: Float32Array, column: number): Float32Array {
  const out = values.slice();
  out[COLUMNS + column] = NaN; // in the second row
  return out;
}

const activations: ActivationSpec[] = [
  ...activationNames.map((name) => resolveActivation("", name)),
  relu({ maxValue: 1, threshold: 0.5 }),
];

function activationCase(spec: ActivationSpec, column: number): RecordCase {
  const tape = new Tape();
  const [x, y] = [tape.rows("x", COLUMNS), tape.rows("y", COLUMNS)];
  return {
    label: spec.type,
    tape,
    record: { op: Op.ActivationForward, x, y, columns: COLUMNS, ...activationCode(spec) },
    rows: ROWS,
    inputs: [[x, withNaN(uniforms(ROWS * COLUMNS, 70), column)]],
    outputs: [y],
  };
}

function lossCase(kind: LossKind, column: number): RecordCase {
  const sparse =
    kind === LossKind.SparseCategoricalCrossentropy || kind === LossKind.SparseCategoricalCrossentropyLogits;
  const tape = new Tape();
  const [predictions, dPredictions] = [tape.rows("predictions", COLUMNS), tape.rows("dPredictions", COLUMNS)];
  const targets = sparse ? tape.labels("targets") : tape.rows("targets", COLUMNS);
  const [sampleWeights, rowLoss] = [tape.rowScalars("sampleWeights"), tape.rowScalars("rowLoss")];
  const columns = COLUMNS;
  const numbers = { smoothing: 0, alpha: 1, beta: 1, gamma: 2, weights: null };
  return {
    label: LossKind[kind],
    tape,
    record: { op: Op.Loss, predictions, targets, sampleWeights, dPredictions, rowLoss, columns, kind, ...numbers },
    rows: ROWS,
    inputs: [
      [predictions, withNaN(distributions(ROWS, COLUMNS, 71), column)],
      [targets, sparse ? labels(ROWS, COLUMNS, 72) : oneHots(ROWS, COLUMNS, 72)],
      [sampleWeights, [1, 1, 1]],
    ],
    outputs: [rowLoss],
  };
}

const lossKinds = Object.values(LossKind).filter(
  (kind): kind is LossKind => typeof kind === "number" && kind !== LossKind.Host,
);

describe.each(backends)("NaN on %s", (_, factory) => {
  const run = (recordCase: RecordCase) => {
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    return read(prepared, recordCase.outputs[0], ROWS).values;
  };

  it.each(activations)("passes through $type, and stays where it is", (spec) => {
    for (const place of PLACES) {
      const y = run(activationCase(spec, place));
      const wholeRow = !isElementwise(spec);
      const isHit = (i: number) => (wholeRow ? Math.floor(i / COLUMNS) === 1 : i === COLUMNS + place);
      const wrong = y.findIndex((value, i) => Number.isNaN(value) !== isHit(i));
      expect(wrong, `NaN at ${place}, value ${wrong}`).toBe(-1);
    }
  });

  it.each(lossKinds.map((kind) => [LossKind[kind], kind] as const))("reaches the loss of its row in %s", (_, kind) => {
    for (const place of PLACES) {
      expect(run(lossCase(kind, place)).map(Number.isNaN), `NaN at ${place}`).toEqual([false, true, false]);
    }
  });

  it("stops a run after the loss total", () => {
    const tape = new Tape();
    const rowLoss = tape.rowScalars("rowLoss");
    const recordCase: RecordCase = {
      label: "total",
      tape,
      record: { op: Op.LossTotal, rowLoss },
      rows: ROWS,
      inputs: [[rowLoss, [1, NaN, 1]]],
      outputs: [rowLoss],
    };
    const prepared = prepare(recordCase, factory);
    prepared.backend.run(0, 1, false);
    expect(readStatus(prepared)).toBe(Status.LossNotFinite);
  });
});
