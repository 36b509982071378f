// What Glibc does not show to Swift: threads that wait for one another, and floating-point control.
#ifndef NNBLAS_CPLATFORM_H
#define NNBLAS_CPLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// A barrier for a fixed number of threads: everybody who arrives waits until all have.
//
// Who waits spins for a short while, because the others are a few microseconds away in the middle of a step, and then sleeps,
// because between steps they can be away for long.
typedef struct nnblas_barrier nnblas_barrier;

// A barrier for so many threads that spin for so many rounds, or null without memory. Threads are told apart by their numbers,
// from 0, and all take part in every meeting, each by one of the calls below.
nnblas_barrier *_Nullable nnblas_barrier_create(uint32_t threads, uint32_t spins);
void nnblas_barrier_destroy(nnblas_barrier *barrier);
// Comes, and waits until all have.
void nnblas_barrier_wait(nnblas_barrier *barrier, uint32_t thread);
// Thread 0 comes and waits for nobody, while the others wait for it: what it wrote before, they see.
void nnblas_barrier_open(nnblas_barrier *barrier);
void nnblas_barrier_follow(nnblas_barrier *barrier, uint32_t thread);
// Another thread comes and waits for nobody, while thread 0 waits for all.
void nnblas_barrier_leave(nnblas_barrier *barrier, uint32_t thread);

// Names the calling thread for debuggers and monitors; 15 characters at most.
void nnblas_name_thread(const char *name);

// The floating-point control of this thread: how results are rounded, and whether subnormal ones become zero.
uint64_t nnblas_floating_point_control(void);
void nnblas_set_floating_point_control(uint64_t control);
// Round to nearest, subnormal numbers to zero, no traps: what the engine's threads compute with.
uint64_t nnblas_engine_floating_point_control(void);

// Asks for memory to be brought into the second level of cache, line by line.
static inline void nnblas_prefetch(const void *start, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)start + i, 0, 2);
}

// The processors that this process may run on, by its affinity mask; at least 1.
uint32_t nnblas_available_processors(void);

// Whether they are Intel's.
bool nnblas_is_intel(void);

// The version of the C library, "2.36" of glibc.
const char *nnblas_c_library(void);

#pragma clang assume_nonnull end

#endif
