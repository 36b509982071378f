// A part of vector.h: outer products added to a matrix.

#define TILE_ROWS 4

// A tile of so many rows by so many vectors, the last of them with n elements: it stays in registers while all products are
// added.
INLINE void NAME(add_to_tile)(T *w, size_t ldw, const T *d, size_t ldd, const T *x, size_t ldx, size_t count,
                              const int rows, const int vectors, size_t n) {
  V sum[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = NAME(load)(w + (size_t)i * ldw + v * LANES, n);
  }
  for (size_t s = 0; s < count; s++, d += ldd, x += ldx) {
    V row[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) row[v] = NAME(load)(x + v * LANES, n);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] = FMA(EVERY(d[i]), row[v], sum[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) NAME(store)(w + (size_t)i * ldw + v * LANES, sum[i][v], n);
  }
}

// All rows of some columns.
INLINE void NAME(add_to_columns)(T *w, size_t rows, size_t ldw, const T *d, size_t ldd, const T *x, size_t ldx,
                                 size_t count, const int vectors, size_t n) {
  size_t i = 0;
  for (; rows - i >= TILE_ROWS; i += TILE_ROWS) {
    NAME(add_to_tile)(w + i * ldw, ldw, d + i, ldd, x, ldx, count, TILE_ROWS, vectors, n);
  }
  for (; i < rows; i++) NAME(add_to_tile)(w + i * ldw, ldw, d + i, ldd, x, ldx, count, 1, vectors, n);
}

static void NAME(outer_products)(T *w, size_t rows, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx,
                                 size_t count) {
  size_t j = 0;
  // Columns before rows: those of x stay in the first-level cache, while the matrix passes by once.
  for (; columns - j >= TILE_VECTORS * LANES; j += TILE_VECTORS * LANES) {
    NAME(add_to_columns)(w + j, rows, columns, d, ldd, x + j, ldx, count, TILE_VECTORS, LANES);
  }
  for (; columns - j >= LANES; j += LANES) {
    NAME(add_to_columns)(w + j, rows, columns, d, ldd, x + j, ldx, count, 1, LANES);
  }
  if (j < columns) {
    const size_t n = columns - j;
    __builtin_assume(n < LANES);
    NAME(add_to_columns)(w + j, rows, columns, d, ldd, x + j, ldx, count, 1, n);
  }
}
