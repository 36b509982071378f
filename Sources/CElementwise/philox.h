// Random words: Philox 4x32 with ten rounds (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011).
#ifndef NNBLAS_PHILOX_H
#define NNBLAS_PHILOX_H

#include "CElementwise.h"

// As many blocks as are made at once: whole registers of them.
enum { NNBLAS_BLOCKS = 16 };

// The four words of each of some blocks that follow one another, lanes side by side so that compilers make vectors of them.
static inline __attribute__((always_inline)) void nnblas_philox(const struct nnblas_place *place, uint32_t first,
                                                                uint32_t words[4 * NNBLAS_BLOCKS]) {
  uint32_t c0[NNBLAS_BLOCKS], c1[NNBLAS_BLOCKS], c2[NNBLAS_BLOCKS], c3[NNBLAS_BLOCKS];
  for (uint32_t i = 0; i < NNBLAS_BLOCKS; i++) {
    c0[i] = first + i;
    c1[i] = place->layer;
    c2[i] = place->step;
    c3[i] = place->purpose;
  }
  uint32_t k0 = (uint32_t)place->key, k1 = (uint32_t)(place->key >> 32);
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    for (int i = 0; i < NNBLAS_BLOCKS; i++) {
      const uint64_t p0 = (uint64_t)c0[i] * 0xD2511F53u, p1 = (uint64_t)c2[i] * 0xCD9E8D57u;
      c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = (uint32_t)p1;
      c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = (uint32_t)p0;
    }
  }
  for (int i = 0; i < NNBLAS_BLOCKS; i++) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

#endif
