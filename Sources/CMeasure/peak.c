#include "CMeasure.h"

// Chains enough to hide the latency of a multiply-add, and few enough for the registers.
#define CHAINS 10

#define DEFINE(NAME, T, BYTES, TARGET)                                                                                  \
  typedef T NAME##_vector __attribute__((vector_size(BYTES)));                                                         \
  TARGET static double NAME(uint64_t rounds) {                                                                         \
    NAME##_vector x[CHAINS], a, b;                                                                                     \
    for (unsigned i = 0; i < sizeof a / sizeof a[0]; i++) {                                                            \
      a[i] = (T)0.999;                                                                                                 \
      b[i] = (T)0.001;                                                                                                 \
    }                                                                                                                  \
    for (int c = 0; c < CHAINS; c++) x[c] = a * (T)(c + 1);                                                            \
    for (uint64_t round = 0; round < rounds; round++) {                                                                \
      _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++)                                              \
          x[c] = __builtin_elementwise_fma(x[c], a, b);                                                                \
    }                                                                                                                  \
    NAME##_vector sum = x[0];                                                                                          \
    for (int c = 1; c < CHAINS; c++) sum += x[c];                                                                      \
    /* A use that the compiler cannot see through keeps the loop. */                                                   \
    __asm__ volatile("" : : "m"(sum));                                                                                 \
    return 2.0 * CHAINS * (double)(sizeof a / sizeof a[0]) * (double)rounds;                                           \
  }

#if defined(__x86_64__)
DEFINE(avx512_f32, float, 64, __attribute__((target("avx512f"))))
DEFINE(avx512_f64, double, 64, __attribute__((target("avx512f"))))
DEFINE(avx2_f32, float, 32, __attribute__((target("avx2,fma"))))
DEFINE(avx2_f64, double, 32, __attribute__((target("avx2,fma"))))
#define CHOOSE(SUFFIX)                                                                                                  \
  if (__builtin_cpu_supports("avx512f")) return avx512_##SUFFIX(rounds);                                               \
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_##SUFFIX(rounds);
#else
#define CHOOSE(SUFFIX)
#endif

DEFINE(portable_f32, float, 16, )
DEFINE(portable_f64, double, 16, )

double nnblas_multiply_add_f32(uint64_t rounds) {
  CHOOSE(f32)
  return portable_f32(rounds);
}

double nnblas_multiply_add_f64(uint64_t rounds) {
  CHOOSE(f64)
  return portable_f64(rounds);
}
