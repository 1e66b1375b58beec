/** Ops of all other updates: optimizers, and what comes before and after them. */
import { op } from "./field.js";

export const SgdTorch = op(23, "SgdTorch", {
  params: "[count]",
  grads: "[count]",
  velocity: "[count]",
  count: "int",
  momentum: "float",
  nesterov: "int",
  dampening: "float",
});

export const AmsGrad = op(24, "AmsGrad", {
  params: "[count]",
  grads: "[count]",
  m: "[count]",
  v: "[count]",
  vHat: "[count]", // the largest v so far
  count: "int",
  beta1: "double",
  beta2: "double",
  epsilon: "float",
  epsilonInside: "int", // 1: PyTorch's form; 0: Keras's
});

export const Adamax = op(25, "Adamax", {
  params: "[count]",
  grads: "[count]",
  m: "[count]",
  u: "[count]", // decaying maximum of |g|
  count: "int",
  beta1: "double",
  beta2: "double",
  epsilon: "float",
  epsilonInside: "int", // 1: PyTorch's form; 0: Keras's
});

export const Nadam = op(26, "Nadam", {
  params: "[count]",
  grads: "[count]",
  m: "[count]",
  v: "[count]",
  count: "int",
  beta1: "double",
  beta2: "double",
  momentumDecay: "double", // base of the warm-up of beta1
  epsilon: "float",
});

export const Radam = op(27, "Radam", {
  params: "[count]",
  grads: "[count]",
  m: "[count]",
  v: "[count]",
  count: "int",
  beta1: "double",
  beta2: "double",
  epsilon: "float",
});

export const Lion = op(28, "Lion", {
  params: "[count]",
  grads: "[count]",
  m: "[count]",
  count: "int",
  beta1: "double",
  beta2: "double",
});

export const RmsProp = op(29, "RmsProp", {
  params: "[count]",
  grads: "[count]",
  meanSquare: "[count]",
  meanGradient: "[count]?",
  velocity: "[count]?",
  count: "int",
  rho: "double",
  momentum: "float",
  epsilon: "float",
  torch: "int", // 1: PyTorch's form; 0: Keras's
});

export const Adagrad = op(30, "Adagrad", {
  params: "[count]",
  grads: "[count]",
  accumulator: "[count]",
  count: "int",
  epsilon: "float",
  torch: "int", // 1: PyTorch's form; 0: Keras's
  lrDecay: "double",
});

export const Adadelta = op(31, "Adadelta", {
  params: "[count]",
  grads: "[count]",
  meanSquare: "[count]",
  meanChange: "[count]",
  count: "int",
  rho: "double",
  epsilon: "float",
});

// Before and after an update. `sums` adds up gradients since the last update; a block has Place.Block floats.
export const AccumulateGradients = op(32, "AccumulateGradients", { grads: "[count]", sums: "[count]", count: "int" });

export const MeanGradients = op(33, "MeanGradients", { grads: "[count]", sums: "[count]", count: "int", steps: "int" });

export const ClipValue = op(34, "ClipValue", { grads: "[count]", count: "int", limit: "float" });

export const BlockNorms = op(35, "BlockNorms", { x: "[count]", norms: "[blocks]", count: "int" });

export const ClipNorm = op(36, "ClipNorm", {
  grads: "[count]",
  norms: "[blocks]",
  count: "int",
  blocks: "int",
  limit: "float",
});

export const AverageWeights = op(38, "AverageWeights", {
  params: "[count]",
  average: "[count]",
  count: "int",
  momentum: "double",
});
