// A part of vector.h: the largest magnitudes of numbers.

// Bits without the sign, compared as integers: in their order what is no number comes last, and no comparison loses it.
INLINE I NAME(magnitudes)(V v) { return (I)__builtin_elementwise_abs(v); }

// The largest of two vectors'.
INLINE T NAME(largest_of)(const I *x) {
  const __auto_type bits = __builtin_reduce_max(__builtin_elementwise_max(x[0], x[1]));
  T magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  return magnitude;
}

static T NAME(largest_magnitude)(const T *x, size_t rows, size_t columns, size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  I largest[2] = {};
  for (size_t i = 0; i < rows; i++, x += ld) {
    EACH_VECTOR(columns, {
      largest[k] = __builtin_elementwise_max(largest[k], NAME(magnitudes)(NAME(load)(x + j, n)));
    })
  }
  return NAME(largest_of)(largest);
}
