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

// All columns of some rows.
INLINE void NAME(add_to_rows)(T *w, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx, size_t count,
                              const int rows) {
  size_t j = 0;
  for (; columns - j >= TILE_VECTORS * LANES; j += TILE_VECTORS * LANES) {
    NAME(add_to_tile)(w + j, columns, d, ldd, x + j, ldx, count, rows, TILE_VECTORS, LANES);
  }
  for (; columns - j >= LANES; j += LANES) {
    NAME(add_to_tile)(w + j, columns, d, ldd, x + j, ldx, count, rows, 1, LANES);
  }
  if (j < columns) {
    const size_t n = columns - j;
    __builtin_assume(n < LANES);
    NAME(add_to_tile)(w + j, columns, d, ldd, x + j, ldx, count, rows, 1, n);
  }
}

// Along the rows, not down the columns, though x comes from the second-level cache then: at even steps from row to row
// processors fetch ahead, rows beyond the last, out of the cache of whoever works on them. It took twice as long.
static void NAME(outer_products)(T *w, size_t rows, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx,
                                 size_t count) {
  size_t i = 0;
  for (; rows - i >= TILE_ROWS; i += TILE_ROWS) {
    NAME(add_to_rows)(w + i * columns, columns, d + i, ldd, x, ldx, count, TILE_ROWS);
  }
  w += i * columns, d += i;
  switch (rows - i) {
  case 1: NAME(add_to_rows)(w, columns, d, ldd, x, ldx, count, 1); break;
  case 2: NAME(add_to_rows)(w, columns, d, ldd, x, ldx, count, 2); break;
  case 3: NAME(add_to_rows)(w, columns, d, ldd, x, ldx, count, 3); break;
  }
}
