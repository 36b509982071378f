// The loops over elements that BLAS lacks, in versions for each level of SIMD.
//
// A block is a part of a row-major matrix: `rows` rows of `columns` elements, from one row to the next `ld` elements. Blocks of one
// call do not overlap unless they are the same; no alignment is asked for. Costs are summed in double precision.
//
// Each kernel has one definition in plain C (portable.h) and one in vectors (vector.h), compiled for several levels; which one
// runs is chosen when the library is loaded. Exponentials and logarithms are SLEEF's, at most 1 ulp off.
#ifndef NNBLAS_CELEMENTWISE_H
#define NNBLAS_CELEMENTWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// What a layer does with its weighted inputs.
enum nnblas_activation {
  NNBLAS_IDENTITY = 0,
  NNBLAS_SIGMOID = 1,
  NNBLAS_RELU = 2,
  NNBLAS_TANH = 3,
  NNBLAS_LEAKY_RELU = 4, // alpha z for z < 0
  NNBLAS_ELU = 5         // alpha (e^z - 1) for z < 0
};

// Those whose derivative does not follow from the result.
enum nnblas_sloped { NNBLAS_GELU = 0, NNBLAS_SILU = 1, NNBLAS_SOFTPLUS = 2 };

// Where a block of a layer lies, and which random numbers it uses: word `column % 4` of the block of Philox 4x32 with ten rounds whose
// counter is (row * blocks of a row + column / 4, layer, step, purpose), rows and columns counted in the whole layer.
struct nnblas_place {
  size_t first_row;
  size_t first_column;
  size_t width; // of the whole layer
  uint64_t key;
  uint32_t layer;
  uint32_t step;
  uint32_t purpose;
};

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
    T decay;      /* what parameters are multiplied by first */                                                        \
  };
NNBLAS_DECLARE_ADAM(float, f32)
NNBLAS_DECLARE_ADAM(double, f64)

// The largest magnitudes of a block of errors and of the activations that they belong to, as `largest_magnitude` finds them.
#define NNBLAS_DECLARE_MAGNITUDES(T, SUFFIX)                                                                           \
  struct nnblas_magnitudes_##SUFFIX {                                                                                  \
    T error;                                                                                                           \
    T a;                                                                                                               \
  };
NNBLAS_DECLARE_MAGNITUDES(float, f32)
NNBLAS_DECLARE_MAGNITUDES(double, f64)

