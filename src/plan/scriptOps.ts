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
