// The kernels in vectors, for one scalar T and one level, of which the file that includes this tells:
//   V, I, W                 LANES scalars, as many integers of their size, as many doubles
//   LOAD_PART, STORE_PART   the first n < LANES elements at an address, zeros after them
//   EXP, LOG1P              SLEEF's functions of V
//   D, D_LANES, D_LOG       the level's vectors of doubles, whichever the scalar, and SLEEF's logarithm of them
//   NAME, NAMED, TABLE      the names of functions, of types and of the table
//
// An element's result does not depend on its place: what is left of a row after whole vectors goes through the same
// instructions in a vector filled up with zeros. Products and sums are fused where this says so and nowhere else.

#pragma clang fp contract(off)

#ifndef NNBLAS_VECTOR_H
#define NNBLAS_VECTOR_H

#define INLINE static inline __attribute__((always_inline))
#define FMA __builtin_elementwise_fma
// One scalar in all lanes; subtracting 0 changes none, not even -0.
#define EVERY(x) ((x) - (V){})

// Runs a body for `count` elements, vector after vector: j is the vector's first element, n how many it has, k alternates
// between 0 and 1 so that a sum can go in two, each waiting for half of the additions. All but j are constants, except in
// what is left at the end.
#define EACH_VECTOR(count, ...)                                                                                        \
  {                                                                                                                    \
    size_t j = 0;                                                                                                      \
    while ((count) - j >= 2 * LANES) {                                                                                 \
      {                                                                                                                \
        enum { n = LANES, k = 0 };                                                                                     \
        __VA_ARGS__                                                                                                    \
      }                                                                                                                \
      j += LANES;                                                                                                      \
      {                                                                                                                \
        enum { n = LANES, k = 1 };                                                                                     \
        __VA_ARGS__                                                                                                    \
      }                                                                                                                \
      j += LANES;                                                                                                      \
    }                                                                                                                  \
    if ((count) - j >= LANES) {                                                                                        \
      enum { n = LANES, k = 0 };                                                                                       \
      __VA_ARGS__                                                                                                      \
      j += LANES;                                                                                                      \
    }                                                                                                                  \
    if (j < (count)) {                                                                                                 \
      const size_t n = (count) - j;                                                                                    \
      __builtin_assume(n < LANES);                                                                                     \
      enum { k = 1 };                                                                                                  \
      __VA_ARGS__                                                                                                      \
    }                                                                                                                  \
  }

#endif

// MARK: Vectors

INLINE V NAME(load)(const T *p, size_t n) {
  if (n < LANES) return LOAD_PART(p, n);
  V v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void NAME(store)(T *p, V v, size_t n) {
  if (n < LANES) {
    STORE_PART(p, v, n);
  } else {
    memcpy(p, &v, sizeof v);
  }
}

INLINE V NAME(choose)(I where, V v, V otherwise) { return (V)((where & (I)v) | (~where & (I)otherwise)); }

INLINE V NAME(zero_unless)(I where, V v) { return (V)(where & (I)v); }

// All bits of the first n lanes.
INLINE I NAME(first)(size_t n) {
  I lanes;
  for (int i = 0; i < LANES; i++) lanes[i] = i;
  return lanes < (I){} + (int)n;
}

// The sum of two vectors' elements: halves on halves, always in this order.
INLINE double NAME(sum)(const W *x) {
  double part[LANES];
  for (int i = 0; i < LANES; i++) part[i] = x[0][i] + x[1][i];
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) part[i] += part[i + width];
  }
  return part[0];
}

#define WIDE(v) __builtin_convertvector(v, W)

// MARK: Activations

// From e = e^-|z|, which never overflows.
INLINE V NAME(sigmoid)(V z, V e) { return NAME(choose)(z < 0, e, EVERY(1)) / (1 + e); }

