/**
 * Views of tape records and of the control block, read by field name at no cost.
 * The order of fields is the order of words in `src/plan/record.ts`; a test compares the two.
 * A tensor field is an address; a row tensor is followed by its row stride in bytes, a kernel by its panel stride.
 */
import { ControlField, Place } from "../src/plan/op";

@unmanaged
export class DenseForward {
  op: i32;
  x: usize; // [rows, inputs]
  xStride: usize;
  kernel: usize; // panels of [inputs, units]
  kernelStride: usize;
  bias: usize; // [units]; zeros for a layer without bias
  y: usize; // [rows, units]
  yStride: usize;
  inputs: i32;
  units: i32;
  activation: i32;
  alpha: f32;
}

@unmanaged
export class DenseKernelGradient {
  op: i32;
  x: usize; // [rows, inputs]
  xStride: usize;
  dy: usize; // [rows, units]
  dyStride: usize;
  dKernel: usize; // panels of [inputs, units]
  dKernelStride: usize;
  sums: usize; // doubles, one for each float of dKernel; only where a batch has more rows than Place.PlainRows
  inputs: i32;
  units: i32;
}

@unmanaged
export class DenseInputGradient {
  op: i32;
  dy: usize; // [rows, units]
  dyStride: usize;
  kernel: usize; // panels of [inputs, units]
  kernelStride: usize;
  dx: usize; // [rows, inputs]
  dxStride: usize;
  inputs: i32;
  units: i32;
}

@unmanaged
export class ColumnSum {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  out: usize; // [columns]
  columns: i32;
}

@unmanaged
export class ActivationForward {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns], may be x
  yStride: usize;
  columns: i32;
  activation: i32;
  alpha: f32;
  threshold: f32; // these two for `GeneralRelu` alone
  maxValue: f32;
}

@unmanaged
export class ActivationBackward {
  op: i32;
  saved: usize; // [rows, columns]: the output y of the forward function, or its input z, by activation
  savedStride: usize;
  dy: usize; // [rows, columns]
  dyStride: usize;
  dx: usize; // [rows, columns], may be dy
  dxStride: usize;
  columns: i32;
  activation: i32;
  alpha: f32;
  threshold: f32; // these two for `GeneralRelu` alone
  maxValue: f32;
}

@unmanaged
export class Loss {
  op: i32;
  predictions: usize; // [rows, columns]: probabilities or logits, by kind
  predictionsStride: usize;
  targets: usize; // [rows, columns] floats, or [rows] int32 labels
  targetsStride: usize;
  sampleWeights: usize; // [rows]
  dPredictions: usize; // [rows, columns], or 0 when no gradient is wanted
  dPredictionsStride: usize;
  rowLoss: usize; // [rows]: weighted loss of each row
  columns: i32;
  kind: i32;
  smoothing: f32; // label smoothing, 0 for none
  alpha: f32; // huber's delta, the weight of positive targets, or of all in the categorical focal loss
  beta: f32; // weight of negative targets in the binary focal loss
  gamma: f32; // exponent of the focal losses
  weights: usize; // [columns], in place of alpha where each output has its own; or 0
}

@unmanaged
export class LossTotal {
  op: i32;
  rowLoss: usize; // [rows]
}

@unmanaged
export class Metric {
  op: i32;
  predictions: usize; // [rows, columns]
  predictionsStride: usize;
  targets: usize; // [rows, columns] floats, or [rows] int32 labels
  targetsStride: usize;
  columns: i32;
  kind: i32;
  slot: i32; // which of the control block's metric sums
  threshold: f32; // above it a binary prediction counts as 1
}

@unmanaged
export class CheckFinite {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  columns: i32;
}

@unmanaged
export class BatchNormalization {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns]
  yStride: usize;
  gamma: usize; // [columns], or 0 for ones
  beta: usize; // [columns], or 0 for zeros
  mean: usize; // [columns]: written, of the batch
  rest: usize; // [columns]: written, what rounding took from the mean
  variance: usize; // [columns]: written, biased
  columns: i32;
  epsilon: f32;
}

