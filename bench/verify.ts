/** Seeded inputs for both sides of a benchmark, and the comparison of their results. */

/** `count` values uniform in [-scale, scale), the same for the same seed (mulberry32). */
export function seeded(count: number, seed: number, scale = 1): Float32Array {
  const out = new Float32Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    out[i] = (((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1) * scale;
  }
  return out;
}

/** `count` integers in [0, classes). */
export function seededLabels(count: number, classes: number, seed: number): Int32Array {
  return Int32Array.from(seeded(count, seed), (value) =>
    Math.min(classes - 1, Math.floor(((value + 1) / 2) * classes)),
  );
}

export interface Tolerance {
  /** Allowed difference relative to the larger value. @default 1e-4 */
  rtol?: number;
  /** Allowed difference in any case. @default 1e-5 */
  atol?: number;
}

/** Throws if the two sides differ by more than the tolerance: a wrong result is not worth timing. */
export function assertClose(
  what: string,
  ours: ArrayLike<number>,
  rival: ArrayLike<number>,
  { rtol = 1e-4, atol = 1e-5 }: Tolerance = {},
): void {
  if (ours.length !== rival.length) throw new Error(`${what}: ${ours.length} values, pure JS has ${rival.length}.`);
  for (let i = 0; i < ours.length; i++) {
    const bound = atol + rtol * Math.max(Math.abs(ours[i]), Math.abs(rival[i]));
    if (Math.abs(ours[i] - rival[i]) <= bound) continue; // false for NaN too
    throw new Error(`${what}: at ${i} ours ${ours[i]}, pure JS ${rival[i]} (rtol ${rtol}, atol ${atol}).`);
  }
}
