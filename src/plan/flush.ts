/** Sets decayed slots to 0, before they become subnormal numbers, with which processors are several times slower. */

import type { ControlBlock } from "./controlBlock.js";
import { Place } from "./op.js";

/** 2^-100 */
const LIMIT = 7.888609052210118e-31;

/**
 * In every `FlushPeriod`th update: x = 0 where |x| < 2^-100 and `beside`, if present, is 0. An index of 0 stands for a
 * missing slot.
 */
export function flush({ floats: f, step }: ControlBlock, x: number, count: number, beside = 0): void {
  if (!x || step % Place.FlushPeriod !== 0) return;
  for (let i = 0; i < count; i++) {
    if (Math.abs(f[x + i]) < LIMIT && (!beside || f[beside + i] === 0)) f[x + i] = 0;
  }
}
