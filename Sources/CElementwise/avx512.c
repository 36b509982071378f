// The kernels for x86-64 processors with AVX-512F.
#include "levels.h"
#include "philox.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

// As in avx2.c: nothing outside these lines is compiled for AVX-512.
#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)

typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef double f64x16 __attribute__((vector_size(128)));
typedef int64_t i64x8 __attribute__((vector_size(64)));

f32x16 Sleef_expf16_u10avx512f(f32x16 x);
f32x16 Sleef_log1pf16_u10avx512f(f32x16 x);
f64x8 Sleef_expd8_u10avx512f(f64x8 x);
f64x8 Sleef_log1pd8_u10avx512f(f64x8 x);
f64x8 Sleef_logd8_u10avx512f(f64x8 x);
f32x16 Sleef_tanhf16_u10avx512f(f32x16 x);
f64x8 Sleef_tanhd8_u10avx512f(f64x8 x);
f32x16 Sleef_expm1f16_u10avx512f(f32x16 x);
f64x8 Sleef_expm1d8_u10avx512f(f64x8 x);
f32x16 Sleef_erfcf16_u15avx512f(f32x16 x);
f64x8 Sleef_erfcd8_u15avx512f(f64x8 x);

#define FIRST_16(n) ((__mmask16)((1u << (n)) - 1))
#define FIRST_8(n) ((__mmask8)((1u << (n)) - 1))

#define D f64x8
#define D_LANES 8
#define D_LOG Sleef_logd8_u10avx512f
#define TILE_VECTORS 4

#define T float
#define LANES 16
#define V f32x16
#define I i32x16
#define W f64x16
#define NAME(x) f32_##x
#define NAMED(x) x##_f32
#define LOAD_PART(p, n) _mm512_maskz_loadu_ps(FIRST_16(n), p)
#define STORE_PART(p, v, n) _mm512_mask_storeu_ps(p, FIRST_16(n), v)
#define EXP Sleef_expf16_u10avx512f
#define LOG1P Sleef_log1pf16_u10avx512f
#define TANH Sleef_tanhf16_u10avx512f
#define EXPM1 Sleef_expm1f16_u10avx512f
#define ERFC Sleef_erfcf16_u15avx512f
#define TABLE nnblas_avx512_f32

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
#define LANES 8
#define V f64x8
#define I i64x8
#define W f64x8
#define NAME(x) f64_##x
#define NAMED(x) x##_f64
#define LOAD_PART(p, n) _mm512_maskz_loadu_pd(FIRST_8(n), p)
#define STORE_PART(p, v, n) _mm512_mask_storeu_pd(p, FIRST_8(n), v)
#define EXP Sleef_expd8_u10avx512f
#define LOG1P Sleef_log1pd8_u10avx512f
#define TANH Sleef_tanhd8_u10avx512f
#define EXPM1 Sleef_expm1d8_u10avx512f
#define ERFC Sleef_erfcd8_u15avx512f
#define TABLE nnblas_avx512_f64

#include "vector.h"

#pragma clang attribute pop

#endif
