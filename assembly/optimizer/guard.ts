/**
 * Helpers shared by kernels over flat slabs: a thread's share of a slab (including padding, whose gradients are zero),
 * and the guard. If a new value of an element would not be finite, the element keeps its old values, and the status is
 * set.
 */
import { Status } from "../../src/plan/op";
import { setStatus } from "../control";
import { anyNotFinite, isFinite4 } from "../simd";
import { partBegin } from "../split";

/** First byte of part `tid` of a slab of `count` floats, in whole vectors. */
@inline export function vectorBegin(count: i32, tid: i32, threads: i32): usize {
  return <usize>partBegin(count >> 2, tid, threads) << 4;
}

/** Stores the lanes of `updated` for which `finite` is set. */
@inline export function storeWhere(finite: v128, at: usize, updated: v128): void {
  v128.store(at, v128.bitselect(updated, v128.load(at), finite));
}

/** Stores a new value in lanes where it is finite. */
@inline export function commit(a: usize, newA: v128): void {
  if (anyNotFinite(newA)) {
    storeWhere(isFinite4(newA), a, newA);
    setStatus(Status.UpdateNotFinite);
  } else {
    v128.store(a, newA);
  }
}

/** The same for two values that belong together; `probe` is not finite in lanes in which either is not. */
@inline export function commit2(probe: v128, a: usize, newA: v128, b: usize, newB: v128): void {
  if (anyNotFinite(probe)) {
    const finite = isFinite4(probe);
    storeWhere(finite, a, newA);
    storeWhere(finite, b, newB);
    setStatus(Status.UpdateNotFinite);
  } else {
    v128.store(a, newA);
    v128.store(b, newB);
  }
}

/** The same for three. */
@inline export function commit3(
  probe: v128, a: usize, newA: v128, b: usize, newB: v128, c: usize, newC: v128,
): void {
  if (anyNotFinite(probe)) {
    const finite = isFinite4(probe);
    storeWhere(finite, a, newA);
    storeWhere(finite, b, newB);
    storeWhere(finite, c, newC);
    setStatus(Status.UpdateNotFinite);
  } else {
    v128.store(a, newA);
    v128.store(b, newB);
    v128.store(c, newC);
  }
}

/** base^exponent by repeated squaring. It only multiplies, so every engine gives the same bits. */
export function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}

/** Adds the squares of four floats to two sums in f64. */
@inline export function addSquares(sum: v128, x: v128): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
}
