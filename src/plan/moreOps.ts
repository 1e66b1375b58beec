/**
 * The ops of optimizers that not every program has (`specs/optimizers/more.ts`), as `ops.ts` has the others. They are
 * in a table of their own so that only programs with such an optimizer carry it. They have no kernels: sessions run
 * them in TypeScript, so the Wasm of all other programs does not grow.
 */
import { op } from "./field.js";
import { Op } from "./op.js";

export const moreOps = {
  [Op.Rprop]: op({
    params: "[count]",
    grads: "[count]",
    previous: "[count]", // gradients of the step before; 0 after a change of sign
    stepSize: "[count]",
    count: "int",
    etaMinus: "float",
    etaPlus: "float",
    minStep: "float",
    maxStep: "float",
  }),
  [Op.Ftrl]: op({
    params: "[count]",
    grads: "[count]",
    accumulator: "[count]", // sum of squared gradients
    linear: "[count]",
    count: "int",
    power: "double", // of the learning rate, at most 0
    l1: "double",
    l2: "double",
    shrinkage: "double",
    beta: "double",
  }),
  [Op.Lamb]: op({
    params: "[count]", // one parameter
    grads: "[count]",
    m: "[count]",
    v: "[count]",
    count: "int",
    beta1: "double",
    beta2: "double",
    epsilon: "double",
  }),
  [Op.Adafactor]: op({
    params: "[count]", // one parameter
    grads: "[count]",
    rows: "[count]", // the first unit of each input holds the row's mean of a kernel; a vector has all its means here
    columns: "[count]", // the first input holds the means of a kernel's columns
    count: "int",
    inputs: "int", // 0 for a vector
    units: "int",
    stride: "int", // floats from panel to panel
    beta2Decay: "float",
    epsilon1: "float",
    epsilon2: "float",
    clipThreshold: "float",
    relativeStep: "int",
  }),
  [Op.Asgd]: op({
    params: "[count]",
    grads: "[count]",
    average: "[count]",
    count: "int",
    lambd: "double",
    alpha: "double",
    t0: "double",
  }),
  [Op.ScheduleFree]: op({
    params: "[count]", // y, between z and the average
    grads: "[count]",
    z: "[count]",
    v: "[count]?", // null for SGD
    average: "[count]", // x
    count: "int",
    beta1: "float",
    beta2: "float",
    epsilon: "float",
    warmupSteps: "int",
    weightDecay: "float", // that of the stage before
  }),
  [Op.Muon]: op({
    params: "[count]", // one parameter
    grads: "[count]",
    m: "[count]",
    v: "[count]", // stays zero for a kernel
    count: "int",
    inputs: "int", // 0 for a vector
    units: "int",
    stride: "int", // floats from panel to panel
    momentum: "float",
    nesterov: "int",
    nsSteps: "int",
    adjust: "float", // factor of the learning rate
    beta1: "float",
    beta2: "float",
    epsilon: "float",
  }),
} as const;

/** Ops that run as scripts. */
export type ScriptOp = keyof typeof moreOps;
