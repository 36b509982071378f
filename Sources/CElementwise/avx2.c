// The kernels for x86-64 processors with AVX2 and FMA.
#include "levels.h"
#include "philox.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

// Nothing outside these lines is compiled for AVX2: what runs before the choice must run everywhere. The prototypes are
// inside, because a vector's way into a function depends on the instructions both sides know.
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

typedef float f32x4 __attribute__((vector_size(16)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef int32_t i32x8 __attribute__((vector_size(32)));
typedef double f64x2 __attribute__((vector_size(16)));
typedef double f64x4 __attribute__((vector_size(32)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef int64_t i64x4 __attribute__((vector_size(32)));

f32x8 Sleef_expf8_u10avx2(f32x8 x);
f32x8 Sleef_log1pf8_u10avx2(f32x8 x);
f64x4 Sleef_expd4_u10avx2(f64x4 x);
f64x4 Sleef_log1pd4_u10avx2(f64x4 x);
f64x4 Sleef_logd4_u10avx2(f64x4 x);
f32x8 Sleef_tanhf8_u10avx2(f32x8 x);
f64x4 Sleef_tanhd4_u10avx2(f64x4 x);
f32x8 Sleef_expm1f8_u10avx2(f32x8 x);
f64x4 Sleef_expm1d4_u10avx2(f64x4 x);
f32x8 Sleef_erfcf8_u15avx2(f32x8 x);
f64x4 Sleef_erfcd4_u15avx2(f64x4 x);

// The first n < 8 elements, zeros after them.
static inline __attribute__((always_inline)) f32x8 load_part_f32(const float *p, size_t n) {
  i32x8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  return _mm256_maskload_ps(p, (__m256i)(lanes < (int32_t)n));
}

static inline __attribute__((always_inline)) f64x4 load_part_f64(const double *p, size_t n) {
  i64x4 lanes = {0, 1, 2, 3};
  return _mm256_maskload_pd(p, (__m256i)(lanes < (int64_t)n));
}

// In pieces of 4, 2 and 1: AMD's masked stores of AVX2 take as long as dozens of whole ones.
static inline __attribute__((always_inline)) void store_part_f32(float *p, f32x8 v, size_t n) {
  f32x4 rest = __builtin_shufflevector(v, v, 0, 1, 2, 3);
  if (n & 4) {
    memcpy(p, &rest, 16);
    rest = __builtin_shufflevector(v, v, 4, 5, 6, 7);
    p += 4;
  }
  if (n & 2) {
    memcpy(p, &rest, 8);
    rest = __builtin_shufflevector(rest, rest, 2, 3, 2, 3);
    p += 2;
  }
  if (n & 1) *p = rest[0];
}

static inline __attribute__((always_inline)) void store_part_f64(double *p, f64x4 v, size_t n) {
  f64x2 rest = __builtin_shufflevector(v, v, 0, 1);
  if (n & 2) {
    memcpy(p, &rest, 16);
    rest = __builtin_shufflevector(v, v, 2, 3);
    p += 2;
  }
  if (n & 1) *p = rest[0];
}

// Vectors of doubles for logarithms, whichever the scalar.
#define D f64x4
#define D_LANES 4
#define D_LOG Sleef_logd4_u10avx2
#define TILE_VECTORS 2

#define T float
#define LANES 8
#define V f32x8
#define I i32x8
#define W f64x8
#define NAME(x) f32_##x
#define NAMED(x) x##_f32
#define LOAD_PART load_part_f32
#define STORE_PART store_part_f32
#define EXP Sleef_expf8_u10avx2
#define LOG1P Sleef_log1pf8_u10avx2
#define TANH Sleef_tanhf8_u10avx2
#define EXPM1 Sleef_expm1f8_u10avx2
#define ERFC Sleef_erfcf8_u15avx2
#define TABLE nnblas_avx2_f32

#include "vector.h"
#undef T
#undef LANES
#undef V
#undef I
#undef W
#undef NAME
#undef NAMED
#undef LOAD_PART
#undef STORE_PART
#undef EXP
#undef LOG1P
#undef TANH
#undef EXPM1
#undef ERFC
#undef TABLE

#define T double
#define LANES 4
#define V f64x4
#define I i64x4
#define W f64x4
#define NAME(x) f64_##x
#define NAMED(x) x##_f64
#define LOAD_PART load_part_f64
#define STORE_PART store_part_f64
#define EXP Sleef_expd4_u10avx2
#define LOG1P Sleef_log1pd4_u10avx2
#define TANH Sleef_tanhd4_u10avx2
#define EXPM1 Sleef_expm1d4_u10avx2
#define ERFC Sleef_erfcd4_u15avx2
#define TABLE nnblas_avx2_f64

#include "vector.h"

#pragma clang attribute pop

#endif
