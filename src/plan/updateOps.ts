/** Ops of the updates that the small builds have. `ops.ts` says what follows from them. */
import { op } from "./field.js";

export const Sgd = op(9, "Sgd", {
  params: "[count]",
  grads: "[count]",
  velocity: "[count]?",
  count: "int",
  momentum: "float",
  nesterov: "int",
});

export const Adam = op(10, "Adam", {
  params: "[count]",
  grads: "[count]",
  m: "[count]",
  v: "[count]",
  count: "int",
  beta1: "double",
  beta2: "double",
  epsilon: "float",
  epsilonInside: "int", // 1: PyTorch's form; 0: Keras's
});

export const DecayWeights = op(37, "DecayWeights", { params: "[count]", count: "int", decay: "float" });
