// Which level's kernels a process uses.
#include "levels.h"

#include <stdlib.h>
#include <string.h>

// Written once, before main. Until then, the kernels that run everywhere.
const struct nnblas_kernels_f32 *nnblas_chosen_f32 = &nnblas_portable_f32;
const struct nnblas_kernels_f64 *nnblas_chosen_f64 = &nnblas_portable_f64;
enum nnblas_simd nnblas_chosen_level = NNBLAS_PORTABLE;

static enum nnblas_simd widest = NNBLAS_PORTABLE;
// A copy, for setenv may free the text; cut where it is long.
static char ignored[64];

static const char *const names[] = {[NNBLAS_PORTABLE] = "portable", [NNBLAS_AVX2] = "avx2", [NNBLAS_AVX512] = "avx512"};

// What the processor has, and the system saves when it switches threads.
static enum nnblas_simd supported(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return NNBLAS_PORTABLE;
  return __builtin_cpu_supports("avx512f") ? NNBLAS_AVX512 : NNBLAS_AVX2;
#else
  return NNBLAS_PORTABLE;
#endif
}

enum nnblas_simd nnblas_simd_choice(const char *text, enum nnblas_simd best) {
  for (enum nnblas_simd level = NNBLAS_PORTABLE; text && level <= best; level++) {
    if (strcmp(text, names[level]) == 0) return level;
  }
  return best;
}

#if defined(__x86_64__)
static const struct nnblas_kernels_f32 *tables_f32[] = {&nnblas_portable_f32, &nnblas_avx2_f32, &nnblas_avx512_f32};
static const struct nnblas_kernels_f64 *tables_f64[] = {&nnblas_portable_f64, &nnblas_avx2_f64, &nnblas_avx512_f64};
#else
static const struct nnblas_kernels_f32 *tables_f32[] = {&nnblas_portable_f32};
static const struct nnblas_kernels_f64 *tables_f64[] = {&nnblas_portable_f64};
#endif

const struct nnblas_kernels_f32 *nnblas_kernels_f32(enum nnblas_simd level) {
  return level > widest ? NULL : tables_f32[level];
}

const struct nnblas_kernels_f64 *nnblas_kernels_f64(enum nnblas_simd level) {
  return level > widest ? NULL : tables_f64[level];
}

const struct nnblas_kernels_f32 *nnblas_replace_f32(enum nnblas_simd level, const struct nnblas_kernels_f32 *kernels) {
  const struct nnblas_kernels_f32 *before = tables_f32[level];
  tables_f32[level] = kernels;
  return before;
}

void nnblas_use_level(enum nnblas_simd level) {
  nnblas_chosen_level = level;
  nnblas_chosen_f32 = nnblas_kernels_f32(level);
  nnblas_chosen_f64 = nnblas_kernels_f64(level);
}

const char *nnblas_simd_ignored(void) { return ignored[0] ? ignored : NULL; }

__attribute__((constructor)) static void choose(void) {
  widest = supported();
  const char *text = getenv("NNBLAS_SIMD");
  enum nnblas_simd level = nnblas_simd_choice(text, widest);
  // An empty text leaves this empty: as good as not set.
  if (text && strcmp(text, names[level]) != 0) strncpy(ignored, text, sizeof ignored - 1);
  nnblas_use_level(level);
}