INLINE V NAME(function)(enum nnblas_activation f, V z) {
  switch (f) {
  case NNBLAS_IDENTITY: return z;
  case NNBLAS_SIGMOID: return NAME(sigmoid)(z, EXP(-__builtin_elementwise_abs(z)));
  case NNBLAS_RELU: return NAME(zero_unless)(~(z < 0), z);
  }
}

INLINE V NAME(times_derivative)(enum nnblas_activation f, V error, V a) {
  switch (f) {
  case NNBLAS_IDENTITY: return error;
  case NNBLAS_SIGMOID: return error * (a * (1 - a));
  case NNBLAS_RELU: return NAME(zero_unless)(a > 0, error);
  }
}

INLINE void NAME(activate_rows)(enum nnblas_activation f, T *z, size_t rows, size_t columns, size_t ld, const T *bias) {
  for (size_t i = 0; i < rows; i++, z += ld) {
    EACH_VECTOR(columns, {
      V x = NAME(load)(z + j, n);
      if (bias) x += NAME(load)(bias + j, n);
      NAME(store)(z + j, NAME(function)(f, x), n);
    })
  }
}

// The function and the bias are asked for here, outside the loops.
static void NAME(activate)(enum nnblas_activation f, T *z, size_t rows, size_t columns, size_t ld, const T *bias) {
  if (bias) {
    switch (f) {
    case NNBLAS_IDENTITY: NAME(activate_rows)(NNBLAS_IDENTITY, z, rows, columns, ld, bias); break;
    case NNBLAS_SIGMOID: NAME(activate_rows)(NNBLAS_SIGMOID, z, rows, columns, ld, bias); break;
    case NNBLAS_RELU: NAME(activate_rows)(NNBLAS_RELU, z, rows, columns, ld, bias); break;
    }
    return;
  }
  // Rows without gaps are one long row.
  if (ld == columns) columns *= rows, rows = 1;
  switch (f) {
  case NNBLAS_IDENTITY: break;
  case NNBLAS_SIGMOID: NAME(activate_rows)(NNBLAS_SIGMOID, z, rows, columns, ld, NULL); break;
  case NNBLAS_RELU: NAME(activate_rows)(NNBLAS_RELU, z, rows, columns, ld, NULL); break;
  }
}

INLINE void NAME(multiply_rows)(enum nnblas_activation f, T *error, const T *a, size_t rows, size_t columns,
                                size_t ld) {
  for (size_t i = 0; i < rows; i++, error += ld, a += ld) {
    EACH_VECTOR(columns, {
      V product = NAME(times_derivative)(f, NAME(load)(error + j, n), NAME(load)(a + j, n));
      NAME(store)(error + j, product, n);
    })
  }
}

static void NAME(multiply_by_derivative)(enum nnblas_activation f, T *error, const T *a, size_t rows, size_t columns,
                                         size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  switch (f) {
  case NNBLAS_IDENTITY: break;
  case NNBLAS_SIGMOID: NAME(multiply_rows)(NNBLAS_SIGMOID, error, a, rows, columns, ld); break;
  case NNBLAS_RELU: NAME(multiply_rows)(NNBLAS_RELU, error, a, rows, columns, ld); break;
  }
}

// MARK: Costs

INLINE double NAME(quadratic_rows)(enum nnblas_activation f, T *error, const T *a, const T *y, size_t rows,
                                   size_t columns, size_t ld) {
  W sum[2] = {};
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    EACH_VECTOR(columns, {
      V answer = NAME(load)(a + j, n);
      V difference = answer - NAME(load)(y + j, n);
      NAME(store)(error + j, NAME(times_derivative)(f, difference, answer), n);
      W wide = WIDE(difference);
      sum[k] = FMA(wide, wide, sum[k]);
    })
  }
  return NAME(sum)(sum) / 2;
}