#define NNBLAS_DECLARE_KERNELS(T, SUFFIX)                                                                              \
  struct nnblas_kernels_##SUFFIX {                                                                                     \
    /* z <- f(z + bias), the bias added to every row; none is added where it is null. */                               \
    void (*activate)(enum nnblas_activation f, T alpha, T *z, size_t rows, size_t columns, size_t ld,                  \
                     const T *_Nullable bias);                                                                         \
    /* error <- error * f'(z), written in a = f(z); returns the largest magnitudes of both. */                         \
    struct nnblas_magnitudes_##SUFFIX (*multiply_by_derivative)(enum nnblas_activation f, T alpha, T *error,           \
                                                                const T *a, size_t rows, size_t columns, size_t ld);   \
    /* z <- f(z + bias) and slope <- f'(z + bias), unless it is null. */                                               \
    void (*activate_sloped)(enum nnblas_sloped f, T *z, T *_Nullable slope, size_t rows, size_t columns, size_t ld,    \
                            const T *_Nullable bias);                                                                  \
    /* error <- error * factors, element by element. */                                                                \
    void (*multiply)(T *error, const T *factors, size_t rows, size_t columns, size_t ld);                              \
    /* For whole rows: z <- softmax(z + bias). */                                                                      \
    void (*softmax)(T *z, size_t rows, size_t columns, size_t ld, const T *_Nullable bias);                            \
    /* For whole rows: error <- p * (error - sum of error * p). */                                                     \
    void (*multiply_by_softmax_derivative)(T *error, const T *p, size_t rows, size_t columns, size_t ld);              \
    /* error <- scale (a - y) * f'(z); returns the sum of scale (a - y)^2 / 2. */                                      \
    double (*quadratic)(enum nnblas_activation f, T alpha, T scale, T *error, const T *a, const T *y, size_t rows,     \
                        size_t columns, size_t ld);                                                                    \
    /* error <- scale sign(a - y); returns the sum of scale |a - y|. */                                                \
    double (*absolute)(T scale, T *error, const T *a, const T *y, size_t rows, size_t columns, size_t ld);             \
    /* d = a - y, beyond the threshold t brought back to it in error <- scale d; returns the sum of scale h(d), with */\
    /* h(d) = d^2 / 2 up to t and t (|d| - t / 2) beyond. */                                                           \
    double (*huber)(T threshold, T scale, T *error, const T *a, const T *y, size_t rows, size_t columns, size_t ld);   \
    /* a = sigmoid(z), stored in place of z or not, error <- a - y; returns the sum of max(z, 0) - z y + ln(1 + e^-|z|). */\
    double (*sigmoid_cross_entropy)(T *z, bool stores, T *error, const T *y, size_t rows, size_t columns, size_t ld);  \
    /* For whole rows, with y' = keep y + floor s and s the sum of the row of y: error <- softmax(z) s' - y', s' the sum of */\
    /* the row of y'; returns the sum of s' ln(sum e^z) - z y'. */                                                     \
    double (*softmax_cross_entropy)(T *error, const T *z, const T *y, T keep, T floor, size_t rows, size_t columns,    \
                                    size_t ld);                                                                        \
    /* Row i of x times factors[i]. */                                                                                 \
    void (*scale_rows)(T *x, const T *factors, size_t rows, size_t columns, size_t ld);                                \
    /* sums <- beta sums + alpha (1, ..., 1) x, the sums over rows; beta = 0 overwrites NaN. */                        \
    void (*column_sums)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t columns, size_t ld);                 \
    /* The same of the products x * y, element by element. */                                                          \
    void (*column_dots)(T *sums, T alpha, T beta, const T *x, const T *y, size_t rows, size_t columns, size_t ld);     \
    /* The sum of x^2. */                                                                                              \
    double (*sum_of_squares)(const T *x, size_t count);                                                                \
    /* The largest |x|, exactly; what is no number is larger than all that are. 0 of no elements. */                   \
    T (*largest_magnitude)(const T *x, size_t rows, size_t columns, size_t ld);                                        \
    /* w (rows x columns) <- w + d_1^T x_1 + d_2^T x_2 + ..., outer products of rows of d and x, added one after another, */\
    /* so that the bits are the same when they come in several calls. Elements of w follow without gaps. */            \
    void (*outer_products)(T *w, size_t rows, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx,          \
                           size_t count);                                                                              \
    /* w <- w - rate g. */                                                                                             \
    void (*sgd)(T *w, const T *g, size_t count, T rate);                                                               \
    /* v <- momentum v + g; w <- w - rate v, or, looking ahead, w <- w - rate (g + momentum v). */                     \
    void (*momentum)(T *w, T *v, const T *g, size_t count, T rate, T momentum, bool looks_ahead);                      \
    /* v <- decay v + rest g^2; w <- w - rate g / (sqrt(v) + epsilon). */                                              \
    void (*rms_prop)(T *w, T *v, const T *g, size_t count, T rate, T decay, T rest, T epsilon);                        \
    /* m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; */                                                \
    /* w <- decay w - step m / (sqrt(v) correction + epsilon). */                                                      \
    void (*adam)(T *w, T *m, T *v, const T *g, size_t count, const struct nnblas_adam_##SUFFIX *factors);              \
    /* g <- scale g, brought into -limit...limit, + l2 w + l1 sign(w). */                                              \
    void (*regularize)(T *g, const T *w, size_t count, T scale, T limit, T l2, T l1);                                  \
    /* average <- average + rate (w - average). */                                                                     \
    void (*average)(T *average, const T *w, size_t count, T rate);                                                     \
    /* x <- factor x. */                                                                                               \
    void (*scale)(T *x, size_t count, T factor);                                                                       \
    /* For whole rows, with mean and variance of the row: n <- (x - mean) / sqrt(variance + epsilon), y <- gamma n + beta. */\
    /* n and 1 / sqrt are kept unless there is no place for them. ld is that of y and n. */                            \
    void (*layer_norm)(T *y, T *_Nullable n, T *_Nullable inverse, const T *x, size_t ldx, const T *gamma,             \
                       const T *beta, T epsilon, size_t rows, size_t columns, size_t ld);                              \
    /* With g = dy gamma: dx <- inverse (g - mean(g) - n mean(g n)), means over the row. ld is that of dy and n. */    \
    void (*layer_norm_errors)(T *dx, size_t lddx, const T *dy, const T *n, const T *inverse, const T *gamma,           \
                              size_t rows, size_t columns, size_t ld);                                                 \
    /* Of each column, in two passes: the mean, and the mean square of what differs from it. */                        \
    void (*column_moments)(T *mean, T *variance, const T *x, size_t rows, size_t columns, size_t ld);                  \
    /* n <- (x - mean) inverse, y <- gamma n + beta, each with one number a column; n is kept unless there is no place for it. */\
    void (*normalize_columns)(T *y, T *_Nullable n, const T *x, size_t ldx, const T *mean, const T *inverse,           \
                              const T *gamma, const T *beta, size_t rows, size_t columns, size_t ld);                  \
    /* dx <- scale (dy - mean_error - n mean_product), each with one number a column. ld is that of dy and n. */       \
    void (*batch_norm_errors)(T *dx, size_t lddx, const T *dy, const T *n, const T *scale, const T *mean_error,        \
                              const T *mean_product, size_t rows, size_t columns, size_t ld);                          \
    /* mask <- 0 where the random word is below the threshold, else keep; y <- x mask, 0 where the mask is. */         \
    void (*dropout)(T *y, T *mask, const T *x, size_t ldx, T keep, uint32_t threshold,                                 \
                    const struct nnblas_place *place, size_t rows, size_t columns, size_t ld);                         \
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
