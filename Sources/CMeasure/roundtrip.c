#define _GNU_SOURCE
#include "CMeasure.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

// A number that one thread makes odd and the other even. On a line of its own, so that nothing else moves with it.
static _Alignas(128) atomic_uint_fast64_t token;
static _Alignas(128) atomic_bool is_over;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *answer(void *unused) {
  (void)unused;
  while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
    const uint64_t seen = atomic_load_explicit(&token, memory_order_acquire);
    if (seen % 2 == 1) atomic_store_explicit(&token, seen + 1, memory_order_release);
  }
  return NULL;
}

// Whether the answer to an odd number came before the time was over.
static bool is_answered(uint64_t odd, double deadline) {
  for (unsigned looks = 1; atomic_load_explicit(&token, memory_order_acquire) == odd; looks++) {
    // Reading the clock takes longer than the answer: seldom.
    if (looks % 4096 == 0 && now() > deadline) return false;
  }
  return true;
}

// Of the processors that this thread may run on, the first and the last; false where there is one alone, or none are told.
static bool find_two(cpu_set_t *all, cpu_set_t *first, cpu_set_t *last) {
  CPU_ZERO(all);
  if (sched_getaffinity(0, sizeof *all, all) != 0 || CPU_COUNT(all) < 2) return false;
  int low = 0, high = CPU_SETSIZE - 1;
  while (!CPU_ISSET(low, all)) low++;
  while (!CPU_ISSET(high, all)) high--;
  CPU_ZERO(first);
  CPU_ZERO(last);
  CPU_SET(low, first);
  CPU_SET(high, last);
  return true;
}

// The rounds' seconds, with another thread that answers; 0 where it does not in time.
static double play(uint64_t rounds, double deadline) {
  double start = 0;
  for (uint64_t done = 0, odd = 1; done <= rounds; odd += 2, done++) {
    atomic_store_explicit(&token, odd, memory_order_release);
    if (!is_answered(odd, deadline)) return 0;
    // The first finds the other thread awake; from then on the clock runs.
    if (done == 0) start = now();
  }
  return now() - start;
}

double nnblas_round_trip(uint64_t rounds, double most) {
  // Each on a processor of its own: the system would leave them on one for a while.
  cpu_set_t all, first, last;
  if (!find_two(&all, &first, &last)) return 0;
  atomic_store(&token, 0);
  atomic_store(&is_over, false);
  pthread_t other;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return 0;
  const bool is_started = pthread_attr_setaffinity_np(&attributes, sizeof last, &last) == 0 &&
                          pthread_create(&other, &attributes, answer, NULL) == 0;
  pthread_attr_destroy(&attributes);
  if (!is_started) return 0;
  sched_setaffinity(0, sizeof first, &first);
  const double seconds = play(rounds, now() + most);
  atomic_store(&is_over, true);
  pthread_join(other, NULL);
  sched_setaffinity(0, sizeof all, &all);
  return seconds / (double)rounds;
}
