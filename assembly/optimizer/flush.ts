/**
 * Without gradients, slots decay and would end up as subnormal numbers, with which processors are several times slower.
 * So slots that have become that small are set to 0, but only now and then: in every update it would cost a sixth of
 * the whole. At 0.9 per step, a mean falls by 2^20 from one pass to the next, so from 2^-100 it stays above 2^-126.
 */
import { Place } from "../../src/plan/op";
import { stepNumber } from "../control";
import { splat } from "../simd";
import { vectorBegin } from "./guard";

/**
 * In every `FlushPeriod`th update: x = 0 where |x| < 2^-100 and `beside`, if present, is 0. So a second moment
 * outlasts the mean that is divided by its root. All vectors are [count]; 0 stands for a missing one.
 */
export function flush(x: usize, count: i32, tid: i32, threads: i32, beside: usize = 0): void {
  if (!x || stepNumber() % Place.FlushPeriod != 0) return;
  const limit = splat(7.888609052210118e-31), zero = splat(0);
  const end = vectorBegin(count, tid + 1, threads);
  for (let at = vectorBegin(count, tid, threads); at < end; at += 16) {
    const old = v128.load(x + at);
    let small = f32x4.lt(f32x4.abs(old), limit);
    if (beside) small = v128.and(small, f32x4.eq(v128.load(beside + at), zero));
    v128.store(x + at, v128.andnot(old, small));
  }
}
