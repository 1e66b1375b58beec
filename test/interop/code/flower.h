/*
 * A neural network without dependencies, written by simdgrad. Its outputs agree with those of simdgrad to 2e-6,
 * relative for numbers above 1.
 *
 * normalization_1: normalization, [4]
 * dense_1: dense, gelu, [4]
 * dense_2: dense, softmax, [3]
 */

#ifndef FLOWER_H
#define FLOWER_H

#include <math.h>

/* Where tables are kept, and how a number of them is read. Define both to keep them elsewhere. */
#ifndef FLOWER_ROM
#ifdef __AVR__
#include <avr/pgmspace.h>
#define FLOWER_ROM PROGMEM
#define FLOWER_READ(pointer) pgm_read_float(pointer)
#define FLOWER_READ_INT8(pointer) ((int8_t)pgm_read_byte(pointer))
#else
#define FLOWER_ROM
#define FLOWER_READ(pointer) (*(pointer))
#define FLOWER_READ_INT8(pointer) (*(pointer))
#endif
#endif

/* Numbers of inputs and outputs. */
#define FLOWER_INPUTS 4
#define FLOWER_OUTPUTS 3

/* normalization_1 */
static const float flower_layer1_center[4] FLOWER_ROM = {
  0.0f, 0.0f, 0.0f, 0.0f,
};

/* normalization_1 */
static const float flower_layer1_scale[4] FLOWER_ROM = {
  1.0f, 1.0f, 1.0f, 1.0f,
};

/* dense_1 */
static const float flower_layer2_kernel[16] FLOWER_ROM = {
  0.020144435f, -0.34201434f, 0.2102215f, 0.18579696f, -0.035023976f, -0.3494098f, 0.8323767f, -0.3644663f,
  -0.26953653f, 0.1738051f, -0.5798157f, 0.13910793f, 0.344924f, -0.60778445f, 0.6566744f, -0.847663f,
};

/* dense_1 */
static const float flower_layer2_bias[4] FLOWER_ROM = {
  0.0f, 0.0f, 0.0f, 0.0f,
};

/* dense_2 */
static const float flower_layer3_kernel[12] FLOWER_ROM = {
  0.71341884f, -0.32469156f, 0.42733234f, -0.43058634f, -0.8408551f, -0.8939422f, 0.59184f, -0.5921409f,
  0.6986078f, 0.60709435f, 0.13324083f, -0.77649623f,
};

/* dense_2 */
static const float flower_layer3_bias[3] FLOWER_ROM = {
  0.0f, 0.0f, 0.0f,
};

/* Probability that a standard normal number lies below x: a series near 0, a continued fraction beyond. */
static inline float flower_normal_cdf(float x) {
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
}

static inline float flower_gelu(float z) {
  return z * flower_normal_cdf(z);
}

/* y = x */
static inline void flower_copy(const float *x, float *y, int columns) {
  int j;
  for (j = 0; j < columns; j++) y[j] = x[j];
}

/* x = (x - center) * scale + shift, column by column. */
static inline void flower_standardize(
    float *x, const float *center, const float *scale, const float *shift, int columns) {
  int j;
  for (j = 0; j < columns; j++) {
    x[j] = (x[j] - FLOWER_READ(center + j)) * FLOWER_READ(scale + j) + (shift ? FLOWER_READ(shift + j) : 0.0f);
  }
}

/* y = x * kernel + bias. The kernel holds the weights of one unit after the other. */
static inline void flower_dense(
    const float *x, float *y, const float *kernel, const float *bias, int inputs, int units) {
  int i, j;
  for (j = 0; j < units; j++) {
    float sum = bias ? FLOWER_READ(bias + j) : 0.0f;
    for (i = 0; i < inputs; i++) sum += x[i] * FLOWER_READ(kernel++);
    y[j] = sum;
  }
}

/* x = f(x) */
static inline void flower_apply(float *x, float (*f)(float), int columns) {
  int j;
  for (j = 0; j < columns; j++) x[j] = f(x[j]);
}

/* e^x / sum of e^x over `size` values that are `inner` apart; those that the mask leaves out become 0. */
static inline void flower_softmax(float *x, const float *mask, int outer, int size, int inner) {
  int group, k;
  for (group = 0; group < outer * inner; group++) {
    float *first = x + group / inner * size * inner + group % inner;
    float largest = 0.0f, sum = 0.0f;
    int found = 0;
    for (k = 0; k < size; k++) {
      if (mask && FLOWER_READ(mask + k) == 0.0f) continue;
      if (!found || first[k * inner] > largest) largest = first[k * inner];
      found = 1;
    }
    for (k = 0; k < size; k++) {
      float power = mask && FLOWER_READ(mask + k) == 0.0f ? 0.0f : expf(first[k * inner] - largest);
      first[k * inner] = power;
      sum += power;
    }
    for (k = 0; k < size; k++) first[k * inner] /= sum;
  }
}

/* The 3 outputs for a row of 4 numbers; the two must not overlap. */
static inline void flower_predict(const float *input, float *output) {
  float a[4], b[4];
  flower_copy(input, a, 4);
  flower_standardize(a, flower_layer1_center, flower_layer1_scale, 0, 4);
  flower_dense(a, b, flower_layer2_kernel, flower_layer2_bias, 4, 4);
  flower_apply(b, flower_gelu, 4);
  flower_dense(b, output, flower_layer3_kernel, flower_layer3_bias, 4, 3);
  flower_softmax(output, 0, 1, 3, 1);
}

/* The number of the class of a row: that of the largest output. */
static inline int flower_predict_class(const float *input) {
  float output[FLOWER_OUTPUTS];
  int j, largest = 0;
  flower_predict(input, output);
  for (j = 1; j < FLOWER_OUTPUTS; j++) {
    if (output[j] > output[largest]) largest = j;
  }
  return largest;
}

/* The name of a class, as UTF-8. */
static inline const char *flower_class_name(int number) {
  static const char *const names[] = {
    "setosa",
    "versi\042color\042",
    "\077\303\251",
  };
  return names[number];
}

#endif
