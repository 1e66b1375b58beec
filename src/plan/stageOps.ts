/**
 * Ops of the stages around updates that run in TypeScript. Apart from `scriptOps.ts`, as every program has these
 * stages, and none of the optimizers there.
 */
import { op } from "./field.js";

export const OverwriteWeights = op(1007, "OverwriteWeights", {
  params: "[count]",
  average: "[count]",
  count: "int",
  every: "int", // updates
});
