#include "COpenBLAS.h"

#include <cblas.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

// Of builds for many processors; null in others. They are exported, but stand in no header.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static const char variable[] = "OPENBLAS_CORETYPE";
// What OpenBLAS takes for a processor that it does not know.
static const char unknown[] = "Prescott";
static const char *replaced = NULL;

const char *nnblas_faster_core(const char *found, bool has_avx2, bool has_avx512) {
  if (strcmp(found, unknown) != 0 || !has_avx2) return NULL;
  return has_avx512 ? "SkylakeX" : "Haswell";
}

const char *nnblas_replaced_core(void) { return replaced; }

bool nnblas_use_core(const char *core) {
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit) return false;
  // OpenBLAS reads the variable again. Programs that this one starts are to choose for themselves.
  const char *set = getenv(variable);
  char *before = set ? strdup(set) : NULL;
  if ((set && !before) || setenv(variable, core, 1) != 0) {
    free(before);
    return false;
  }
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  if (before) {
    setenv(variable, before, 1);
    free(before);
  } else {
    unsetenv(variable);
  }
  return strcmp(openblas_get_corename(), core) == 0;
}

const char *nnblas_widest_core(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512cd");
  return nnblas_faster_core(unknown, has_avx2, has_avx512);
#else
  return NULL;
#endif
}

#if defined(__x86_64__)
// Whether nobody else can be computing: the only threads are this one and OpenBLAS's own. Not so where a running program
// loads this.
static bool is_before_main(void) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return false;
  int count = 0;
  for (const struct dirent *entry; (entry = readdir(tasks));) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count <= openblas_get_num_threads();
}

__attribute__((constructor)) static void choose(void) {
  const char *faster = strcmp(openblas_get_corename(), unknown) == 0 ? nnblas_widest_core() : NULL;
  if (!faster || getenv(variable) || !is_before_main()) return;
  if (nnblas_use_core(faster)) replaced = unknown;
}
#endif
