/** Helpers shared by optimizers: the guard against values that are not finite, and powers computed like the kernels. */
import type { ControlBlock, Floats } from "./controlBlock.js";
import { Status } from "./op.js";

/** True if the value is still finite after it is stored. */
export function storable(f: Floats, value: number): boolean {
  return Number.isFinite(f.BYTES_PER_ELEMENT === 4 ? Math.fround(value) : value);
}

/**
 * Stores up to four new values that belong together; each value follows its index. An index of 0 stands for a missing
 * slot. If one value would not be finite, all keep their old values, and the status is set.
 */
export function commit(
  memory: ControlBlock,
  a: number,
  newA: number,
  b = 0,
  newB = 0,
  c = 0,
  newC = 0,
  d = 0,
  newD = 0,
) {
  const { floats: f } = memory;
  const [oldA, oldB, oldC, oldD] = [f[a], f[b], f[c], f[d]];
  f[a] = newA;
  if (b) f[b] = newB;
  if (c) f[c] = newC;
  if (d) f[d] = newD;
  // The difference of a number with itself is 0 only if it is finite.
  const areFinite = f[a] - f[a] === 0 && (!b || f[b] - f[b] === 0) && (!c || f[c] - f[c] === 0);
  if (areFinite && (!d || f[d] - f[d] === 0)) return;
  memory.status = Status.UpdateNotFinite;
  if (d) f[d] = oldD;
  if (c) f[c] = oldC;
  if (b) f[b] = oldB;
  f[a] = oldA;
}

/** Root of the largest float32. */
const LARGEST_ROOT = 1.8446743e19;

/** True if the square of a gradient is still finite as a float32. */
export function isSquarable(g: number): boolean {
  return Math.abs(g) <= LARGEST_ROOT;
}

/** base^exponent by repeated squaring, the same in every engine. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}
