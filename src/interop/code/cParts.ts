/** The functions of generated C headers. A header holds those that its model needs; `net` becomes the prefix. */
import type { Helper } from "./formulas.js";
import type { QuantizedDense } from "./quantize.js";
import type { Step } from "./steps.js";

/** Functions that formulas call, and `expm1`: small targets have none for float. */
export const cHelpers: Readonly<Record<Helper | "expm1", string>> = {
  expm1: `/* e^x - 1, by a series near 0, where the difference would lose its digits. */
static inline float net_expm1(float x) {
  float sum = 1.0f;
  int n;
  if (fabsf(x) > 0.5f) return expf(x) - 1.0f;
  for (n = 9; n > 1; n--) sum = 1.0f + sum * x / (float)n;
  return sum * x;
}`,
  sigmoid: `/* 1 / (1 + e^-x), accurate for very negative x, too. */
static inline float net_sigmoid(float x) {
  float t = expf(-fabsf(x));
  return x < 0.0f ? t / (1.0f + t) : 1.0f / (1.0f + t);
}`,
  softplus: `/* ln(1 + e^x), with ln(1 + t) = 2 artanh(t / (2 + t)) as a series. */
static inline float net_softplus(float x) {
  float t = expf(-fabsf(x));
  float s = t / (2.0f + t);
  float sum = 0.0f;
  int n;
  for (n = 17; n > 0; n -= 2) sum = sum * s * s + 1.0f / (float)n;
  return (x > 0.0f ? x : 0.0f) + 2.0f * s * sum;
}`,
  normalCdf: `/* Probability that a standard normal number lies below x: a series near 0, a continued fraction beyond. */
static inline float net_normal_cdf(float x) {
  float a = fabsf(x) * 0.70710678f;
  float factor = expf(-a * a) * 0.56418958f;
  float tail;
  int n;
  if (a < 2.0f) {
    float term = 2.0f * a;
    float sum = term;
    for (n = 1; n < 28; n++) {
      term *= 2.0f * a * a / (float)(2 * n + 1);
      sum += term;
    }
    tail = (1.0f - factor * sum) * 0.5f;
  } else {
    float fraction = a;
    for (n = 24; n > 0; n--) fraction = a + 0.5f * (float)n / fraction;
    tail = 0.5f * factor / fraction;
  }
  return x < 0.0f ? tail : 1.0f - tail;
}`,
};

