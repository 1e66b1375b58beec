/** Floats of 16 bits, which files hold and no typed array of every engine does. */

/** The number that 16 bits of IEEE 754 (float16) mean. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  // Exact: an integer times a power of two.
  return (sign * (1024 + fraction) * (1 << exponent)) / 2 ** 25;
}

const word = /* @__PURE__ */ new Uint32Array(1);
const float = /* @__PURE__ */ new Float32Array(word.buffer);

/** The number that 16 bits of a bfloat16 mean: the upper half of a float32. */
export function fromBfloat(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}
