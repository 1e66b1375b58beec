/**
 * Reductions other than the mean: a script after the loss scales its gradient. `compile` knows them after the first
 * loss that was given one, so that other programs do not contain them.
 */

import { op } from "../../plan/field.js";
import { ControlField, Place } from "../../plan/op.js";
import type { RecordOf, ScriptMaker, TapeRecord } from "../../plan/record.js";
import type { Tape } from "../../plan/tape.js";
import type { TensorRef } from "../../plan/tensor.js";
import { reductionOptions } from "./reductionOptions.js";
import { extras, type LossSpec } from "./table.js";

/** Scales the gradient of the mean to that of another reduction. */
const Reduce = op(1200, "Reduce", {
  sampleWeights: "[rows]",
  dPredictions: "[rows, columns]",
  columns: "int",
  divides: "int", // 1: by the sum of the weights
});

/** Makes the option `reduction` known to `compile`. */
export function addReductions(): void {
  extras.options = reductionOptions;
  extras.after = emitReduction;
}

/** Emits the record after a loss with this gradient. */
function emitReduction(
  { reduction = "mean" }: LossSpec,
  tape: Tape,
  sampleWeights: TensorRef,
  dPredictions: TensorRef | null,
): void {
  if (reduction === "mean" || !dPredictions) return;
  const divides = Number(reduction === "meanWithSampleWeight");
  const record = { op: Reduce, sampleWeights, dPredictions, columns: dPredictions.shape[0], divides, script };
  tape.emit(record);
}

const script: ScriptMaker = (given: TapeRecord, addressOf) => {
  const { sampleWeights, dPredictions, columns, divides } = given as RecordOf<typeof Reduce>;
  const [weightsAt, gradientAt] = [addressOf(sampleWeights) / 4, addressOf(dPredictions) / 4];
  return (floats, ints) => {
    const rows = ints[(Place.Control + ControlField.Rows) / 4];
    let total = 0;
    for (let row = 0; row < rows; row++) total += floats[weightsAt + row];
    const factor = divides === 0 ? rows : total === 0 ? 0 : rows / total;
    for (let row = 0, at = gradientAt; row < rows; row++, at += dPredictions.stride) {
      for (let j = 0; j < columns; j++) floats[at + j] *= factor;
    }
  };
};
