#include "CMeasure.h"

// Fused multiply-adds: independent chains, enough to hide the latency of one, and few enough for the registers. How many that is
// differs between processors, so the caller tries all counts.
#define CHAINS(NAME, T, COUNT, TARGET)                                                                                 \
  TARGET static void NAME##_##COUNT(uint64_t rounds) {                                                                 \
    NAME##_vector x[COUNT], a, b;                                                                                      \
    for (unsigned i = 0; i < sizeof a / sizeof a[0]; i++) {                                                            \
      a[i] = (T)0.999;                                                                                                 \
      b[i] = (T)0.001;                                                                                                 \
    }                                                                                                                  \
    for (int c = 0; c < COUNT; c++) x[c] = a * (T)(c + 1);                                                             \
    for (uint64_t round = 0; round < rounds; round++) {                                                                \
      _Pragma("clang loop unroll(full)") for (int c = 0; c < COUNT; c++)                                               \
          x[c] = MULTIPLY_AND_ADD(x[c], a, b);                                                                \
    }                                                                                                                  \
    NAME##_vector sum = x[0];                                                                                          \
    for (int c = 1; c < COUNT; c++) sum += x[c];                                                                       \
    /* A use that the compiler cannot see through keeps the loop. */                                                   \
    __asm__ volatile("" : : "m"(sum));                                                                                 \
  }

#define MULTIPLY_AND_ADD(x, a, b) __builtin_elementwise_fma(x, a, b)

#define MULTIPLY_ADD(NAME, T, BYTES, TARGET)                                                                           \
  typedef T NAME##_vector __attribute__((vector_size(BYTES)));                                                         \
  CHAINS(NAME, T, 8, TARGET)                                                                                           \
  CHAINS(NAME, T, 10, TARGET)                                                                                          \
  CHAINS(NAME, T, 12, TARGET)                                                                                          \
  CHAINS(NAME, T, 16, TARGET)                                                                                          \
  static double NAME(unsigned chains, uint64_t rounds) {                                                               \
    switch (chains) {                                                                                                  \
    case 8: NAME##_8(rounds); break;                                                                                   \
    case 10: NAME##_10(rounds); break;                                                                                 \
    case 12: NAME##_12(rounds); break;                                                                                 \
    case 16: NAME##_16(rounds); break;                                                                                 \
    default: return 0;                                                                                                 \
    }                                                                                                                  \
    return 2.0 * chains * (double)(BYTES / sizeof(T)) * (double)rounds;                                                \
  }

// What memory is read and written for. The compiler makes vectors of the first two; sums it may not divide, so these are.
#define MEMORY(NAME, BYTES, TARGET)                                                                                    \
  TARGET static void NAME##_triad(double *restrict a, const double *restrict b, const double *restrict c, size_t n) {  \
    for (size_t i = 0; i < n; i++) a[i] = b[i] + 3 * c[i];                                                             \
  }                                                                                                                    \
  TARGET static void NAME##_update(double *restrict a, const double *b, const double *c, size_t n) {                   \
    (void)b, (void)c;                                                                                                  \
    for (size_t i = 0; i < n; i++) a[i] = a[i] * 0.999 + 0.001;                                                        \
  }                                                                                                                    \
  typedef double NAME##_read_vector __attribute__((vector_size(BYTES), aligned(8)));                                   \
  TARGET static void NAME##_read(double *restrict a, const double *b, const double *c, size_t n) {                     \
    (void)b, (void)c;                                                                                                  \
    enum { WIDTH = BYTES / 8, SUMS = 8 };                                                                              \
    NAME##_read_vector sums[SUMS] = {0};                                                                               \
    const NAME##_read_vector *v = (const NAME##_read_vector *)a;                                                       \
    for (size_t i = 0; i + SUMS <= n / WIDTH; i += SUMS) {                                                             \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < SUMS; k++) sums[k] += v[i + k];                           \
    }                                                                                                                  \
    for (int k = 1; k < SUMS; k++) sums[0] += sums[k];                                                                 \
    __asm__ volatile("" : : "m"(sums[0]));                                                                             \
  }

#if defined(__x86_64__)
MULTIPLY_ADD(avx512_f32, float, 64, __attribute__((target("avx512f"))))
MULTIPLY_ADD(avx512_f64, double, 64, __attribute__((target("avx512f"))))
MEMORY(avx512, 64, __attribute__((target("avx512f"))))
MULTIPLY_ADD(avx2_f32, float, 32, __attribute__((target("avx2,fma"))))
MULTIPLY_ADD(avx2_f64, double, 32, __attribute__((target("avx2,fma"))))
MEMORY(avx2, 32, __attribute__((target("avx2,fma"))))
#define CHOOSE(NAME)                                                                                                   \
  (__builtin_cpu_supports("avx512f")                                           ? avx512_##NAME                         \
   : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2_##NAME                                     \
                                                                               : portable_##NAME)
#else
#define CHOOSE(NAME) portable_##NAME
#endif

#if defined(__x86_64__)
// Without the instruction it would be a call for each element.
#undef MULTIPLY_AND_ADD
#define MULTIPLY_AND_ADD(x, a, b) ((x) * (a) + (b))
#endif
MULTIPLY_ADD(portable_f32, float, 16, )
MULTIPLY_ADD(portable_f64, double, 16, )
MEMORY(portable, 16, )

double nnblas_multiply_add_f32(unsigned chains, uint64_t rounds) { return CHOOSE(f32)(chains, rounds); }

double nnblas_multiply_add_f64(unsigned chains, uint64_t rounds) { return CHOOSE(f64)(chains, rounds); }

void nnblas_stream(enum nnblas_traffic traffic, double *a, const double *b, const double *c, size_t count, uint64_t rounds) {
  typedef void stream(double *, const double *, const double *, size_t);
  stream *const function = traffic == NNBLAS_TRIAD    ? CHOOSE(triad)
                           : traffic == NNBLAS_UPDATE ? CHOOSE(update)
                                                      : CHOOSE(read);
  for (uint64_t round = 0; round < rounds; round++) function(a, b, c, count);
}
