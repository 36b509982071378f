// What nnbench and the tests measure with, and the library never sees: the processor's peak, and a count of allocations.
#ifndef NNBLAS_CMEASURE_H
#define NNBLAS_CMEASURE_H

#include <stdbool.h>
#include <stdint.h>

// Fused multiply-adds on registers, as wide as the processor has them: `rounds` rounds of independent chains.
// Returns the floating-point operations done, two for each multiply-add of each element.
double nnblas_multiply_add_f32(uint64_t rounds);
double nnblas_multiply_add_f64(uint64_t rounds);

// Heap allocations of all threads of the process since its start (malloc, calloc, realloc, aligned ones), counted by
// definitions that take the place of the C library's; linked only where this module is.
uint64_t nnblas_allocations(void);
// Those of them that OpenBLAS made itself: on some processors it takes memory for products of certain shapes, and gives it
// back at once.
uint64_t nnblas_openblas_allocations(void);
// Whether they are counted: not where a sanitizer has its own allocator, nor without glibc.
bool nnblas_counts_allocations(void);

#endif
