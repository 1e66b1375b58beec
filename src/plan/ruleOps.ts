/** Ops of the rules that weights follow: penalties in the loss, and constraints after an update. */
import { op } from "./field.js";

export const Penalty = op(39, "Penalty", {
  params: "[count]",
  penalties: "[blocks]",
  count: "int",
  l1: "float",
  l2: "float",
});

export const PenaltyTotal = op(40, "PenaltyTotal", { penalties: "[blocks]", blocks: "int" });

export const PenaltyGradient = op(41, "PenaltyGradient", {
  params: "[count]",
  grads: "[count]",
  count: "int",
  l1: "float",
  l2: "float",
});

export const NonNegative = op(42, "NonNegative", { params: "[count]", count: "int" });

export const KernelNorm = op(43, "KernelNorm", {
  kernel: "panels [inputs, units]",
  inputs: "int",
  units: "int",
  axis: "int", // 0: a norm for each unit, over its inputs; 1: for each input, over its units
  low: "float", // bounds of the norm
  high: "float",
  rate: "float", // fraction of the way to the bound
});

// Bounds and rate as in KernelNorm.
export const VectorNorm = op(44, "VectorNorm", {
  params: "[count]",
  count: "int",
  low: "float",
  high: "float",
  rate: "float",
});
