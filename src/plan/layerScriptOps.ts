/**
 * Ops of single types of layers that run in TypeScript. They have no kernels, so the Wasm of all programs does not
 * grow; their opcodes begin at 2000.
 */
import { op } from "./field.js";

// A row is `length` times all channels, which are `groups` of `size`.
export const GroupNormalization = op(2000, "GroupNormalization", {
  x: "[rows, groups * size * length]",
  y: "out [rows, groups * size * length]",
  gamma: "[groups * size]?", // null for ones
  beta: "[groups * size]?", // null for zeros
  length: "int",
  groups: "int",
  size: "int",
  epsilon: "double",
});

export const GroupNormalizationBackward = op(2001, "GroupNormalizationBackward", {
  x: "[rows, groups * size * length]",
  dy: "[rows, groups * size * length]",
  dx: "out [rows, groups * size * length]?", // may be dy; null if it is not needed
  slope: "out [rows, groups * size * length]?", // of each row by gamma; null if it is not needed
  gamma: "[groups * size]?", // null for ones
  length: "int",
  groups: "int",
  size: "int",
  epsilon: "double",
});

export const ChannelSum = op(2002, "ChannelSum", {
  x: "[rows, channels * length]",
  out: "out [channels]",
  length: "int",
  channels: "int",
});

export const ActivityPenalty = op(2003, "ActivityPenalty", {
  x: "[rows, columns]",
  rowLoss: "out [rows]",
  columns: "int",
  l1: "double",
  l2: "double",
});

export const ActivityPenaltyBackward = op(2004, "ActivityPenaltyBackward", {
  x: "[rows, columns]",
  dy: "[rows, columns]",
  dx: "out [rows, columns]", // may be dy
  columns: "int",
  l1: "double",
  l2: "double",
});

// Along one dimension of a row: `size` values that are `inner` apart, `outer` times.
export const MaskedSoftmax = op(2005, "MaskedSoftmax", {
  x: "[rows, size * inner * outer]",
  y: "out [rows, size * inner * outer]",
  mask: "[size]?", // above 0 for values that take part; null for all
  size: "int",
  inner: "int",
  outer: "int",
});

export const MaskedSoftmaxBackward = op(2006, "MaskedSoftmaxBackward", {
  y: "[rows, size * inner * outer]",
  dy: "[rows, size * inner * outer]",
  dx: "out [rows, size * inner * outer]", // may be dy
  size: "int",
  inner: "int",
  outer: "int",
});

// The halves of the last dimension of a row lie `size` apart.
export const Glu = op(2007, "Glu", {
  x: "[rows, inputs]",
  y: "out [rows, outputs]",
  inputs: "int",
  outputs: "int",
  size: "int",
});

export const GluBackward = op(2008, "GluBackward", {
  x: "[rows, inputs]",
  dy: "[rows, outputs]",
  dx: "out [rows, inputs]",
  inputs: "int",
  outputs: "int",
  size: "int",
});

export const SpectralNormalization = op(2009, "SpectralNormalization", {
  kernel: "panels [inputs, units]", // divided by its largest singular value
  vectorU: "[units]", // moved on
  inputs: "int",
  units: "int",
  powerIterations: "int",
});
