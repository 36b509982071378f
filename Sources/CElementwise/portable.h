// The kernels as plain loops, for one scalar T with as many BITS: NAME(x) and MATH(f) name functions for it, TABLE is their
// table.

#pragma clang fp contract(off)

// From e = e^-|z|, which never overflows.
static inline T NAME(sigmoid_from)(T z, T e) { return (z < 0 ? e : 1) / (1 + e); }
static inline T NAME(sigmoid)(T z) { return NAME(sigmoid_from)(z, MATH(exp)(-__builtin_elementwise_abs(z))); }

static void NAME(activate)(enum nnblas_activation f, T alpha, T *z, size_t rows, size_t columns, size_t ld,
                           const T *bias) {
  for (size_t i = 0; i < rows; i++, z += ld) {
    if (bias) {
      for (size_t j = 0; j < columns; j++) z[j] += bias[j];
    }
    switch (f) {
    case NNBLAS_IDENTITY: break;
    case NNBLAS_SIGMOID:
      for (size_t j = 0; j < columns; j++) z[j] = NAME(sigmoid)(z[j]);
      break;
    case NNBLAS_RELU:
      // NaN stays NaN.
      for (size_t j = 0; j < columns; j++) z[j] = z[j] < 0 ? 0 : z[j];
      break;
    case NNBLAS_TANH:
      for (size_t j = 0; j < columns; j++) z[j] = MATH(tanh)(z[j]);
      break;
    case NNBLAS_LEAKY_RELU:
      for (size_t j = 0; j < columns; j++) z[j] = z[j] < 0 ? alpha * z[j] : z[j];
      break;
    case NNBLAS_ELU:
      for (size_t j = 0; j < columns; j++) z[j] = z[j] < 0 ? alpha * MATH(expm1)(z[j]) : z[j];
      break;
    }
  }
}

static inline T NAME(times_derivative)(enum nnblas_activation f, T alpha, T error, T a) {
  switch (f) {
  case NNBLAS_IDENTITY: return error;
  case NNBLAS_SIGMOID: return error * (a * (1 - a));
  case NNBLAS_RELU: return a > 0 ? error : 0;
  case NNBLAS_TANH: return error * (1 - a * a);
  case NNBLAS_LEAKY_RELU: return a > 0 ? error : alpha * error;
  case NNBLAS_ELU: return a > 0 ? error : error * (a + alpha);
  }
}

// The larger of a magnitude and that of a number: bits without the sign, compared as integers, in whose order what is no
// number comes last.
static inline BITS NAME(larger)(BITS magnitude, T x) {
  BITS bits;
  x = __builtin_elementwise_abs(x);
  memcpy(&bits, &x, sizeof bits);
  return bits > magnitude ? bits : magnitude;
}

static inline T NAME(from_bits)(BITS bits) {
  T x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static T NAME(largest_magnitude)(const T *x, size_t rows, size_t columns, size_t ld) {
  BITS largest = 0;
  for (size_t i = 0; i < rows; i++, x += ld) {
    for (size_t j = 0; j < columns; j++) largest = NAME(larger)(largest, x[j]);
  }
  return NAME(from_bits)(largest);
}

static struct NAMED(nnblas_magnitudes) NAME(multiply_by_derivative)(enum nnblas_activation f, T alpha, T *error,
                                                                    const T *a, size_t rows, size_t columns,
                                                                    size_t ld) {
  BITS errors = 0, activations = 0;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld) {
    for (size_t j = 0; j < columns; j++) {
      error[j] = NAME(times_derivative)(f, alpha, error[j], a[j]);
      errors = NAME(larger)(errors, error[j]);
      activations = NAME(larger)(activations, a[j]);
    }
  }
  return (struct NAMED(nnblas_magnitudes)){NAME(from_bits)(errors), NAME(from_bits)(activations)};
}

#include "portable-costs.h"

static void NAME(column_sums)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t columns, size_t ld) {
  // As many columns at a time as a few lines of cache hold, so that rows are read in order.
  enum { most = 32 };
  for (size_t start = 0; start < columns; start += most) {
    const size_t width = columns - start < most ? columns - start : most;
    T sum[most] = {0};
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < width; j++) sum[j] += x[i * ld + start + j];
    }
    for (size_t j = 0; j < width; j++) {
      sums[start + j] = (beta == 0 ? 0 : beta * sums[start + j]) + alpha * sum[j];
    }
  }
}

static void NAME(outer_products)(T *w, size_t rows, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx,
                                 size_t count) {
  for (size_t i = 0; i < rows; i++, w += columns) {
    for (size_t s = 0; s < count; s++) {
      for (size_t j = 0; j < columns; j++) w[j] += d[s * ldd + i] * x[s * ldx + j];
    }
  }
}

#include "portable-rest.h"
#include "loops.h"

static void NAME(gather_bytes)(T *target, const uint8_t *source, size_t width, const int32_t *indices, size_t count) {
  for (size_t i = 0; i < count; i++, target += width) {
    const uint8_t *row = source + (size_t)indices[i] * width;
    for (size_t j = 0; j < width; j++) target[j] = (T)row[j] / 255;
  }
}

const struct NAMED(nnblas_kernels) TABLE = {
    NAME(activate), NAME(multiply_by_derivative), NAME(activate_sloped), NAME(multiply), NAME(softmax),
    NAME(multiply_by_softmax_derivative), NAME(quadratic), NAME(absolute), NAME(huber), NAME(sigmoid_cross_entropy),
    NAME(softmax_cross_entropy), NAME(scale_rows), NAME(column_sums), NAME(column_dots), NAME(sum_of_squares),
    NAME(largest_magnitude), NAME(outer_products), NAME(sgd), NAME(momentum), NAME(rms_prop), NAME(adam),
    NAME(regularize), NAME(average), NAME(scale), NAME(layer_norm), NAME(layer_norm_errors), NAME(column_moments),
    NAME(normalize_columns), NAME(batch_norm_errors), NAME(dropout), NAME(gather_bytes),
};
