// A part of vector.h: costs and their errors.

INLINE double NAME(quadratic_rows)(enum nnblas_activation f, T alpha, T scale, T *error, const T *a, const T *y,
                                   size_t rows, size_t columns, size_t ld) {
  W sum[2] = {};
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    EACH_VECTOR(columns, {
      V answer = NAME(load)(a + j, n);
      V difference = answer - NAME(load)(y + j, n);
      NAME(store)(error + j, NAME(times_derivative)(f, alpha, scale * difference, answer), n);
      W wide = WIDE(difference);
      sum[k] = FMA(wide, wide, sum[k]);
    })
  }
  return scale * NAME(sum)(sum) / 2;
}

static double NAME(quadratic)(enum nnblas_activation f, T alpha, T scale, T *error, const T *a, const T *y, size_t rows,
                              size_t columns, size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
#define FOR_ONE(one, ...) return NAME(quadratic_rows)(one, __VA_ARGS__);
  FOR_FUNCTION(f, alpha, scale, error, a, y, rows, columns, ld)
#undef FOR_ONE
}

static double NAME(absolute)(T scale, T *error, const T *a, const T *y, size_t rows, size_t columns, size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  W sum[2] = {};
  const V up = EVERY(scale);
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    EACH_VECTOR(columns, {
      V difference = NAME(load)(a + j, n) - NAME(load)(y + j, n);
      // What is no number stays so.
      V sign = NAME(choose)(difference > 0, up, NAME(choose)(difference < 0, -up, difference));
      NAME(store)(error + j, sign, n);
      sum[k] += WIDE(__builtin_elementwise_abs(difference));
    })
  }
  return scale * NAME(sum)(sum);
}

static double NAME(huber)(T threshold, T scale, T *error, const T *a, const T *y, size_t rows, size_t columns,
                          size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  W sum[2] = {};
  const V most = EVERY(threshold);
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    EACH_VECTOR(columns, {
      V difference = NAME(load)(a + j, n) - NAME(load)(y + j, n);
      V near = NAME(choose)(difference > most, most, NAME(choose)(difference < -most, -most, difference));
      NAME(store)(error + j, scale * near, n);
      // Half of near^2 within, and threshold |d| - threshold^2 / 2 beyond.
      W wide = WIDE(near);
      sum[k] = FMA(wide, WIDE(difference) - wide / 2, sum[k]);
    })
  }
  return scale * NAME(sum)(sum);
}

static double NAME(sigmoid_cross_entropy)(T *z, bool stores, T *error, const T *y, size_t rows, size_t columns,
                                          size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  W sum[2] = {};
  for (size_t i = 0; i < rows; i++, z += ld, error += ld, y += ld) {
    EACH_VECTOR(columns, {
      V x = NAME(load)(z + j, n);
      V e = EXP(-__builtin_elementwise_abs(x));
      V softplus = LOG1P(e);
      V target = NAME(load)(y + j, n);
      V a = NAME(sigmoid)(x, e);
      if (stores) NAME(store)(z + j, a, n);
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

// e^(z - largest) of a row in its place; returns the sum, which is 1 at least.
INLINE double NAME(exponentials)(T *e, const T *z, T largest, size_t columns) {
  W total[2] = {};
  EACH_VECTOR(columns, {
    V exponential = EXP(NAME(load)(z + j, n) - largest);
    if (n < LANES) exponential = NAME(zero_unless)(NAME(first)(n), exponential);
    NAME(store)(e + j, exponential, n);
    total[k] += WIDE(exponential);
  })
  return NAME(sum)(total);
}

static void NAME(softmax)(T *z, size_t rows, size_t columns, size_t ld, const T *bias) {
  if (bias) NAME(activate_rows)(NNBLAS_IDENTITY, 0, z, rows, columns, ld, bias);
  if (columns == 0) return;
  for (size_t i = 0; i < rows; i++, z += ld) {
    const T scale = (T)(1 / NAME(exponentials)(z, z, NAME(largest)(z, columns), columns));
    EACH_VECTOR(columns, { NAME(store)(z + j, scale * NAME(load)(z + j, n), n); })
  }
}

static void NAME(multiply_by_softmax_derivative)(T *error, const T *p, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, error += ld, p += ld) {
    W product[2] = {};
    EACH_VECTOR(columns, {
      product[k] = FMA(WIDE(NAME(load)(error + j, n)), WIDE(NAME(load)(p + j, n)), product[k]);
    })
    const T sum = (T)NAME(sum)(product);
    EACH_VECTOR(columns, { NAME(store)(error + j, NAME(load)(p + j, n) * (NAME(load)(error + j, n) - sum), n); })
  }
}

// The sum of a row.
INLINE double NAME(row_sum)(const T *x, size_t columns) {
  W sum[2] = {};
  EACH_VECTOR(columns, { sum[k] += WIDE(NAME(load)(x + j, n)); })
  return NAME(sum)(sum);
}

static double NAME(softmax_cross_entropy)(T *error, const T *z, const T *y, T keep, T floor, size_t rows,
                                          size_t columns, size_t ld) {
  if (columns == 0) return 0;
  double cost = 0;
  W product[2] = {};
  // The logarithms of a vector's worth of rows are taken in one call.
  double weights[D_LANES], totals[D_LANES] = {};
  for (size_t i = 0; i < rows; i++, error += ld, z += ld, y += ld) {
    const T largest = NAME(largest)(z, columns);
    const V least = EVERY(floor == 0 ? 0 : floor * (T)NAME(row_sum)(y, columns));
    W total[2] = {}, weight[2] = {};
    EACH_VECTOR(columns, {
      V shifted = NAME(load)(z + j, n) - largest;
      V e = EXP(shifted);
      V target = keep * NAME(load)(y + j, n) + least;
      if (n < LANES) {
        e = NAME(zero_unless)(NAME(first)(n), e);
        target = NAME(zero_unless)(NAME(first)(n), target);
      }
      NAME(store)(error + j, e, n);
      total[k] += WIDE(e);
      weight[k] += WIDE(target);
      // 0 times an infinite distance is 0 here: what is not asked for costs nothing.
      product[k] = FMA(WIDE(NAME(zero_unless)(target != 0, shifted)), WIDE(target), product[k]);
    })
    const double row_total = NAME(sum)(total), row_weight = NAME(sum)(weight);
    const T scale = (T)(row_weight / row_total);
    EACH_VECTOR(columns, {
      V target = keep * NAME(load)(y + j, n) + least;
      NAME(store)(error + j, FMA(NAME(load)(error + j, n), EVERY(scale), -target), n);
    })
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
  return cost - NAME(sum)(product);
}