@unmanaged
export class BatchNormalizationBackward {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  dy: usize; // [rows, columns]
  dyStride: usize;
  dx: usize; // [rows, columns], may be dy, or 0 when it is not wanted
  dxStride: usize;
  gamma: usize; // [columns], or 0 for ones
  mean: usize; // [columns]: these three as forward left them
  rest: usize;
  variance: usize;
  dGamma: usize; // [columns], or 0 when it is not wanted
  dBeta: usize; // [columns], or 0 when it is not wanted
  columns: i32;
  epsilon: f32;
}

@unmanaged
export class MovingStatistics {
  op: i32;
  mean: usize; // [columns]: of the batch
  variance: usize; // [columns]
  movingMean: usize; // [columns]
  movingVariance: usize; // [columns]
  columns: i32;
  rate: f32; // the share that the batch gets
  unbiased: i32; // 1: the moving variance is that over rows - 1
}

@unmanaged
export class Standardize {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns], may be x
  yStride: usize;
  mean: usize; // [columns]
  variance: usize; // [columns]
  gamma: usize; // [columns], or 0 for ones
  beta: usize; // [columns], or 0 for zeros
  columns: i32;
  epsilon: f32;
  floor: i32; // 1: epsilon is the least deviation; 0: it is added to the variance
}

@unmanaged
export class LayerNormalization {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns]
  yStride: usize;
  gamma: usize; // [columns], or 0 for ones
  beta: usize; // [columns], or 0 for zeros
  mean: usize; // [rows]: written
  rest: usize; // [rows]: written, what rounding took from the mean
  inverseDeviation: usize; // [rows]: written, 1 / sqrt(variance + epsilon)
  columns: i32;
  epsilon: f32;
}

@unmanaged
export class LayerNormalizationBackward {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  dy: usize; // [rows, columns]
  dyStride: usize;
  dx: usize; // [rows, columns], may be dy
  dxStride: usize;
  gamma: usize; // [columns], or 0 for ones
  mean: usize; // [rows]: these three as forward left them
  rest: usize;
  inverseDeviation: usize;
  columns: i32;
}

@unmanaged
export class LayerNormalizationScaleGradient {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  dy: usize; // [rows, columns]
  dyStride: usize;
  mean: usize; // [rows]: these three as forward left them
  rest: usize;
  inverseDeviation: usize;
  dGamma: usize; // [columns]
  columns: i32;
}

@unmanaged
export class GaussianNoise {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns], may be x
  yStride: usize;
  columns: i32;
  key0: i32; // the layer's key
  key1: i32;
  deviation: f32;
}

@unmanaged
export class Rescale {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns], may be x
  yStride: usize;
  columns: i32;
  scale: f32;
  offset: f32;
}

@unmanaged
export class CategoryEncoding {
  op: i32;
  x: usize; // [rows, features]: category numbers
  xStride: usize;
  y: usize; // [rows, tokens] together, else [rows, features · tokens]
  yStride: usize;
  features: i32;
  tokens: i32;
  together: i32; // 1: all features share the columns
}

@unmanaged
export class Dropout {
  op: i32;
  x: usize; // [rows, columns]
  xStride: usize;
  y: usize; // [rows, columns], may be x
  yStride: usize;
  columns: i32;
  key0: i32; // the layer's key
  key1: i32;
  threshold: i32; // unsigned: words below it drop
  scale: f32; // of what is kept
}

@inline export function rowsInBatch(): i32 {
  return load<i32>(Place.Control + ControlField.Rows);
}
@inline export function stepNumber(): i32 {
  return load<i32>(Place.Control + ControlField.Step);
}
@inline export function batchNumber(): i32 {
  return load<i32>(Place.Control + ControlField.Batch);
}
@inline export function learningRate(): f32 {
  return load<f32>(Place.Control + ControlField.LearningRate);
}
@inline export function status(): i32 {
  return load<i32>(Place.Control + ControlField.Status);
}
@inline export function setStatus(value: i32): void {
  store<i32>(Place.Control + ControlField.Status, value);
}
/** Adds to one of the f64 sums of the control block. */
@inline export function addToSum(field: i32, value: f64): void {
  const at = <usize>(Place.Control + field);
  store<f64>(at, load<f64>(at) + value);
}
