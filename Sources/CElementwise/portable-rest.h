// A part of portable.h: steps of optimizers and normalizations of rows, as vector-descent.h and vector-rows.h have them in vectors.

static double NAME(sum_of_squares)(const T *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}

static void NAME(sgd)(T *w, const T *g, size_t count, T rate) {
  for (size_t i = 0; i < count; i++) w[i] -= rate * g[i];
}

static void NAME(momentum)(T *w, T *v, const T *g, size_t count, T rate, T momentum, bool looks_ahead) {
  for (size_t i = 0; i < count; i++) {
    v[i] = momentum * v[i] + g[i];
    w[i] -= rate * (looks_ahead ? momentum * v[i] + g[i] : v[i]);
  }
}

static void NAME(adam)(T *w, T *m, T *v, const T *g, size_t count, const struct NAMED(nnblas_adam) *factors) {
  for (size_t i = 0; i < count; i++) {
    m[i] = factors->beta1 * m[i] + factors->rest1 * g[i];
    v[i] = factors->beta2 * v[i] + factors->rest2 * g[i] * g[i];
    w[i] = factors->decay * w[i]
           - factors->step * m[i] / (__builtin_elementwise_sqrt(v[i]) * factors->correction + factors->epsilon);
  }
}

static void NAME(layer_norm)(T *y, T *n, T *inverse, const T *x, size_t ldx, const T *gamma, const T *beta, T epsilon,
                             size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, x += ldx, y += ld) {
    double sum = 0, squares = 0;
    for (size_t j = 0; j < columns; j++) sum += x[j];
    const double mean = sum / columns;
    for (size_t j = 0; j < columns; j++) squares += (x[j] - mean) * (x[j] - mean);
    const double factor = 1 / __builtin_elementwise_sqrt(squares / columns + (double)epsilon);
    if (inverse) inverse[i] = (T)factor;
    for (size_t j = 0; j < columns; j++) {
      const T normal = (T)((x[j] - mean) * factor);
      if (n) n[i * ld + j] = normal;
      y[j] = gamma[j] * normal + beta[j];
    }
  }
}

static void NAME(layer_norm_errors)(T *dx, size_t lddx, const T *dy, const T *n, const T *inverse, const T *gamma,
                                    size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, dx += lddx, dy += ld, n += ld) {
    double sum = 0, product = 0;
    for (size_t j = 0; j < columns; j++) {
      const T g = dy[j] * gamma[j];
      sum += g;
      product += (double)g * n[j];
    }
    const T mean = (T)(sum / columns), slope = (T)(product / columns);
    for (size_t j = 0; j < columns; j++) dx[j] = inverse[i] * (dy[j] * gamma[j] - mean - n[j] * slope);
  }
}
