// The kernels for any processor.
#include "levels.h"
#include "philox.h"

#include <math.h>
#include <sleef.h>
#include <string.h>

#define T float
#define BITS uint32_t
#define NAME(x) f32_##x
#define NAMED(x) x##_f32
#define MATH(f) Sleef_##f##f_u10
#define ERFC Sleef_erfcf_u15
#define TABLE nnblas_portable_f32

#include "portable.h"
#undef T
#undef BITS
#undef NAME
#undef NAMED
#undef MATH
#undef ERFC
#undef TABLE

#define T double
#define BITS uint64_t
#define NAME(x) f64_##x
#define NAMED(x) x##_f64
#define MATH(f) Sleef_##f##_u10
#define ERFC Sleef_erfc_u15
#define TABLE nnblas_portable_f64

#include "portable.h"
