// A part of vector.h: bytes as parts of 255.

#define BYTES_AHEAD 4

INLINE void NAME(prefetch)(const uint8_t *row, size_t width) {
  for (size_t j = 0; j < width; j += 64) __builtin_prefetch(row + j);
  // A row begins anywhere in a line of cache, and may end in one more.
  __builtin_prefetch(row + width - 1);
}

// k / 255 = k high + k low, both parts together 1 / 255 to twice the precision: one product, and one rounding of a sum
// that never lies close to the middle of two numbers, since the digits of k / 255 repeat after eight.
INLINE void NAME(convert_bytes)(T *target, const uint8_t *source) {
  typedef uint8_t bytes __attribute__((vector_size(LANES)));
  const T high = (T)1 / 255, low = (T)(__builtin_fma(-(double)high, 255, 1) / 255);
  bytes part;
  memcpy(&part, source, LANES);
  V k = __builtin_convertvector(part, V);
  NAME(store)(target, FMA(k, EVERY(high), k * low), LANES);
}

static void NAME(gather_bytes)(T *target, const uint8_t *source, size_t width, const int32_t *indices, size_t count) {
  if (width == 0) return;
  for (size_t i = 0; i < count && i < BYTES_AHEAD; i++) NAME(prefetch)(source + (size_t)indices[i] * width, width);
  for (size_t i = 0; i < count; i++, target += width) {
    // Rows in random order: no prefetcher of the processor's knows the next.
    if (count - i > BYTES_AHEAD) NAME(prefetch)(source + (size_t)indices[i + BYTES_AHEAD] * width, width);
    const uint8_t *row = source + (size_t)indices[i] * width;
    if (width < LANES) {
      for (size_t j = 0; j < width; j++) target[j] = (T)row[j] / 255;
      continue;
    }
    size_t j = 0;
#pragma clang loop unroll_count(4)
    for (; width - j >= LANES; j += LANES) NAME(convert_bytes)(target + j, row + j);
    // The last vector of the row, though a part of it is written a second time.
    if (j < width) NAME(convert_bytes)(target + width - LANES, row + width - LANES);
  }
}
