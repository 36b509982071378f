// The kernels as plain loops, for one scalar T: NAME(x) and MATH(f) name functions for it, TABLE is their table.

#pragma clang fp contract(off)

// From e = e^-|z|, which never overflows.
static inline T NAME(sigmoid_from)(T z, T e) { return (z < 0 ? e : 1) / (1 + e); }
static inline T NAME(sigmoid)(T z) { return NAME(sigmoid_from)(z, MATH(exp)(-__builtin_elementwise_abs(z))); }

static void NAME(activate)(enum nnblas_activation f, T *z, size_t rows, size_t columns, size_t ld, const T *bias) {
  for (size_t i = 0; i < rows; i++, z += ld) {
    if (bias) {
      for (size_t j = 0; j < columns; j++) z[j] += bias[j];
    }
    switch (f) {
    case NNBLAS_IDENTITY: break;
    case NNBLAS_SIGMOID:
      for (size_t j = 0; j < columns; j++) z[j] = NAME(sigmoid)(z[j]);
      break;
    case NNBLAS_RELU:
      // NaN stays NaN.
      for (size_t j = 0; j < columns; j++) z[j] = z[j] < 0 ? 0 : z[j];
      break;
    }
  }
}

static inline T NAME(times_derivative)(enum nnblas_activation f, T error, T a) {
  switch (f) {
  case NNBLAS_IDENTITY: return error;
  case NNBLAS_SIGMOID: return error * (a * (1 - a));
  case NNBLAS_RELU: return a > 0 ? error : 0;
  }
}

static void NAME(multiply_by_derivative)(enum nnblas_activation f, T *error, const T *a, size_t rows, size_t columns,
                                         size_t ld) {
  if (f == NNBLAS_IDENTITY) return;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld) {
    for (size_t j = 0; j < columns; j++) error[j] = NAME(times_derivative)(f, error[j], a[j]);
  }
}

static double NAME(quadratic)(enum nnblas_activation f, T *error, const T *a, const T *y, size_t rows, size_t columns,
                              size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T difference = a[j] - y[j];
      sum += (double)difference * difference;
      error[j] = NAME(times_derivative)(f, difference, a[j]);
    }
  }
  return sum / 2;
}

static double NAME(sigmoid_cross_entropy)(T *z, T *error, const T *y, size_t rows, size_t columns, size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, z += ld, error += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T e = MATH(exp)(-__builtin_elementwise_abs(z[j]));
      sum += (z[j] < 0 ? 0 : z[j]) - z[j] * y[j] + MATH(log1p)(e);
      z[j] = NAME(sigmoid_from)(z[j], e);
      error[j] = z[j] - y[j];
    }
  }
  return sum;
}

static double NAME(softmax_cross_entropy)(T *error, const T *z, const T *y, size_t rows, size_t columns, size_t ld) {
  if (columns == 0) return 0;
  double cost = 0;
  for (size_t i = 0; i < rows; i++, error += ld, z += ld, y += ld) {
    T largest = z[0];
    for (size_t j = 1; j < columns; j++) largest = z[j] > largest ? z[j] : largest;
    double total = 0, weight = 0, product = 0;
    for (size_t j = 0; j < columns; j++) {
      T shifted = z[j] - largest;
      error[j] = MATH(exp)(shifted);
      total += error[j];
      weight += y[j];
      // 0 times an infinite distance is 0 here: what is not asked for costs nothing.
      product += y[j] == 0 ? 0 : (double)shifted * y[j];
    }
    T scale = (T)(weight / total);
    for (size_t j = 0; j < columns; j++) error[j] = error[j] * scale - y[j];
    cost += weight * Sleef_log_u10(total) - product;
  }
  return cost;
}

static void NAME(column_sums)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t columns, size_t ld) {
  // As many columns at a time as a few lines of cache hold, so that rows are read in order.
  enum { most = 32 };
  for (size_t start = 0; start < columns; start += most) {
    const size_t width = columns - start < most ? columns - start : most;
    T sum[most] = {0};
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < width; j++) sum[j] += x[i * ld + start + j];
    }
    for (size_t j = 0; j < width; j++) {
      sums[start + j] = (beta == 0 ? 0 : beta * sums[start + j]) + alpha * sum[j];
    }
  }
}

static void NAME(outer_products)(T *w, size_t rows, size_t columns, const T *d, size_t ldd, const T *x, size_t ldx,
                                 size_t count) {
  for (size_t i = 0; i < rows; i++, w += columns) {
    for (size_t s = 0; s < count; s++) {
      for (size_t j = 0; j < columns; j++) w[j] += d[s * ldd + i] * x[s * ldx + j];
    }
  }
}

static void NAME(sgd)(T *w, const T *g, size_t count, T rate) {
  for (size_t i = 0; i < count; i++) w[i] -= rate * g[i];
}

static void NAME(momentum)(T *w, T *v, const T *g, size_t count, T rate, T momentum) {
  for (size_t i = 0; i < count; i++) {
    v[i] = momentum * v[i] + g[i];
    w[i] -= rate * v[i];
  }
}

static void NAME(adam)(T *w, T *m, T *v, const T *g, size_t count, const struct NAMED(nnblas_adam) *factors) {
  for (size_t i = 0; i < count; i++) {
    m[i] = factors->beta1 * m[i] + factors->rest1 * g[i];
    v[i] = factors->beta2 * v[i] + factors->rest2 * g[i] * g[i];
    w[i] -= factors->step * m[i] / (__builtin_elementwise_sqrt(v[i]) * factors->correction + factors->epsilon);
  }
}

static void NAME(gather_bytes)(T *target, const uint8_t *source, size_t width, const int32_t *indices, size_t count) {
  for (size_t i = 0; i < count; i++, target += width) {
    const uint8_t *row = source + (size_t)indices[i] * width;
    for (size_t j = 0; j < width; j++) target[j] = (T)row[j] / 255;
  }
}

const struct NAMED(nnblas_kernels) TABLE = {
    NAME(activate), NAME(multiply_by_derivative), NAME(quadratic), NAME(sigmoid_cross_entropy),
    NAME(softmax_cross_entropy), NAME(column_sums), NAME(outer_products), NAME(sgd), NAME(momentum), NAME(adam),
    NAME(gather_bytes),
};
