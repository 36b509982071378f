// The tables of each level, for the file that chooses among them.
#ifndef NNBLAS_LEVELS_H
#define NNBLAS_LEVELS_H

#include "CElementwise.h"

extern const struct nnblas_kernels_f32 nnblas_portable_f32;
extern const struct nnblas_kernels_f64 nnblas_portable_f64;

#if defined(__x86_64__)
extern const struct nnblas_kernels_f32 nnblas_avx2_f32;
extern const struct nnblas_kernels_f64 nnblas_avx2_f64;
extern const struct nnblas_kernels_f32 nnblas_avx512_f32;
extern const struct nnblas_kernels_f64 nnblas_avx512_f64;
#endif

#endif
