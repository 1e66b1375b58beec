/** What a callback may do with the model that is being trained. */
import { activationOf } from "../activations.js";
import { OptionError, show } from "../errors.js";
import { isTrainable } from "../layers/layer.js";
import { ActivationKind, Op } from "../plan/op.js";
import { outputsOf } from "../plan/record.js";
import type { TensorRef } from "../plan/tensor.js";
import type { Session } from "../runtime/session.js";
import { sizeOf } from "../shape.js";
import type { StepTensor, StepTensors, Trainer } from "./callbacks.js";
import type { Program } from "./compile.js";

export function openTrainer(session: Session, program: Program): Trainer {
  return {
    stopTraining: false,
    snapshot: () => session.readSlab("params"),
    restore(weights) {
      const { params } = session.plan.slabSizes;
      if (!(weights instanceof Float32Array) || weights.length !== params) {
        throw new OptionError(`restore: expected what snapshot() returned, got ${show(weights)}.`);
      }
      session.writeSlab("params", weights);
    },
    inspect: (rows) => readStep(session, program, rows),
  };
}

/** What the last training step computed, as far as its memory still holds it. */
function readStep(session: Session, { plan, parameters }: Program, rows: number): StepTensors {
  const [begin, end] = plan.sections.train ?? [0, 0];
  const records = plan.records.slice(begin, end);
  const forward = records.slice(
    0,
    records.findIndex(({ op }) => op === Op.Loss),
  );
  const activations = forward.flatMap((record) => {
    const kind = "activation" in record ? record.activation : ActivationKind.Linear;
    const rowTensors = outputsOf(record).filter(({ slab }) => slab === "rows");
    return rowTensors.map((tensor) => ({ ...readRows(session, tensor, rows), activation: activationOf(kind) }));
  });
  const read = (name: string, tensor: TensorRef): StepTensor => {
    return { name, shape: tensor.shape, data: session.readParameter(tensor) };
  };
  return {
    activations,
    gradients: parameters.filter(isTrainable).map(({ path, tensor }) => read(path, { ...tensor, slab: "grads" })),
    weights: parameters.map(({ path, tensor }) => read(path, tensor)),
  };
}

function readRows(session: Session, tensor: TensorRef, rows: number): StepTensor {
  const shape = [rows, ...tensor.shape];
  const data = new Float32Array(sizeOf(shape));
  session.readRows(tensor, rows, data);
  return { name: tensor.name, shape, data };
}
