/** Rounding to floats of 16 bits, apart from their reading: each is loaded without the other. */

const word = /* @__PURE__ */ new Uint32Array(1);
const float = /* @__PURE__ */ new Float32Array(word.buffer);

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
