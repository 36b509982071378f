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
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// MARK: Barrier

// How many meetings a thread has come to, on lines of its own: two, which some processors fetch together.
typedef struct {
  _Alignas(128) atomic_uint meetings;
} place;

struct nnblas_barrier {
  _Alignas(128) atomic_uint sleepers;
  uint32_t threads;
  uint32_t spins;
  // One for each thread.
  place places[];
};

nnblas_barrier *nnblas_barrier_create(uint32_t threads, uint32_t spins) {
  nnblas_barrier *barrier =
      aligned_alloc(_Alignof(nnblas_barrier), sizeof(nnblas_barrier) + threads * sizeof(place));
  if (!barrier) return NULL;
  atomic_init(&barrier->sleepers, 0);
  barrier->threads = threads;
  barrier->spins = spins;
  for (uint32_t i = 0; i < threads; i++) atomic_init(&barrier->places[i].meetings, 0);
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

// Who comes writes to one line, on which the others look; who sleeps is woken by whom it waits for.
static inline unsigned arrive(nnblas_barrier *barrier, uint32_t thread) {
  atomic_uint *meetings = &barrier->places[thread].meetings;
  const unsigned meeting = atomic_load_explicit(meetings, memory_order_relaxed) + 1;
  // In one order with the count of sleepers: either they see this, or this thread sees them.
  atomic_store_explicit(meetings, meeting, memory_order_seq_cst);
  if (atomic_load_explicit(&barrier->sleepers, memory_order_seq_cst) > 0) {
    syscall(SYS_futex, meetings, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
  }
  return meeting;
}

static inline void await(nnblas_barrier *barrier, uint32_t thread, unsigned meeting) {
  atomic_uint *meetings = &barrier->places[thread].meetings;
  // Nobody is ahead by half of all numbers.
  for (uint32_t spin = 0; spin < barrier->spins; spin++) {
    if ((int)(atomic_load_explicit(meetings, memory_order_acquire) - meeting) >= 0) return;
    relax();
  }
  atomic_fetch_add_explicit(&barrier->sleepers, 1, memory_order_seq_cst);
  for (unsigned now; (int)((now = atomic_load_explicit(meetings, memory_order_seq_cst)) - meeting) < 0;) {
    syscall(SYS_futex, meetings, FUTEX_WAIT_PRIVATE, now, NULL, NULL, 0);
  }
  atomic_fetch_sub_explicit(&barrier->sleepers, 1, memory_order_relaxed);
}

void nnblas_barrier_wait(nnblas_barrier *barrier, uint32_t thread) {
  const unsigned meeting = arrive(barrier, thread);
  for (uint32_t other = 0; other < barrier->threads; other++) {
    if (other != thread) await(barrier, other, meeting);
  }
}

void nnblas_barrier_open(nnblas_barrier *barrier) { arrive(barrier, 0); }

void nnblas_barrier_follow(nnblas_barrier *barrier, uint32_t thread) { await(barrier, 0, arrive(barrier, thread)); }

void nnblas_barrier_leave(nnblas_barrier *barrier, uint32_t thread) { arrive(barrier, thread); }

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

bool nnblas_is_intel(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_is("intel");
#else
  return false;
#endif
}

uint32_t nnblas_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    int count = CPU_COUNT(&set);
    if (count > 0) return (uint32_t)count;
  }
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (uint32_t)online : 1;
}

// MARK: The C library

const char *nnblas_c_library(void) {
#if defined(__GLIBC__)
  return gnu_get_libc_version();
#else
  return "another than glibc";
#endif
}