/** The function of a kind of step. Those that work in place take one row of numbers, the others two. */
export const cSteps: Readonly<Record<(Step | QuantizedDense)["kind"], string>> = {
  dense: `/* y = x * kernel + bias. The kernel holds the weights of one unit after the other. */
static inline void net_dense(
    const float *x, float *y, const float *kernel, const float *bias, int inputs, int units) {
  int i, j;
  for (j = 0; j < units; j++) {
    float sum = bias ? NET_READ(bias + j) : 0.0f;
    for (i = 0; i < inputs; i++) sum += x[i] * NET_READ(kernel++);
    y[j] = sum;
  }
}`,
  denseInt8: `/* y = x * kernel + bias, with int8 weights and a scale for each unit. */
static inline void net_dense_int8(
    const float *x, float *y, const int8_t *kernel, const float *scale, const float *bias, int inputs, int units) {
  int i, j;
  for (j = 0; j < units; j++) {
    float sum = 0.0f;
    for (i = 0; i < inputs; i++) sum += x[i] * (float)NET_READ_INT8(kernel++);
    y[j] = sum * NET_READ(scale + j) + (bias ? NET_READ(bias + j) : 0.0f);
  }
}`,
  denseQuantized: `/* The same with inputs in 256 steps, as integers in q: the sums are integers. The step is part of the scale. */
static inline void net_dense_quantized(
    const float *x, float *y, int16_t *q, const int8_t *kernel, const float *scale, const float *bias, float steps,
    float low, float high, int inputs, int units) {
  int i, j;
  for (i = 0; i < inputs; i++) {
    float step = floorf(x[i] * steps + 0.5f);
    q[i] = (int16_t)(step < low ? low : step > high ? high : step);
  }
  for (j = 0; j < units; j++) {
    int32_t sum = 0;
    for (i = 0; i < inputs; i++) sum += q[i] * NET_READ_INT8(kernel++);
    y[j] = (float)sum * NET_READ(scale + j) + (bias ? NET_READ(bias + j) : 0.0f);
  }
}`,
  standardize: `/* x = (x - center) * scale + shift, column by column. */
static inline void net_standardize(
    float *x, const float *center, const float *scale, const float *shift, int columns) {
  int j;
  for (j = 0; j < columns; j++) {
    x[j] = (x[j] - NET_READ(center + j)) * NET_READ(scale + j) + (shift ? NET_READ(shift + j) : 0.0f);
  }
}`,
  line: `/* x = scale * x + offset */
static inline void net_line(float *x, float scale, float offset, int columns) {
  int j;
  for (j = 0; j < columns; j++) x[j] = scale * x[j] + offset;
}`,
  activation: `/* x = f(x) */
static inline void net_apply(float *x, float (*f)(float), int columns) {
  int j;
  for (j = 0; j < columns; j++) x[j] = f(x[j]);
}`,
  prelu: `/* x from 0 on, alpha * x below. */
static inline void net_prelu(float *x, const float *alpha, int columns) {
  int j;
  for (j = 0; j < columns; j++) {
    if (x[j] < 0.0f) x[j] *= NET_READ(alpha + j);
  }
}`,
  softmax: `/* e^x / sum of e^x over \`size\` values that are \`inner\` apart; those that the mask leaves out become 0. */
static inline void net_softmax(float *x, const float *mask, int outer, int size, int inner) {
  int group, k;
  for (group = 0; group < outer * inner; group++) {
    float *first = x + group / inner * size * inner + group % inner;
    float largest = 0.0f, sum = 0.0f;
    int found = 0;
    for (k = 0; k < size; k++) {
      if (mask && NET_READ(mask + k) == 0.0f) continue;
      if (!found || first[k * inner] > largest) largest = first[k * inner];
      found = 1;
    }
    for (k = 0; k < size; k++) {
      float power = mask && NET_READ(mask + k) == 0.0f ? 0.0f : expf(first[k * inner] - largest);
      first[k * inner] = power;
      sum += power;
    }
    for (k = 0; k < size; k++) first[k * inner] /= sum;
  }
}`,
  logSoftmax: `/* ln(softmax(x)) */
static inline void net_log_softmax(float *x, int columns) {
  float largest = x[0], sum = 0.0f;
  int j;
  for (j = 1; j < columns; j++) {
    if (x[j] > largest) largest = x[j];
  }
  for (j = 0; j < columns; j++) sum += expf(x[j] - largest);
  for (j = 0; j < columns; j++) x[j] = x[j] - largest - logf(sum);
}`,
  sparsemax: `/* max(x - bound, 0), with the bound for which the sum is 1. */
static inline void net_sparsemax(float *x, int columns) {
  float bound = 0.0f;
  int j, count = 0, before = -1;
  while (count != before) {
    float sum = 0.0f;
    int above = 0;
    for (j = 0; j < columns; j++) {
      if (before >= 0 && x[j] <= bound) continue;
      sum += x[j];
      above++;
    }
    if (above == 0) break;
    before = count;
    count = above;
    bound = (sum - 1.0f) / (float)count;
  }
  for (j = 0; j < columns; j++) x[j] = x[j] > bound ? x[j] - bound : 0.0f;
}`,
  row: `/* x by its own mean and variance, then gamma and beta. Sums run in four lanes, as in simdgrad. */
static inline void net_normalize_row(
    float *x, const float *gamma, const float *beta, int columns, float epsilon) {
  float sums[4] = {0.0f}, squares[4] = {0.0f}, left[4] = {0.0f};
  float first = x[0], offset, mean, rest, excess, variance, factor;
  int j;
  for (j = 0; j < columns; j++) sums[j & 3] += x[j] - first;
  offset = ((sums[0] + sums[2]) + (sums[1] + sums[3])) / (float)columns;
  mean = first + offset;
  rest = offset - (mean - first); /* what rounding took from the mean */
  for (j = 0; j < columns; j++) {
    float d = x[j] - mean - rest;
    x[j] = d;
    squares[j & 3] += d * d;
    left[j & 3] += d;
  }
  excess = (left[0] + left[2]) + (left[1] + left[3]);
  variance = (squares[0] + squares[2]) + (squares[1] + squares[3]) - excess * excess / (float)columns;
  factor = 1.0f / sqrtf((variance > 0.0f ? variance : 0.0f) / (float)columns + epsilon);
  for (j = 0; j < columns; j++) {
    float value = x[j] * factor * (gamma ? NET_READ(gamma + j) : 1.0f);
    x[j] = value + (beta ? NET_READ(beta + j) : 0.0f);
  }
}`,
  groups: `/* Each group of \`size\` channels at \`length\` places by its own mean and variance, then gamma and beta by channel. */
static inline void net_normalize_groups(
    float *x, const float *gamma, const float *beta, int length, int groups, int size, float epsilon) {
  int channels = groups * size, first, i, k;
  for (first = 0; first < channels; first += size) {
    float sum = 0.0f, squares = 0.0f, mean, factor;
    for (i = 0; i < length; i++) {
      for (k = first; k < first + size; k++) sum += x[i * channels + k];
    }
    mean = sum / (float)(length * size);
    for (i = 0; i < length; i++) {
      for (k = first; k < first + size; k++) squares += (x[i * channels + k] - mean) * (x[i * channels + k] - mean);
    }
    factor = 1.0f / sqrtf(squares / (float)(length * size) + epsilon);
    for (i = 0; i < length; i++) {
      for (k = first; k < first + size; k++) {
        float value = (x[i * channels + k] - mean) * factor * (gamma ? NET_READ(gamma + k) : 1.0f);
        x[i * channels + k] = value + (beta ? NET_READ(beta + k) : 0.0f);
      }
    }
  }
}`,
  root: `/* scale * x / sqrt(max(share * sum of x^2, floor) + epsilon) */
static inline void net_divide_by_root(
    float *x, const float *scale, float share, float floor, float epsilon, int columns) {
  float squares = 0.0f, factor;
  int j;
  for (j = 0; j < columns; j++) squares += x[j] * x[j];
  squares *= share;
  factor = 1.0f / sqrtf((squares > floor ? squares : floor) + epsilon);
  for (j = 0; j < columns; j++) x[j] *= factor * (scale ? NET_READ(scale + j) : 1.0f);
}`,
  glu: `/* a * sigmoid(b), with a the first half of each \`2 size\` values and b the second. */
static inline void net_glu(const float *x, float *y, int outputs, int size) {
  int j;
  for (j = 0; j < outputs; j++) {
    int at = j + (j - j % size);
    y[j] = x[at] * net_sigmoid(x[at + size]);
  }
}`,
  categories: `/* A 1 at the place of each category, in one row for all features, or in one for each; others have none. */
static inline void net_encode_categories(
    const float *x, float *y, int features, int tokens, int together) {
  int i;
  for (i = 0; i < (together ? tokens : features * tokens); i++) y[i] = 0.0f;
  for (i = 0; i < features; i++) {
    int category = (int)x[i];
    if (category >= 0 && category < tokens) y[together ? category : i * tokens + category] = 1.0f;
  }
}`,
};