static double NAME(quadratic)(enum nnblas_activation f, T *error, const T *a, const T *y, size_t rows, size_t columns,
                              size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  switch (f) {
  case NNBLAS_IDENTITY: return NAME(quadratic_rows)(NNBLAS_IDENTITY, error, a, y, rows, columns, ld);
  case NNBLAS_SIGMOID: return NAME(quadratic_rows)(NNBLAS_SIGMOID, error, a, y, rows, columns, ld);
  case NNBLAS_RELU: return NAME(quadratic_rows)(NNBLAS_RELU, error, a, y, rows, columns, ld);
  }
}

static double NAME(sigmoid_cross_entropy)(T *z, T *error, const T *y, size_t rows, size_t columns, size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  W sum[2] = {};
  for (size_t i = 0; i < rows; i++, z += ld, error += ld, y += ld) {
    EACH_VECTOR(columns, {
      V x = NAME(load)(z + j, n);
      V e = EXP(-__builtin_elementwise_abs(x));
      V softplus = LOG1P(e);
      V target = NAME(load)(y + j, n);
      V a = NAME(sigmoid)(x, e);
      NAME(store)(z + j, a, n);
      NAME(store)(error + j, a - target, n);
      V cost = FMA(-x, target, NAME(zero_unless)(~(x < 0), x)) + softplus;
      // Beyond the row's end, z = 0 would cost ln 2.
      if (n < LANES) cost = NAME(zero_unless)(NAME(first)(n), cost);
      sum[k] += WIDE(cost);
    })
  }
  return NAME(sum)(sum);
}

INLINE T NAME(largest)(const T *z, size_t columns) {
  V lowest = EVERY(-(T)INFINITY), largest[2] = {lowest, lowest};
  EACH_VECTOR(columns, {
    V x = NAME(load)(z + j, n);
    if (n < LANES) x = NAME(choose)(NAME(first)(n), x, lowest);
    largest[k] = NAME(choose)(x > largest[k], x, largest[k]);
  })
  T part[LANES];
  for (int i = 0; i < LANES; i++) part[i] = largest[0][i] > largest[1][i] ? largest[0][i] : largest[1][i];
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) part[i] = part[i] > part[i + width] ? part[i] : part[i + width];
  }
  return part[0];
}

static double NAME(softmax_cross_entropy)(T *error, const T *z, const T *y, size_t rows, size_t columns, size_t ld) {
  if (columns == 0) return 0;
  double cost = 0;
  // The logarithms of a vector's worth of rows are taken in one call.
  double weights[D_LANES], totals[D_LANES] = {};
  for (size_t i = 0; i < rows; i++, error += ld, z += ld, y += ld) {
    const T largest = NAME(largest)(z, columns);
    W total[2] = {}, weight[2] = {}, product[2] = {};
    EACH_VECTOR(columns, {
      V shifted = NAME(load)(z + j, n) - largest;
      V e = EXP(shifted);
      if (n < LANES) e = NAME(zero_unless)(NAME(first)(n), e);
      NAME(store)(error + j, e, n);
      total[k] += WIDE(e);
      V target = NAME(load)(y + j, n);
      weight[k] += WIDE(target);
      // 0 times an infinite distance is 0 here: what is not asked for costs nothing.
      product[k] = FMA(WIDE(NAME(zero_unless)(target != 0, shifted)), WIDE(target), product[k]);
    })
    const double row_total = NAME(sum)(total), row_weight = NAME(sum)(weight);
    const T scale = (T)(row_weight / row_total);
    EACH_VECTOR(columns, {
      NAME(store)(error + j, FMA(NAME(load)(error + j, n), EVERY(scale), -NAME(load)(y + j, n)), n);
    })
    cost -= NAME(sum)(product);
    const size_t lane = i % D_LANES;
    totals[lane] = row_total;
    weights[lane] = row_weight;
    if (lane == D_LANES - 1 || i == rows - 1) {
      D logarithms;
      memcpy(&logarithms, totals, sizeof logarithms);
      logarithms = D_LOG(logarithms);
      for (size_t row = 0; row <= lane; row++) cost += weights[row] * logarithms[row];
    }
  }
  return cost;
}

