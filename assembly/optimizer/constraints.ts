/** Constraints on weights after an update: signs, and norms between two bounds. */
import { Place } from "../../src/plan/op";
import { splat } from "../simd";
import { partBegin } from "../split";
import { addSquares, vectorBegin } from "./guard";
import { KernelNorm, NonNegative, VectorNorm } from "../ops/records";

/** p = max(p, 0) */
export function nonNegative(op: NonNegative, tid: i32, threads: i32): void {
  const params = op.params, zero = splat(0);
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    v128.store(params + at, f32x4.max(v128.load(params + at), zero));
  }
}

/** Factors for weights with these sums of squares (f64x2): the wanted norm, divided by epsilon + the norm. */
@inline function scaleOf(squares: v128, low: f64, high: f64, rate: f64): v128 {
  const norm = f64x2.sqrt(squares);
  const bounded = f64x2.min(f64x2.max(norm, f64x2.splat(low)), f64x2.splat(high));
  const wanted = f64x2.add(f64x2.mul(f64x2.splat(rate), bounded), f64x2.mul(f64x2.splat(1 - rate), norm));
  return f64x2.div(wanted, f64x2.add(f64x2.splat(1e-7), norm));
}

/** Joins two vectors of two scales each into four floats. */
@inline function join(first: v128, second: v128): v128 {
  const a = f32x4.demote_f64x2_zero(first), b = f32x4.demote_f64x2_zero(second);
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}

@inline function squaresOf(x: v128): v128 {
  const wide = f64x2.promote_low_f32x4(x);
  return f64x2.mul(wide, wide);
}

@inline function upper(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 2, 3, 0, 1);
}

/** Scales the weights of each unit of a kernel [inputs, units] or, along axis 1, of each input. Sums run in f64. */
export function kernelNorm(op: KernelNorm, tid: i32, threads: i32): void {
  if (op.axis == 1) scaleInputs(op, tid, threads);
  else scaleUnits(op, tid, threads);
}

/** Scales units: panel by panel, inputs in order. */
function scaleUnits(op: KernelNorm, tid: i32, threads: i32): void {
  const panels = (op.units + Place.PanelWidth - 1) / Place.PanelWidth;
  const end = partBegin(panels, tid + 1, threads);
  for (let panel = partBegin(panels, tid, threads); panel < end; panel++) {
    const begin = op.kernel + <usize>panel * op.kernelStride;
    const stop = begin + (<usize>op.inputs << 5);
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let at = begin; at < stop; at += 32) {
      const a = v128.load(at), b = v128.load(at, 16);
      s0 = f64x2.add(s0, squaresOf(a));
      s1 = f64x2.add(s1, squaresOf(upper(a)));
      s2 = f64x2.add(s2, squaresOf(b));
      s3 = f64x2.add(s3, squaresOf(upper(b)));
    }
    const low = <f64>op.low, high = <f64>op.high, rate = <f64>op.rate;
    const scaleA = join(scaleOf(s0, low, high, rate), scaleOf(s1, low, high, rate));
    const scaleB = join(scaleOf(s2, low, high, rate), scaleOf(s3, low, high, rate));
    for (let at = begin; at < stop; at += 32) {
      v128.store(at, f32x4.mul(v128.load(at), scaleA));
      v128.store(at, f32x4.mul(v128.load(at, 16), scaleB), 16);
    }
  }
}

/** The common factor of several weights. Their sum of squares is the sum of both lanes of `sum`. */
@inline function commonScale(sum: v128, low: f32, high: f32, rate: f32): v128 {
  const squares = f64x2.splat(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  const half = scaleOf(squares, <f64>low, <f64>high, <f64>rate);
  return join(half, half);
}

/** Scales inputs: input by input, across the panels. The padding of the last panel is zero. */
function scaleInputs(op: KernelNorm, tid: i32, threads: i32): void {
  const stride = op.kernelStride;
  const length = <usize>((op.units + Place.PanelWidth - 1) / Place.PanelWidth) * stride;
  const end = partBegin(op.inputs, tid + 1, threads);
  for (let input = partBegin(op.inputs, tid, threads); input < end; input++) {
    const begin = op.kernel + (<usize>input << 5);
    const stop = begin + length;
    let sum = f64x2.splat(0);
    for (let at = begin; at < stop; at += stride) {
      sum = addSquares(addSquares(sum, v128.load(at)), v128.load(at, 16));
    }
    const scale = commonScale(sum, op.low, op.high, op.rate);
    for (let at = begin; at < stop; at += stride) {
      v128.store(at, f32x4.mul(v128.load(at), scale));
      v128.store(at, f32x4.mul(v128.load(at, 16), scale), 16);
    }
  }
}

/** Scales a vector [count] as a whole. One thread does it: the vector is a bias, or rarely a kernel. */
export function vectorNorm(op: VectorNorm): void {
  const end = op.params + (<usize>op.count << 2);
  let sum = f64x2.splat(0);
  for (let at = op.params; at < end; at += 16) sum = addSquares(sum, v128.load(at));
  const scale = commonScale(sum, op.low, op.high, op.rate);
  for (let at = op.params; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), scale));
}
