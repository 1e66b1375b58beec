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
} as const;

/** Ops that run as scripts. */
export type ScriptOp = keyof typeof moreOps;
