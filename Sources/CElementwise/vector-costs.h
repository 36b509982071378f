// A part of vector.h: costs and their errors.

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
  W product[2] = {};
  // The logarithms of a vector's worth of rows are taken in one call.
  double weights[D_LANES], totals[D_LANES] = {};
  for (size_t i = 0; i < rows; i++, error += ld, z += ld, y += ld) {
    const T largest = NAME(largest)(z, columns);
    W total[2] = {}, weight[2] = {};
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
