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

/** The float16 nearest to a float32 of at most 65519, of two equally near ones the even; the 16 bits of it. */
export function toHalf(value: number): number {
  const size = Math.abs(value);
  const sign = 1 / value < 0 ? 0x8000 : 0;
  const isNormal = size >= 1 / 16384;
  // Next to 0.5, float32 has the steps of the small numbers of float16, so that the sum rounds as they do.
  float[0] = isNormal ? size : size + 0.5;
  const bits = word[0];
  // A carry out of the fraction goes into the exponent, where it belongs. The exponent counts from 15, not 127.
  return sign | (isNormal ? ((bits + 0xfff + ((bits >>> 13) & 1)) >>> 13) - (112 << 10) : bits - 0x3f000000);
}
