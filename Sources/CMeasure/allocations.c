#define _GNU_SOURCE
#include "CMeasure.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static atomic_uint_fast64_t allocations, openblas_allocations;

uint64_t nnblas_allocations(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }

uint64_t nnblas_openblas_allocations(void) { return atomic_load_explicit(&openblas_allocations, memory_order_relaxed); }

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

bool nnblas_counts_allocations(void) { return true; }

// The C library's own, under the names by which it lets itself be replaced.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

// Where OpenBLAS's code lies; found once, before main.
static uintptr_t openblas_start, openblas_end;

static int find_openblas(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  if (!object->dlpi_name || !strstr(object->dlpi_name, "openblas")) return 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    openblas_start = object->dlpi_addr + part->p_vaddr;
    openblas_end = openblas_start + part->p_memsz;
  }
  return 1;
}

__attribute__((constructor)) static void find(void) { dl_iterate_phdr(find_openblas, NULL); }

static inline void count(void *caller) {
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  const uintptr_t place = (uintptr_t)caller;
  if (place >= openblas_start && place < openblas_end) {
    atomic_fetch_add_explicit(&openblas_allocations, 1, memory_order_relaxed);
  }
}

#define COUNT() count(__builtin_return_address(0))

void *malloc(size_t size) {
  COUNT();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  COUNT();
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  COUNT();
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  COUNT();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  COUNT();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  COUNT();
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *block = result;
  return 0;
}

void free(void *block) { __libc_free(block); }

#else

bool nnblas_counts_allocations(void) { return false; }

#endif