/** Copies a row, where the first step would change it. */
export const C_COPY = `/* y = x */
static inline void net_copy(const float *x, float *y, int columns) {
  int j;
  for (j = 0; j < columns; j++) y[j] = x[j];
}`;

/** The place of tables, and the way to read them. */
export const C_ROM = `/* Where tables are kept, and how a number of them is read. Define both to keep them elsewhere. */
#ifndef NET_ROM
#ifdef __AVR__
#include <avr/pgmspace.h>
#define NET_ROM PROGMEM
#define NET_READ(pointer) pgm_read_float(pointer)
#define NET_READ_INT8(pointer) ((int8_t)pgm_read_byte(pointer))
#else
#define NET_ROM
#define NET_READ(pointer) (*(pointer))
#define NET_READ_INT8(pointer) (*(pointer))
#endif
#endif`;

const C_NAMES: Readonly<Record<string, string>> = {
  exp: "expf",
  abs: "fabsf",
  max: "fmaxf",
  min: "fminf",
  sqrt: "sqrtf",
  tanh: "tanhf",
  expm1: "net_expm1",
  sigmoid: "net_sigmoid",
  softplus: "net_softplus",
  normalCdf: "net_normal_cdf",
};

/** A formula with the names and the numbers of C. */
export function cFormula(formula: string): string {
  return formula
    .replace(/\b[a-zA-Z]\w*(?=\()/g, (name) => C_NAMES[name] ?? name)
    .replace(/\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/g, (digits) => cNumber(Number(digits)));
}

/** The shortest text of a float32 number. */
export function cNumber(value: number): string {
  const rounded = Math.fround(value);
  let text = "";
  for (let digits = 1; digits <= 9 && Math.fround(Number(text)) !== rounded; digits++)
    text = rounded.toPrecision(digits);
  const short = String(Number(text));
  return `${/[.e]/.test(short) ? short : `${short}.0`}f`;
}

/** Text as a C string: everything but plain ASCII as octal bytes. */
export function cText(text: string): string {
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, "0")}`;
  const plain = (byte: number) => byte >= 32 && byte < 127 && !'"\\?'.includes(String.fromCharCode(byte));
  const bytes = Array.from(new TextEncoder().encode(text));
  return `"${bytes.map((byte) => (plain(byte) ? String.fromCharCode(byte) : octal(byte))).join("")}"`;
}

/** A number as a double of C. */
export function cDouble(value: number): string {
  const text = String(value);
  const whole = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 ? `(${whole})` : whole;
}
