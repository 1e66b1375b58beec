/** Views of the records of the optimizer and of what comes before and behind it; see ../record.ts. */

@unmanaged
export class Sgd {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  velocity: usize; // [count], or 0 where there is none
  count: i32;
  momentum: f32;
  nesterov: i32;
}

@unmanaged
export class Adam {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  m: usize; // [count]
  v: usize; // [count]
  count: i32;
  beta1: f64;
  beta2: f64;
  epsilon: f32;
  epsilonInside: i32; // 1: PyTorch's form; 0: Keras's
}

@unmanaged
export class SgdTorch {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  velocity: usize; // [count]
  count: i32;
  momentum: f32;
  nesterov: i32;
}

@unmanaged
export class AmsGrad {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  m: usize; // [count]
  v: usize; // [count]
  vHat: usize; // [count]: the largest v so far
  count: i32;
  beta1: f64;
  beta2: f64;
  epsilon: f32;
  epsilonInside: i32; // 1: PyTorch's form; 0: Keras's
}

@unmanaged
export class Adamax {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  m: usize; // [count]
  u: usize; // [count]: decaying maximum of |g|
  count: i32;
  beta1: f64;
  beta2: f64;
  epsilon: f32;
  epsilonInside: i32; // 1: PyTorch's form; 0: Keras's
}

@unmanaged
export class Nadam {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  m: usize; // [count]
  v: usize; // [count]
  count: i32;
  beta1: f64;
  beta2: f64;
  momentumDecay: f64; // base of the warm-up of beta1
  epsilon: f32;
}

@unmanaged
export class Lion {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  m: usize; // [count]
  count: i32;
  beta1: f64;
  beta2: f64;
}

@unmanaged
export class RmsProp {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  meanSquare: usize; // [count]
  meanGradient: usize; // [count], or 0 where there is none
  velocity: usize; // [count], or 0 where there is none
  count: i32;
  rho: f64;
  momentum: f32;
  epsilon: f32;
  torch: i32; // 1: PyTorch's form; 0: Keras's
}

@unmanaged
export class Adagrad {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  accumulator: usize; // [count]
  count: i32;
  epsilon: f32;
  torch: i32; // 1: PyTorch's form; 0: Keras's
}

@unmanaged
export class Adadelta {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  meanSquare: usize; // [count]
  meanChange: usize; // [count]
  count: i32;
  rho: f64;
  epsilon: f32;
}

@unmanaged
export class AccumulateGradients {
  op: i32;
  grads: usize; // [count]
  sums: usize; // [count]: gradients added up since the last update
  count: i32;
}

@unmanaged
export class MeanGradients {
  op: i32;
  grads: usize; // [count]
  sums: usize; // [count]: gradients added up since the last update
  count: i32;
  steps: i32;
}

@unmanaged
export class ClipValue {
  op: i32;
  grads: usize; // [count]
  count: i32;
  limit: f32;
}

@unmanaged
export class BlockNorms {
  op: i32;
  x: usize; // [count]
  norms: usize; // [blocks]: the norm of each block
  count: i32;
}

@unmanaged
export class ClipNorm {
  op: i32;
  grads: usize; // [count]
  norms: usize; // [blocks]: the norm of each block
  count: i32;
  blocks: i32;
  limit: f32;
}

@unmanaged
export class DecayWeights {
  op: i32;
  params: usize; // [count]
  count: i32;
  decay: f32;
}

@unmanaged
export class AverageWeights {
  op: i32;
  params: usize; // [count]
  average: usize; // [count]
  count: i32;
  momentum: f64;
}

@unmanaged
export class Penalty {
  op: i32;
  params: usize; // [count]
  penalties: usize; // [blocks]: the penalty of each block
  count: i32;
  l1: f32;
  l2: f32;
}

@unmanaged
export class PenaltyTotal {
  op: i32;
  penalties: usize; // [blocks]: the penalty of each block
  blocks: i32;
}

@unmanaged
export class PenaltyGradient {
  op: i32;
  params: usize; // [count]
  grads: usize; // [count]
  count: i32;
  l1: f32;
  l2: f32;
}

@unmanaged
export class NonNegative {
  op: i32;
  params: usize; // [count]
  count: i32;
}

@unmanaged
export class KernelNorm {
  op: i32;
  kernel: usize; // panels of [inputs, units]
  kernelStride: usize;
  inputs: i32;
  units: i32;
  axis: i32; // 0: a norm for each unit, over its inputs; 1: for each input, over its units
  low: f32; // bounds of the norm
  high: f32;
  rate: f32; // share of the way to the bound
}

@unmanaged
export class VectorNorm {
  op: i32;
  params: usize; // [count]
  count: i32;
  low: f32; // bounds of the norm
  high: f32;
  rate: f32; // share of the way to the bound
}
