// The kernels as plain loops, for one scalar: T, and NAME(x) and MATH(f) to name functions for it.

static inline T NAME(sigmoid)(T z) { return 1 / (1 + MATH(exp)(-z)); }

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

static inline T NAME(derivative)(enum nnblas_activation f, T a) {
  switch (f) {
  case NNBLAS_IDENTITY: return 1;
  case NNBLAS_SIGMOID: return a * (1 - a);
  case NNBLAS_RELU: return a > 0 ? 1 : 0;
  }
}

static void NAME(multiply_by_derivative)(enum nnblas_activation f, T *error, const T *a, size_t rows, size_t columns,
                                         size_t ld) {
  if (f == NNBLAS_IDENTITY) return;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld) {
    if (f == NNBLAS_SIGMOID) {
      for (size_t j = 0; j < columns; j++) error[j] *= a[j] * (1 - a[j]);
    } else {
      for (size_t j = 0; j < columns; j++) error[j] = a[j] > 0 ? error[j] : 0;
    }
  }
}

static double NAME(quadratic)(enum nnblas_activation f, T *error, const T *a, const T *y, size_t rows, size_t columns,
                              size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T difference = a[j] - y[j];
      sum += (double)difference * difference;
      error[j] = difference * NAME(derivative)(f, a[j]);
    }
  }
  return sum / 2;
}

static double NAME(sigmoid_cross_entropy)(T *z, T *error, const T *y, size_t rows, size_t columns, size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, z += ld, error += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T small = MATH(exp)(-__builtin_elementwise_abs(z[j]));
      sum += (z[j] < 0 ? 0 : z[j]) - z[j] * y[j] + MATH(log1p)(small);
      z[j] = NAME(sigmoid)(z[j]);
      error[j] = z[j] - y[j];
    }
  }
  return sum;
}

static double NAME(softmax_cross_entropy)(T *error, const T *z, const T *y, size_t rows, size_t columns, size_t ld) {
  double cost = 0;
  for (size_t i = 0; i < rows; i++, error += ld, z += ld, y += ld) {
    T largest = z[0];
    for (size_t j = 1; j < columns; j++) largest = z[j] > largest ? z[j] : largest;
    T total = 0, weight = 0;
    double product = 0;
    for (size_t j = 0; j < columns; j++) {
      T shifted = z[j] - largest;
      error[j] = MATH(exp)(shifted);
      total += error[j];
      weight += y[j];
      // 0 times an infinite distance is 0 here: what is not asked for costs nothing.
      product += y[j] == 0 ? 0 : (double)shifted * y[j];
    }
    for (size_t j = 0; j < columns; j++) error[j] = error[j] * (weight / total) - y[j];
    cost += (double)weight * MATH(log)(total) - product;
  }
  return cost;
}

static void NAME(column_sums)(T *sums, T alpha, T beta, const T *x, size_t rows, size_t columns, size_t ld) {
  for (size_t j = 0; j < columns; j++) {
    T sum = 0;
    for (size_t i = 0; i < rows; i++) sum += x[i * ld + j];
    sums[j] = (beta == 0 ? 0 : beta * sums[j]) + alpha * sum;
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
    m[i] = factors->beta1 * m[i] + (1 - factors->beta1) * g[i];
    v[i] = factors->beta2 * v[i] + (1 - factors->beta2) * g[i] * g[i];
    w[i] -= factors->step * m[i] / (__builtin_elementwise_sqrt(v[i]) * factors->correction + factors->epsilon);
  }
}

static void NAME(gather_bytes)(T *target, const uint8_t *source, size_t width, const int32_t *indices, size_t count) {
  for (size_t i = 0; i < count; i++, target += width) {
    const uint8_t *row = source + (size_t)indices[i] * width;
    for (size_t j = 0; j < width; j++) target[j] = (T)row[j] / 255;
  }
}

static const struct NAMED(nnblas_kernels) NAME(kernels) = {
    NAME(activate), NAME(multiply_by_derivative), NAME(quadratic), NAME(sigmoid_cross_entropy),
    NAME(softmax_cross_entropy), NAME(column_sums), NAME(sgd), NAME(momentum), NAME(adam), NAME(gather_bytes),
};
