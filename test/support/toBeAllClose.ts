/**
 * The matcher `toBeAllClose`: numpy's `allclose` for arrays of numbers, with a message that names the worst element;
 * and a short cut for `toEqual`, which takes long over arrays of many numbers.
 */
import { expect } from "vitest";

export interface Tolerance {
  /** Allowed error as a share of the expected value. @default 1.3e-6 */
  rtol?: number;
  /** Allowed error whatever the expected value. @default 1e-5 */
  atol?: number;
}

declare module "vitest" {
  interface Matchers<T> {
    /**
     * Equal lengths, and |actual - expected| <= atol + rtol |expected| for every element. NaN is close to nothing;
     * an infinity only to itself. The defaults are PyTorch's `assert_close` for float32.
     */
    toBeAllClose(expected: ArrayLike<number>, tolerance?: Tolerance): T;
  }
}

/** Error of an element relative to its tolerance: above 1 is too far. */
function excess(actual: number, expected: number, { rtol, atol }: Required<Tolerance>): number {
  if (actual === expected) return 0;
  const error = Math.abs(actual - expected);
  const ratio = error / (atol + rtol * Math.abs(expected));
  return Number.isFinite(error) && Number.isFinite(ratio) ? ratio : Infinity;
}

/** What is wrong if not every element is close, for loops in which an `expect` of its own would take longer than the arithmetic. */
export function farFrom(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = {},
): string | null {
  const { rtol = 1.3e-6, atol = 1e-5 } = tolerance;
  if (actual.length !== expected.length) return `expected ${expected.length} elements, got ${actual.length}`;
  let worst = 0;
  let worstIndex = -1;
  let failures = 0;
  for (let i = 0; i < actual.length; i++) {
    const ratio = excess(actual[i], expected[i], { rtol, atol });
    if (ratio > 1) failures++;
    if (ratio > worst) {
      worst = ratio;
      worstIndex = i;
    }
  }
  if (failures === 0) return null;
  const share = `${failures} of ${actual.length} elements beyond rtol ${rtol}, atol ${atol}`;
  const values = `got ${actual[worstIndex]}, expected ${expected[worstIndex]}`;
  return `${share}; worst at index ${worstIndex}: ${values} (${worst.toPrecision(3)} × the tolerance)`;
}

expect.extend({
  toBeAllClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance?: Tolerance) {
    const fault = farFrom(actual, expected, tolerance);
    return {
      pass: fault === null,
      message: () => fault ?? "expected some element to differ by more than the tolerance",
    };
  },
});

/** The bytes of a typed array; null for anything else. */
const bytesOf = (value: unknown) =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null;

/** Arrays of one type with the same bytes are equal. The usual comparison judges all others. */
function areSameBytes(a: unknown, b: unknown): true | undefined {
  const [bytes, others] = [bytesOf(a), bytesOf(b)];
  if (!bytes || bytes.length !== others?.length || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
    return undefined;
  // A loop, as `every` would call a function for each byte.
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== others[i]) return undefined;
  return true;
}

/**
 * Files of one process share their testers, and this file runs anew for each of them: the testers would add up, and
 * `toEqual` asks all of them at each value.
 */
const shared = globalThis as typeof globalThis & { comparesBytes?: true };
if (!shared.comparesBytes) expect.addEqualityTesters([areSameBytes]);
shared.comparesBytes = true;
