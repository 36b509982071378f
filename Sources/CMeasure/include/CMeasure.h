// What nnbench and the tests measure with, and the library never sees: what the processor
// can do at most, and a count of allocations.
#ifndef NNBLAS_CMEASURE_H
#define NNBLAS_CMEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Fused multiply-adds on registers, as wide as the processor has them: `rounds` rounds of 8, 10, 12 or 16 independent chains.
// Returns the floating-point operations done, two for each multiply-add of each element; 0 for another number of chains.
double nnblas_multiply_add_f32(unsigned chains, uint64_t rounds);
double nnblas_multiply_add_f64(unsigned chains, uint64_t rounds);

// What is done with every one of `count` elements, `rounds` times:
// a <- b + 3 c, 24 bytes of traffic an element; a <- 0.999 a + 0.001, 16 bytes; the sum of a, 8 bytes.
enum nnblas_traffic { NNBLAS_TRIAD, NNBLAS_UPDATE, NNBLAS_READ };
void nnblas_stream(enum nnblas_traffic traffic, double *a, const double *b, const double *c, size_t count, uint64_t rounds);

// The seconds that a word takes from the first processor of this process to the last and back, the mean of so many rounds; 0 where
// there is one processor alone, or where they take longer than `most` seconds together. One caller at a time.
double nnblas_round_trip(uint64_t rounds, double most);

// Tells the compiler that all memory may have been read: no result before it can be left out, and none made later.
static inline void nnblas_barrier(void) { __asm__ volatile("" : : : "memory"); }

// Heap allocations of all threads of the process since its start (malloc, calloc, realloc, aligned ones), counted by
// definitions that take the place of the C library's; linked only where this module is.
uint64_t nnblas_allocations(void);
// Those of them that OpenBLAS made itself: on some processors it takes memory for products of certain shapes, and gives it
// back at once.
uint64_t nnblas_openblas_allocations(void);
// Whether they are counted: not where a sanitizer has its own allocator, nor without glibc.
bool nnblas_counts_allocations(void);

#endif
