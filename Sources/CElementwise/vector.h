// The kernels in vectors, for one scalar T and one level, of which the file that includes this tells:
//   V, I, W                 LANES scalars, as many integers of their size, as many doubles
//   LOAD_PART, STORE_PART   the first n < LANES elements at an address, zeros after them
//   EXP, LOG1P, TANH, EXPM1, ERFC   SLEEF's functions of V
//   D, D_LANES, D_LOG       the level's vectors of doubles, whichever the scalar, and SLEEF's logarithm of them
//   TILE_VECTORS            the vectors of four rows that registers have room for, with as many more and one besides
//   NAME, NAMED, TABLE      the names of functions, of types and of the table
// The kernels themselves are in the files included below.
//
// An element's result does not depend on its place: what is left of a row after whole vectors goes through the same
// instructions in a vector filled up with zeros. Products and sums are fused where this says so and nowhere else.

#pragma clang fp contract(off)

#ifndef NNBLAS_VECTOR_H
#define NNBLAS_VECTOR_H

#define INLINE static inline __attribute__((always_inline))
#define FMA __builtin_elementwise_fma
// One scalar in all lanes; subtracting 0 changes none, not even -0.
#define EVERY(x) ((x) - (V){})

// Runs a body for `count` elements, vector after vector: j is the vector's first element, n how many it has, k alternates
// between 0 and 1 so that a sum can go in two, each waiting for half of the additions. All but j are constants, except in
// what is left at the end.
#define EACH_VECTOR(count, ...)                                                                                        \
  {                                                                                                                    \
    size_t j = 0;                                                                                                      \
    while ((count) - j >= 2 * LANES) {                                                                                 \
      {                                                                                                                \
        enum { n = LANES, k = 0 };                                                                                     \
        __VA_ARGS__                                                                                                    \
      }                                                                                                                \
      j += LANES;                                                                                                      \
      {                                                                                                                \
        enum { n = LANES, k = 1 };                                                                                     \
        __VA_ARGS__                                                                                                    \
      }                                                                                                                \
      j += LANES;                                                                                                      \
    }                                                                                                                  \
    if ((count) - j >= LANES) {                                                                                        \
      enum { n = LANES, k = 0 };                                                                                       \
      __VA_ARGS__                                                                                                      \
      j += LANES;                                                                                                      \
    }                                                                                                                  \
    if (j < (count)) {                                                                                                 \
      const size_t n = (count) - j;                                                                                    \
      __builtin_assume(n < LANES);                                                                                     \
      enum { k = 1 };                                                                                                  \
      __VA_ARGS__                                                                                                      \
    }                                                                                                                  \
  }

#endif

INLINE V NAME(load)(const T *p, size_t n) {
  if (n < LANES) return LOAD_PART(p, n);
  V v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void NAME(store)(T *p, V v, size_t n) {
  if (n < LANES) {
    STORE_PART(p, v, n);
  } else {
    memcpy(p, &v, sizeof v);
  }
}

INLINE V NAME(choose)(I where, V v, V otherwise) { return (V)((where & (I)v) | (~where & (I)otherwise)); }

INLINE V NAME(zero_unless)(I where, V v) { return (V)(where & (I)v); }

// All bits of the first n lanes.
INLINE I NAME(first)(size_t n) {
  I lanes;
  for (int i = 0; i < LANES; i++) lanes[i] = i;
  return lanes < (I){} + (int)n;
}

// The sum of two vectors' elements: halves on halves, always in this order.
INLINE double NAME(sum)(const W *x) {
  double part[LANES];
  for (int i = 0; i < LANES; i++) part[i] = x[0][i] + x[1][i];
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) part[i] += part[i + width];
  }
  return part[0];
}

#define WIDE(v) __builtin_convertvector(v, W)

#include "vector-magnitudes.h"
#include "vector-activations.h"
#include "vector-costs.h"
#include "vector-descent.h"
#include "vector-rows.h"
#include "loops.h"
#include "vector-outer.h"
#include "vector-bytes.h"

const struct NAMED(nnblas_kernels) TABLE = {
    NAME(activate), NAME(multiply_by_derivative), NAME(activate_sloped), NAME(multiply), NAME(softmax),
    NAME(multiply_by_softmax_derivative), NAME(quadratic), NAME(absolute), NAME(huber), NAME(sigmoid_cross_entropy),
    NAME(softmax_cross_entropy), NAME(scale_rows), NAME(column_sums), NAME(column_dots), NAME(sum_of_squares),
    NAME(largest_magnitude), NAME(outer_products), NAME(sgd), NAME(momentum), NAME(rms_prop), NAME(adam),
    NAME(regularize), NAME(average), NAME(scale), NAME(layer_norm), NAME(layer_norm_errors), NAME(column_moments),
    NAME(normalize_columns), NAME(batch_norm_errors), NAME(dropout), NAME(gather_bytes),
};
