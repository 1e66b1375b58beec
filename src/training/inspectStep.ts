/** Reads the values of a training step while its memory still holds them. */

import { sizeOf } from "../base/shape.js";
import type { StepTensor, StepTensors } from "../callbacks/callback.js";
import * as Op from "../plan/ops.js";
import { outputsOf, type RecordOf } from "../plan/record.js";
import type { TensorRef } from "../plan/tensor.js";
import type { Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { activationOf } from "../specs/activations.js";

/** The values of the last training step, as far as its memory still holds them. */
export function readStep(session: Session, { plan, parameters, trainable }: Program, rows: number): StepTensors {
  const [begin, end] = plan.sections.train ?? [0, 0];
  const records = plan.records.slice(begin, end);
  const forward = records.slice(
    0,
    records.findIndex(({ op }) => op === Op.Loss),
  );
  const activations = forward.flatMap((record) => {
    const activation =
      "activation" in record ? activationOf(record as RecordOf<typeof Op.ActivationForward>) : "linear";
    const rowTensors = outputsOf(record).filter(({ slab }) => slab === "rows");
    return rowTensors.map((tensor) => ({ ...readRows(session, tensor, rows), activation }));
  });
  const read = (name: string, tensor: TensorRef): StepTensor => {
    return { name, shape: tensor.shape, data: session.readParameter(tensor) };
  };
  return {
    activations,
    gradients: trainable.map(({ path, tensor }) => read(path, { ...tensor, slab: "grads" })),
    weights: parameters.map(({ path, tensor }) => read(path, tensor)),
  };
}

function readRows(session: Session, tensor: TensorRef, rows: number): StepTensor {
  const shape = [rows, ...tensor.shape];
  const data = new Float32Array(sizeOf(shape));
  session.readRows(tensor, rows, data);
  return { name: tensor.name, shape, data };
}
