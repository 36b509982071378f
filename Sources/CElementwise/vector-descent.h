// A part of vector.h: sums over rows, and the steps of optimizers.

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

static double NAME(sum_of_squares)(const T *x, size_t count) {
  W sum[2] = {};
  EACH_VECTOR(count, {
    W wide = WIDE(NAME(load)(x + j, n));
    sum[k] = FMA(wide, wide, sum[k]);
  })
  return NAME(sum)(sum);
}

// MARK: Steps of optimizers

static void NAME(sgd)(T *w, const T *g, size_t count, T rate) {
  const V descent = EVERY(-rate);
  EACH_VECTOR(count, { NAME(store)(w + j, FMA(descent, NAME(load)(g + j, n), NAME(load)(w + j, n)), n); })
}

INLINE void NAME(momentum_steps)(T *w, T *v, const T *g, size_t count, T rate, T momentum, const bool looks_ahead) {
  const V descent = EVERY(-rate), kept = EVERY(momentum);
  EACH_VECTOR(count, {
    V gradient = NAME(load)(g + j, n);
    V velocity = FMA(kept, NAME(load)(v + j, n), gradient);
    NAME(store)(v + j, velocity, n);
    V step = looks_ahead ? FMA(kept, velocity, gradient) : velocity;
    NAME(store)(w + j, FMA(descent, step, NAME(load)(w + j, n)), n);
  })
}

static void NAME(momentum)(T *w, T *v, const T *g, size_t count, T rate, T momentum, bool looks_ahead) {
  if (looks_ahead) {
    NAME(momentum_steps)(w, v, g, count, rate, momentum, true);
  } else {
    NAME(momentum_steps)(w, v, g, count, rate, momentum, false);
  }
}

static void NAME(adam)(T *w, T *m, T *v, const T *g, size_t count, const struct NAMED(nnblas_adam) *factors) {
  const V beta1 = EVERY(factors->beta1), beta2 = EVERY(factors->beta2), step = EVERY(factors->step);
  const V rest1 = EVERY(factors->rest1), rest2 = EVERY(factors->rest2);
  const V correction = EVERY(factors->correction), epsilon = EVERY(factors->epsilon), decay = EVERY(factors->decay);
  EACH_VECTOR(count, {
    V gradient = NAME(load)(g + j, n);
    V mean = FMA(beta1, NAME(load)(m + j, n), rest1 * gradient);
    V square = FMA(beta2, NAME(load)(v + j, n), rest2 * gradient * gradient);
    NAME(store)(m + j, mean, n);
    NAME(store)(v + j, square, n);
    V divisor = FMA(__builtin_elementwise_sqrt(square), correction, epsilon);
    NAME(store)(w + j, decay * NAME(load)(w + j, n) - step * mean / divisor, n);
  })
}
