/**
 * Ops of single types of layers: a program holds only those of the layers it imports. `ops.ts` says what follows from
 * them.
 */
import { op } from "./field.js";

export const Dropout = op(12, "Dropout", {
  x: "[rows, columns]",
  y: "out [rows, columns]", // may be x
  columns: "int",
  key0: "int", // the layer's key
  key1: "int",
  threshold: "int", // unsigned: words below it drop
  scale: "float", // factor for elements that are kept
  offset: "float", // added to them; -0 for nothing
  dropped: "float", // value of the others
});

export const BatchNormalization = op(13, "BatchNormalization", {
  x: "[rows, columns]",
  gamma: "[columns]?", // null for ones
  beta: "[columns]?", // null for zeros
  mean: "out [columns]", // of the batch
  rest: "[columns]", // written: the rounding error of the mean
  variance: "out [columns]", // biased
  y: "out [rows, columns]",
  columns: "int",
  epsilon: "float",
});

export const BatchNormalizationBackward = op(14, "BatchNormalizationBackward", {
  x: "[rows, columns]",
  dy: "[rows, columns]",
  gamma: "[columns]?", // null for ones
  mean: "[columns]", // these three as forward left them
  rest: "[columns]",
  variance: "[columns]",
  dGamma: "out [columns]?", // null if it is not needed
  dBeta: "out [columns]?",
  dx: "out [rows, columns]?", // may be dy
  columns: "int",
  epsilon: "float",
});

export const MovingStatistics = op(15, "MovingStatistics", {
  mean: "[columns]", // of the batch
  variance: "[columns]",
  movingMean: "[columns]",
  movingVariance: "[columns]",
  columns: "int",
  rate: "float", // share of the batch
  unbiased: "int", // 1: the moving variance divides by rows - 1
});

export const Standardize = op(16, "Standardize", {
  x: "[rows, columns]",
  y: "out [rows, columns]", // may be x
  mean: "[columns]",
  variance: "[columns]",
  gamma: "[columns]?", // null for ones
  beta: "[columns]?", // null for zeros
  columns: "int",
  epsilon: "float",
  floor: "int", // 1: epsilon is the smallest deviation; 0: it is added to the variance
});

export const LayerNormalization = op(17, "LayerNormalization", {
  x: "[rows, columns]",
  gamma: "[columns]?", // null for ones
  beta: "[columns]?", // null for zeros
  mean: "out [rows]",
  rest: "[rows]", // written: the rounding error of the mean
  inverseDeviation: "out [rows]", // 1 / sqrt(variance + epsilon)
  y: "out [rows, columns]",
  columns: "int",
  epsilon: "float",
});

export const LayerNormalizationBackward = op(18, "LayerNormalizationBackward", {
  x: "[rows, columns]",
  dy: "[rows, columns]",
  dx: "out [rows, columns]", // may be dy
  gamma: "[columns]?", // null for ones
  mean: "[rows]", // these three as forward left them
  rest: "[rows]",
  inverseDeviation: "[rows]",
  columns: "int",
});

export const LayerNormalizationScaleGradient = op(19, "LayerNormalizationScaleGradient", {
  x: "[rows, columns]",
  dy: "[rows, columns]",
  mean: "[rows]", // these three as forward left them
  rest: "[rows]",
  inverseDeviation: "[rows]",
  dGamma: "out [columns]",
  columns: "int",
});

export const GaussianNoise = op(20, "GaussianNoise", {
  x: "[rows, columns]",
  y: "out [rows, columns]", // may be x
  columns: "int",
  key0: "int", // the layer's key
  key1: "int",
  deviation: "float",
  multiplies: "int", // 1: the noise is multiplied by x
});

export const Rescale = op(21, "Rescale", {
  x: "[rows, columns]",
  y: "out [rows, columns]", // may be x
  columns: "int",
  scale: "float",
  offset: "float",
});

export const CategoryEncoding = op(22, "CategoryEncoding", {
  x: "[rows, features]", // category numbers
  y: "out [rows, encoded]", // `tokens` columns if together, else features · tokens
  features: "int",
  tokens: "int",
  together: "int", // 1: all features share the columns
});

export const Prelu = op(45, "Prelu", {
  x: "[rows, columns]",
  y: "out [rows, columns]",
  alpha: "[columns]",
  columns: "int",
});

export const PreluBackward = op(46, "PreluBackward", {
  x: "[rows, columns]",
  dy: "[rows, columns]",
  dx: "out [rows, columns]?", // may be dy; null if it is not needed
  slope: "out [rows, columns]?", // of each row by alpha; null if it is not needed
  alpha: "[columns]",
  columns: "int",
});

export const RmsNormalization = op(47, "RmsNormalization", {
  x: "[rows, columns]",
  y: "out [rows, columns]",
  scale: "[columns]?", // null for ones
  columns: "int",
  share: "float", // factor of the sum of squares: 1 / columns for their mean
  floor: "float", // smallest share of the sum
  epsilon: "float", // added to it
});

export const RmsNormalizationBackward = op(48, "RmsNormalizationBackward", {
  x: "[rows, columns]",
  dy: "[rows, columns]",
  dx: "out [rows, columns]?", // may be dy; null if it is not needed
  slope: "out [rows, columns]?", // of each row by scale; null if it is not needed
  scale: "[columns]?", // null for ones
  columns: "int",
  share: "float",
  floor: "float",
  epsilon: "float",
});
