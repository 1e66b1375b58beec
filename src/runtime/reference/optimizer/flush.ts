/** Slots that decay come to rest at 0, not as subnormal numbers, with which processors reckon several times as slowly. */
import { Place } from "../../../plan/op.js";
import type { Memory } from "../memory.js";

/** 2^-100 */
const LIMIT = 7.888609052210118e-31;

/**
 * In every `FlushPeriod`th update: x = 0 where |x| < 2^-100 and `beside`, if there is one, is 0. An index of 0 stands
 * for a slot that is not there.
 */
export function flush({ floats: f, step }: Memory, x: number, count: number, beside = 0): void {
  if (!x || step % Place.FlushPeriod !== 0) return;
  for (let i = 0; i < count; i++) {
    if (Math.abs(f[x + i]) < LIMIT && (!beside || f[beside + i] === 0)) f[x + i] = 0;
  }
}
