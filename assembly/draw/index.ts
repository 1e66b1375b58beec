/**
 * The first weights, as `src/base/random.ts` draws them: xoshiro128** 1.1, whose four words are at address 0, and two words
 * for each number. A build of its own, for Node; the core does without.
 */

/** Draws low + width · u for each unit of one input, into panels of 8 units that are `stride` bytes apart. */
export function drawRow(to: usize, units: i32, stride: usize, low: f64, width: f64): void {
  let a = load<u32>(0), b = load<u32>(4), c = load<u32>(8), d = load<u32>(12);
  for (let unit = 0; unit < units; unit++) {
    const high = (rotl<u32>(b * 5, 7) * 9) >>> 5;
    let shifted = b << 9;
    c ^= a; d ^= b; b ^= c; a ^= d; c ^= shifted; d = rotl<u32>(d, 11);
    const rest = (rotl<u32>(b * 5, 7) * 9) >>> 6;
    shifted = b << 9;
    c ^= a; d ^= b; b ^= c; a ^= d; c ^= shifted; d = rotl<u32>(d, 11);
    const bits = (<u64>high << 26) | <u64>rest;
    store<f32>(to + ((unit & 7) << 2), <f32>(low + width * (<f64>bits / 9007199254740992.0)));
    if ((unit & 7) == 7) to += stride;
  }
  store<u32>(0, a); store<u32>(4, b); store<u32>(8, c); store<u32>(12, d);
}
