#include "CElementwise.h"

#include <sleef.h>

#define T float
#define NAME(x) portable_f32_##x
#define NAMED(x) x##_f32
#define MATH(f) Sleef_##f##f_u10

#include "portable.h"
#undef T
#undef NAME
#undef NAMED
#undef MATH

#define T double
#define NAME(x) portable_f64_##x
#define NAMED(x) x##_f64
#define MATH(f) Sleef_##f##_u10

#include "portable.h"

const struct nnblas_kernels_f32 *nnblas_f32(void) { return &portable_f32_kernels; }
const struct nnblas_kernels_f64 *nnblas_f64(void) { return &portable_f64_kernels; }
enum nnblas_simd nnblas_simd_level(void) { return NNBLAS_PORTABLE; }
