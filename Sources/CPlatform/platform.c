#define _GNU_SOURCE
#include "CPlatform.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// MARK: Barrier

// On lines of cache of their own: who arrives writes the one while who waits reads the other.
struct nnblas_barrier {
  _Alignas(64) atomic_uint arrived;
  // Counts the times that all have arrived; who waits watches it change.
  _Alignas(64) atomic_uint generation;
  _Alignas(64) atomic_uint sleepers;
  uint32_t threads;
  uint32_t spins;
};

nnblas_barrier *nnblas_barrier_create(uint32_t threads, uint32_t spins) {
  nnblas_barrier *barrier = aligned_alloc(_Alignof(nnblas_barrier), sizeof(nnblas_barrier));
  if (!barrier) return NULL;
  atomic_init(&barrier->arrived, 0);
  atomic_init(&barrier->generation, 0);
  atomic_init(&barrier->sleepers, 0);
  barrier->threads = threads;
  barrier->spins = spins;
  return barrier;
}

void nnblas_barrier_destroy(nnblas_barrier *barrier) { free(barrier); }

static inline void relax(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

void nnblas_barrier_wait(nnblas_barrier *barrier) {
  unsigned generation = atomic_load_explicit(&barrier->generation, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&barrier->arrived, 1, memory_order_acq_rel) + 1 == barrier->threads) {
    atomic_store_explicit(&barrier->arrived, 0, memory_order_relaxed);
    // In one order with the count of sleepers: either they see the new generation, or this thread sees them.
    atomic_store_explicit(&barrier->generation, generation + 1, memory_order_seq_cst);
    if (atomic_load_explicit(&barrier->sleepers, memory_order_seq_cst) > 0) {
      syscall(SYS_futex, &barrier->generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    }
    return;
  }
  for (uint32_t spin = 0; spin < barrier->spins; spin++) {
    if (atomic_load_explicit(&barrier->generation, memory_order_acquire) != generation) return;
    relax();
  }
  atomic_fetch_add_explicit(&barrier->sleepers, 1, memory_order_seq_cst);
  while (atomic_load_explicit(&barrier->generation, memory_order_seq_cst) == generation) {
    syscall(SYS_futex, &barrier->generation, FUTEX_WAIT_PRIVATE, generation, NULL, NULL, 0);
  }
  atomic_fetch_sub_explicit(&barrier->sleepers, 1, memory_order_relaxed);
}

// MARK: Threads

void nnblas_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// MARK: Floating-point control

#if defined(__x86_64__)
uint64_t nnblas_floating_point_control(void) { return _mm_getcsr(); }
void nnblas_set_floating_point_control(uint64_t control) { _mm_setcsr((unsigned)control); }
// All exceptions masked, flush to zero (bit 15), subnormal operands are zero (bit 6).
uint64_t nnblas_engine_floating_point_control(void) { return 0x1F80 | 1 << 15 | 1 << 6; }
#elif defined(__aarch64__)
uint64_t nnblas_floating_point_control(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
void nnblas_set_floating_point_control(uint64_t control) { __asm__ volatile("msr fpcr, %0" : : "r"(control)); }
// Flush to zero (bit 24).
uint64_t nnblas_engine_floating_point_control(void) { return UINT64_C(1) << 24; }
#else
uint64_t nnblas_floating_point_control(void) { return 0; }
void nnblas_set_floating_point_control(uint64_t control) { (void)control; }
uint64_t nnblas_engine_floating_point_control(void) { return 0; }
#endif

// MARK: Processors

uint32_t nnblas_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    int count = CPU_COUNT(&set);
    if (count > 0) return (uint32_t)count;
  }
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (uint32_t)online : 1;
}
