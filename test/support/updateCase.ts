/** Records of updates, made from the constants of an optimizer's form. */

import type { OpEntry } from "../../src/plan/field.js";
import * as Op from "../../src/plan/ops.js";
import { forEachField, isTensor, type TapeRecord } from "../../src/plan/record.js";
import { Tape } from "../../src/plan/tape.js";
import type { ParameterSlab, TensorRef } from "../../src/plan/tensor.js";
import { emitOptimizer, resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { optimizerNames } from "../../src/specs/optimizers/more.js";
import { loadUpdates } from "../../src/specs/optimizers/updates.js";
import type { RecordCase } from "./recordCase.js";
import { uniforms } from "./tensors.js";

await loadUpdates();

const SLABS: readonly ParameterSlab[] = ["params", "grads", "slot1", "slot2", "slot3"];

/** The op and the constants of a record. */
export interface Form {
  readonly op: OpEntry;
  readonly [constant: string]: number | OpEntry;
}

/** Forms of optimizers beyond SGD and Adam, with constants that make differences large. */
const chosen: Record<string, Form> = {
  "sgd torch": { op: Op.SgdTorch, momentum: 0.9, nesterov: 0, dampening: 0.3 },
  "sgd torch nesterov": { op: Op.SgdTorch, momentum: 0.9, nesterov: 1, dampening: 0 },
  "amsgrad keras": { op: Op.AmsGrad, beta1: 0.9, beta2: 0.999, epsilon: 1e-3, epsilonInside: 0 },
  "amsgrad torch": { op: Op.AmsGrad, beta1: 0.9, beta2: 0.8, epsilon: 1e-3, epsilonInside: 1 },
  "adamax keras": { op: Op.Adamax, beta1: 0.9, beta2: 0.999, epsilon: 1e-3, epsilonInside: 0 },
  "adamax torch": { op: Op.Adamax, beta1: 0.9, beta2: 0.5, epsilon: 1e-3, epsilonInside: 1 },
  "nadam keras": { op: Op.Nadam, beta1: 0.9, beta2: 0.999, momentumDecay: 0.96, epsilon: 1e-3 },
  "nadam torch": { op: Op.Nadam, beta1: 0.95, beta2: 0.9, momentumDecay: 0.9998, epsilon: 1e-3 },
  lion: { op: Op.Lion, beta1: 0.9, beta2: 0.99 },
  "rmsprop keras": { op: Op.RmsProp, rho: 0.9, momentum: 0, epsilon: 1e-3, torch: 0, meanGradient: 0, velocity: 0 },
  "rmsprop torch": { op: Op.RmsProp, rho: 0.9, momentum: 0, epsilon: 1e-3, torch: 1, meanGradient: 0, velocity: 0 },
  "rmsprop momentum": { op: Op.RmsProp, rho: 0.9, momentum: 0.7, epsilon: 1e-3, torch: 0, meanGradient: 0 },
  "rmsprop torch momentum": { op: Op.RmsProp, rho: 0.9, momentum: 0.7, epsilon: 1e-3, torch: 1, meanGradient: 0 },
  "rmsprop centered": { op: Op.RmsProp, rho: 0.3, momentum: 0, epsilon: 0.5, torch: 0, velocity: 0 },
  "rmsprop torch all": { op: Op.RmsProp, rho: 0.3, momentum: 0.7, epsilon: 0.5, torch: 1 },
  "adagrad keras": { op: Op.Adagrad, epsilon: 1e-3, torch: 0, lrDecay: 0 },
  "adagrad torch": { op: Op.Adagrad, epsilon: 1e-3, torch: 1, lrDecay: 0.5 },
  adadelta: { op: Op.Adadelta, rho: 0.95, epsilon: 1e-3 },
};

/** The records of every optimizer with its defaults, as it emits them; those without kernels are left out. */
function defaultForms(): Record<string, Form> {
  const forms: Record<string, Form> = {};
  for (const name of optimizerNames) {
    const tape = new Tape();
    const parameter = tape.parameter("p", [8]);
    tape.begin("train");
    emitOptimizer(tape, resolveOptimizer("test", name), [parameter]);
    tape.end();
    const { op, ...fields } = (tape.build().records.at(-1) ?? {}) as Form;
    if (op !== undefined && !fields.script)
      forms[name] = { op, ...Object.fromEntries(Object.entries(fields).filter(isConstant)) };
  }
  return forms;
}

function isConstant([field, value]: [string, unknown]): boolean {
  return typeof value === "number" && field !== "count";
}

const known: OpEntry[] = [Op.Sgd, Op.Adam, ...Object.values(chosen).map(({ op }) => op)];

/**
 * The forms of every optimizer beyond SGD and Adam: those of the list, and for optimizers that are not in it their
 * defaults.
 */
export const FORMS: Record<string, Form> = {
  ...Object.fromEntries(Object.entries(defaultForms()).filter(([, { op }]) => !known.includes(op))),
  ...chosen,
};

/** Slots that hold squares or sizes, which are never negative. */
const SIZES = /^(v|vHat|u|meanSquare|accumulator|meanChange)$/;

/** A record whose tensors are params, grads and then one slot after the other. */
export function updateCase(name: string, { op, ...constants }: Form, count: number, step: number): RecordCase {
  const tape = new Tape();
  tape.parameter("p", [count]);
  const record: { op: OpEntry; [field: string]: unknown } = { op, ...constants, count };
  const inputs: [TensorRef, Float32Array][] = [];
  let next = 0;
  forEachField(op, (field, kind) => {
    if (kind.endsWith("?") && constants[field] === 0) record[field] = null;
    else if (isTensor(kind)) {
      const low = field === "grads" ? -2 : SIZES.test(field) ? 0.01 : -0.5;
      const high = field === "grads" ? 2 : SIZES.test(field) ? 1 : 0.5;
      const tensor = { ...tape.whole(SLABS[next]), name: field };
      inputs.push([tensor, uniforms(count, 70 + next++, low, high)]);
      record[field] = tensor;
    }
  });
  return {
    label: `${name}, ${count} parameters, step ${step}`,
    tape,
    record: record as TapeRecord,
    rows: 1,
    inputs,
    outputs: inputs.map(([tensor]) => tensor).filter((tensor) => tensor.name !== "grads"),
    step,
    learningRate: 0.01,
    tolerance: { rtol: 2e-6, atol: 2e-7 },
  };
}
