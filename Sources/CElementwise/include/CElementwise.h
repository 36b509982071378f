// The loops over elements that BLAS lacks, in versions for each level of SIMD.
//
// A block is a part of a row-major matrix: `rows` rows of `columns` elements, from one row to the next `ld` elements. Blocks of one
// call do not overlap unless they are the same; no alignment is asked for. Costs are summed in double precision.
//
// Each kernel has one definition in plain C (portable.h) and one in vectors (vector.h), compiled for several levels; which one
// runs is chosen when the library is loaded. Exponentials and logarithms are SLEEF's, at most 1 ulp off.
#ifndef NNBLAS_CELEMENTWISE_H
#define NNBLAS_CELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// What a layer does with its weighted inputs.
enum nnblas_activation { NNBLAS_IDENTITY = 0, NNBLAS_SIGMOID = 1, NNBLAS_RELU = 2 };

// Which instructions the kernels of a process use.
enum nnblas_simd { NNBLAS_PORTABLE = 0, NNBLAS_AVX2 = 1, NNBLAS_AVX512 = 2 };

// The factors of one step of Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), from 1 the step t.
#define NNBLAS_DECLARE_ADAM(T, SUFFIX)                                                                                 \
  struct nnblas_adam_##SUFFIX {                                                                                        \
    T beta1;                                                                                                           \
    T beta2;                                                                                                           \
    T rest1;      /* 1 - beta1, which loses digits when it is made of the rounded beta */                              \
    T rest2;      /* 1 - beta2 */                                                                                      \
    T step;       /* learning rate / (1 - beta1^t) */                                                                  \
    T correction; /* 1 / sqrt(1 - beta2^t) */                                                                          \
    T epsilon;                                                                                                         \
  };
NNBLAS_DECLARE_ADAM(float, f32)
NNBLAS_DECLARE_ADAM(double, f64)

#define NNBLAS_DECLARE_KERNELS(T, SUFFIX)                                                                              \
  struct nnblas_kernels_##SUFFIX {                                                                                     \
    /* z <- f(z + bias), the bias added to every row; none is added where it is null. */                               \
    void (*activate)(enum nnblas_activation f, T *z, size_t rows, size_t columns, size_t ld,                           \
                     const T *_Nullable bias);                                                                         \
    /* error <- error * f'(z), written in a = f(z). */                                                                 \
    void (*multiply_by_derivative)(enum nnblas_activation f, T *error, const T *a, size_t rows, size_t columns,        \
                                   size_t ld);                                                                         \
    /* error <- (a - y) * f'(z); returns the sum of (a - y)^2 / 2. */                                                  \
    double (*quadratic)(enum nnblas_activation f, T *error, const T *a, const T *y, size_t rows, size_t columns,       \
                        size_t ld);                                                                                    \
    /* a <- sigmoid(z) in place, error <- a - y; returns the sum of max(z, 0) - z y + ln(1 + e^-|z|). */               \
    double (*sigmoid_cross_entropy)(T *z, T *error, const T *y, size_t rows, size_t columns, size_t ld);               \
    /* For whole rows: error <- softmax(z) s - y, s the sum of the row of y; returns the sum of s ln(sum e^z) - z y. */ \
    double (*softmax_cross_entropy)(T *error, const T *z, const T *y, size_t rows, size_t columns, size_t ld);         \
    /* sums <- beta sums + alpha (1, ..., 1) x, the sums over rows; beta = 0 overwrites NaN. */                        \
    void (*column_sums)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t columns, size_t ld);                 \
    /* w (rows x columns) <- w + d_1^T x_1 + d_2^T x_2 + ..., outer products of rows of d and x, added one after another, */\
    /* so that the bits are the same when they come in several calls. Elements of w follow without gaps. */            \
    void (*outer_products)(T *w, size_t rows, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx,          \
                           size_t count);                                                                              \
    /* w <- w - rate g. */                                                                                             \
    void (*sgd)(T *w, const T *g, size_t count, T rate);                                                               \
    /* v <- momentum v + g; w <- w - rate v. */                                                                        \
    void (*momentum)(T *w, T *v, const T *g, size_t count, T rate, T momentum);                                        \
    /* m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; w <- w - step m / (sqrt(v) correction + epsilon). */ \
    void (*adam)(T *w, T *m, T *v, const T *g, size_t count, const struct nnblas_adam_##SUFFIX *factors);              \
    /* Rows of bytes at the given indices one after another, each byte k as k / 255, correctly rounded. */             \
    void (*gather_bytes)(T *target, const uint8_t *source, size_t width, const int32_t *indices, size_t count);        \
  };
NNBLAS_DECLARE_KERNELS(float, f32)
NNBLAS_DECLARE_KERNELS(double, f64)

// The kernels of this process: the widest that the processor has, or, where it has them, those that the environment
// variable NNBLAS_SIMD names: portable, avx2 or avx512. Chosen before main, and read without a lock.
extern const struct nnblas_kernels_f32 *nnblas_chosen_f32;
extern const struct nnblas_kernels_f64 *nnblas_chosen_f64;
extern enum nnblas_simd nnblas_chosen_level;

static inline const struct nnblas_kernels_f32 *nnblas_f32(void) { return nnblas_chosen_f32; }
static inline const struct nnblas_kernels_f64 *nnblas_f64(void) { return nnblas_chosen_f64; }
static inline enum nnblas_simd nnblas_simd_level(void) { return nnblas_chosen_level; }

// The text of NNBLAS_SIMD, its first 63 bytes, where it names no level that the processor has, or null: for a warning.
const char *_Nullable nnblas_simd_ignored(void);

// The level that a text names if it is not beyond the best, else the best.
enum nnblas_simd nnblas_simd_choice(const char *_Nullable text, enum nnblas_simd best);

// The kernels of one level, or null where the processor has not got it.
const struct nnblas_kernels_f32 *_Nullable nnblas_kernels_f32(enum nnblas_simd level);
const struct nnblas_kernels_f64 *_Nullable nnblas_kernels_f64(enum nnblas_simd level);

// From now on the process uses the kernels of a level that the processor has. Nobody may be computing.
void nnblas_use_level(enum nnblas_simd level);

// For tests alone: puts other kernels in the place of those of a level that the processor has. Returns those that were there.
const struct nnblas_kernels_f32 *nnblas_replace_f32(enum nnblas_simd level, const struct nnblas_kernels_f32 *kernels);

#pragma clang assume_nonnull end

#endif
