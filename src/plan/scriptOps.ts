/**
 * Ops of updates that run in TypeScript, of optimizers that not every program has (`specs/optimizers/more.ts`). They
 * have no kernels, so the Wasm of all other programs does not grow; their opcodes begin at 1000.
 */
import { op } from "./field.js";

export const Rprop = op(1000, "Rprop", {
  params: "[count]",
  grads: "[count]",
  previous: "[count]", // gradients of the step before; 0 after a change of sign
  stepSize: "[count]",
  count: "int",
  etaMinus: "float",
  etaPlus: "float",
  minStep: "float",
  maxStep: "float",
});

export const Ftrl = op(1001, "Ftrl", {
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
});

export const Lamb = op(1002, "Lamb", {
  params: "[count]", // one parameter
  grads: "[count]",
  m: "[count]",
  v: "[count]",
  count: "int",
  beta1: "double",
  beta2: "double",
  epsilon: "double",
});

export const Adafactor = op(1003, "Adafactor", {
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
});

export const Asgd = op(1004, "Asgd", {
  params: "[count]",
  grads: "[count]",
  average: "[count]",
  count: "int",
  lambd: "double",
  alpha: "double",
  t0: "double",
});

export const Muon = op(1005, "Muon", {
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
});

export const ScheduleFree = op(1006, "ScheduleFree", {
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
});
