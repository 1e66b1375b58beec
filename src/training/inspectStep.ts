/** Reads the values of a training step while its memory still holds them. */

import type { StepTensor, StepTensors } from "../callbacks/callback.js";
import * as Op from "../plan/ops.js";
import { outputsOf, type RecordOf } from "../plan/record.js";
import type { TensorRef } from "../plan/tensor.js";
import type { Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { activationOf } from "../specs/activationOf.js";

/**
 * The values of the last training step, as far as its memory still holds them.
 * @param stepRows Rows of that step; without any, there are only the weights.
 */
export function readStep(
  session: Session,
  { plan, parameters, trainable }: Program,
  wanted: number,
  stepRows: number,
): StepTensors {
  const rows = Math.min(wanted, stepRows);
  const [begin, end] = plan.sections.train ?? [0, 0];
  const read = (tensor: TensorRef, name = tensor.name): StepTensor => {
    const shape = tensor.slab === "rows" ? [rows, ...tensor.shape] : tensor.shape;
    return { name, shape, data: session.read(tensor, rows) };
  };
  const weights = parameters.map(({ path, tensor }) => read(tensor, path));
  if (stepRows === 0) return { activations: [], gradients: [], weights };
  const records = plan.records.slice(begin, end);
  const forward = records.slice(
    0,
    records.findIndex(({ op }) => op === Op.Loss),
  );
  const activations = forward.flatMap((record) => {
    const activation =
      "activation" in record ? activationOf(record as RecordOf<typeof Op.ActivationForward>) : "linear";
    const rowTensors = outputsOf(record).filter(({ slab }) => slab === "rows");
    return rowTensors.map((tensor) => ({ ...read(tensor), activation }));
  });
  return {
    activations,
    gradients: trainable.map(({ path, tensor }) => read({ ...tensor, slab: "grads" }, path)),
    weights,
  };
}