// MARK: Sums over rows

// The sums of one or two vectors of columns, of every fourth row in one of four: ((0 + 1) + (2 + 3)).
INLINE void NAME(sum_columns)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t ld, const int vectors,
                              size_t n) {
  V sum[4][2] = {};
  size_t i = 0;
  for (; rows - i >= 4; i += 4, x += 4 * ld) {
    for (size_t r = 0; r < 4; r++) {
      for (int v = 0; v < vectors; v++) sum[r][v] += NAME(load)(x + r * ld + v * LANES, n);
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < 3; r++) {
    if (i + r < rows) {
      for (int v = 0; v < vectors; v++) sum[r][v] += NAME(load)(x + r * ld + v * LANES, n);
    }
  }
  for (int v = 0; v < vectors; v++) {
    V all = (sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v]);
    V before = beta == 0 ? (V){} : beta * NAME(load)(sums + v * LANES, n);
    NAME(store)(sums + v * LANES, FMA(EVERY(alpha), all, before), n);
  }
}

static void NAME(column_sums)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t columns, size_t ld) {
  size_t j = 0;
  for (; columns - j >= 2 * LANES; j += 2 * LANES) NAME(sum_columns)(sums + j, alpha, beta, x + j, rows, ld, 2, LANES);
  if (columns - j >= LANES) {
    NAME(sum_columns)(sums + j, alpha, beta, x + j, rows, ld, 1, LANES);
    j += LANES;
  }
  if (j < columns) {
    const size_t n = columns - j;
    __builtin_assume(n < LANES);
    NAME(sum_columns)(sums + j, alpha, beta, x + j, rows, ld, 1, n);
  }
}

// MARK: Steps of optimizers

static void NAME(sgd)(T *w, const T *g, size_t count, T rate) {
  const V descent = EVERY(-rate);
  EACH_VECTOR(count, { NAME(store)(w + j, FMA(descent, NAME(load)(g + j, n), NAME(load)(w + j, n)), n); })
}

static void NAME(momentum)(T *w, T *v, const T *g, size_t count, T rate, T momentum) {
  const V descent = EVERY(-rate), kept = EVERY(momentum);
  EACH_VECTOR(count, {
    V velocity = FMA(kept, NAME(load)(v + j, n), NAME(load)(g + j, n));
    NAME(store)(v + j, velocity, n);
    NAME(store)(w + j, FMA(descent, velocity, NAME(load)(w + j, n)), n);
  })
}

static void NAME(adam)(T *w, T *m, T *v, const T *g, size_t count, const struct NAMED(nnblas_adam) *factors) {
  const V beta1 = EVERY(factors->beta1), beta2 = EVERY(factors->beta2), step = EVERY(factors->step);
  const V correction = EVERY(factors->correction), epsilon = EVERY(factors->epsilon);
  EACH_VECTOR(count, {
    V gradient = NAME(load)(g + j, n);
    V mean = FMA(beta1, NAME(load)(m + j, n), (1 - beta1) * gradient);
    V square = FMA(beta2, NAME(load)(v + j, n), (1 - beta2) * gradient * gradient);
    NAME(store)(m + j, mean, n);
    NAME(store)(v + j, square, n);
    V divisor = FMA(__builtin_elementwise_sqrt(square), correction, epsilon);
    NAME(store)(w + j, NAME(load)(w + j, n) - step * mean / divisor, n);
  })
}

// MARK: Bytes

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

const struct NAMED(nnblas_kernels) TABLE = {
    NAME(activate), NAME(multiply_by_derivative), NAME(quadratic), NAME(sigmoid_cross_entropy),
    NAME(softmax_cross_entropy), NAME(column_sums), NAME(sgd), NAME(momentum), NAME(adam), NAME(gather_bytes),
};
