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

/** The float16 nearest to a number of at most 65519, of two equally near ones the even; the 16 bits of it. */
export function toHalf(value: number): number {
  float[0] = value;
  const sign = (word[0] >>> 16) & 0x8000;
  const exponent = ((word[0] >>> 23) & 0xff) - 127;
  const isNormal = exponent >= -14;
  if (exponent < -25) return sign;
  const fraction = isNormal ? word[0] & 0x7fffff : (word[0] & 0x7fffff) | 0x800000;
  const shift = isNormal ? 13 : -1 - exponent;
  const kept = (isNormal ? (exponent + 15) << 10 : 0) + (fraction >>> shift);
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  // A carry out of the fraction goes into the exponent, where it belongs.
  return sign | (kept + Number(rest > half || (rest === half && (kept & 1) === 1)));
}
