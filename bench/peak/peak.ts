/** The machine's 128-bit peak: twelve chains of multiply-add that live in registers and wait only for themselves. */

function step(acc: v128, scale: v128, offset: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(scale, offset, acc);
  // The product must depend on acc: a product of two constants would be moved out of the loop.
  return f32x4.add(f32x4.mul(acc, scale), offset);
}

/** `count` rounds of 12 × 4 multiply-adds (96 operations). The sum is returned so that no chain can be dropped. */
export function peak(count: i32, scaleValue: f32, offsetValue: f32): f32 {
  const scale = f32x4.splat(scaleValue);
  const offset = f32x4.splat(offsetValue);
  let c0 = f32x4.splat(0.1);
  let c1 = f32x4.splat(0.2);
  let c2 = f32x4.splat(0.3);
  let c3 = f32x4.splat(0.4);
  let c4 = f32x4.splat(0.5);
  let c5 = f32x4.splat(0.6);
  let c6 = f32x4.splat(0.7);
  let c7 = f32x4.splat(0.8);
  let c8 = f32x4.splat(0.9);
  let c9 = f32x4.splat(1.0);
  let c10 = f32x4.splat(1.1);
  let c11 = f32x4.splat(1.2);
  for (let i = 0; i < count; i++) {
    c0 = step(c0, scale, offset);
    c1 = step(c1, scale, offset);
    c2 = step(c2, scale, offset);
    c3 = step(c3, scale, offset);
    c4 = step(c4, scale, offset);
    c5 = step(c5, scale, offset);
    c6 = step(c6, scale, offset);
    c7 = step(c7, scale, offset);
    c8 = step(c8, scale, offset);
    c9 = step(c9, scale, offset);
    c10 = step(c10, scale, offset);
    c11 = step(c11, scale, offset);
  }
  let sum = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3));
  sum = f32x4.add(sum, f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)));
  sum = f32x4.add(sum, f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11)));
  return f32x4.extract_lane(sum, 0);
}
