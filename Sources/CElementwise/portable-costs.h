// A part of portable.h: activations with slopes, and costs.

// z Phi(z), Phi the distribution function of N(0, 1).
static inline T NAME(gelu)(T z, T *slope) {
  // By the complement, which keeps its digits where it is small.
  const T phi = ERFC(z * -(T)0.70710678118654752440) / 2;
  const T density = (T)0.39894228040143267794 * MATH(exp)(-z * z / 2);
  // An infinite z times 0 is no number.
  *slope = phi + (density == 0 ? 0 : z * density);
  return phi == 0 ? 0 : z * phi;
}

static inline T NAME(sloped)(enum nnblas_sloped f, T z, T *slope) {
  switch (f) {
  case NNBLAS_GELU: return NAME(gelu)(z, slope);
  case NNBLAS_SILU: {
    const T s = NAME(sigmoid)(z);
    const T a = s == 0 ? 0 : z * s;
    *slope = s == 1 ? s : s + a * (1 - s);
    return a;
  }
  case NNBLAS_SOFTPLUS: {
    const T e = MATH(exp)(-__builtin_elementwise_abs(z));
    *slope = NAME(sigmoid_from)(z, e);
    return (z < 0 ? 0 : z) + MATH(log1p)(e);
  }
  }
}

static void NAME(activate_sloped)(enum nnblas_sloped f, T *z, T *slope, size_t rows, size_t columns, size_t ld,
                                  const T *bias) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      T derivative;
      z[i * ld + j] = NAME(sloped)(f, z[i * ld + j] + (bias ? bias[j] : 0), &derivative);
      if (slope) slope[i * ld + j] = derivative;
    }
  }
}

static void NAME(softmax)(T *z, size_t rows, size_t columns, size_t ld, const T *bias) {
  for (size_t i = 0; i < rows; i++, z += ld) {
    if (bias) {
      for (size_t j = 0; j < columns; j++) z[j] += bias[j];
    }
    T largest = -(T)INFINITY;
    for (size_t j = 0; j < columns; j++) largest = z[j] > largest ? z[j] : largest;
    double total = 0;
    for (size_t j = 0; j < columns; j++) {
      z[j] = MATH(exp)(z[j] - largest);
      total += z[j];
    }
    const T scale = (T)(1 / total);
    for (size_t j = 0; j < columns; j++) z[j] *= scale;
  }
}

static void NAME(multiply_by_softmax_derivative)(T *error, const T *p, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, error += ld, p += ld) {
    double sum = 0;
    for (size_t j = 0; j < columns; j++) sum += (double)error[j] * p[j];
    for (size_t j = 0; j < columns; j++) error[j] = p[j] * (error[j] - (T)sum);
  }
}

static double NAME(quadratic)(enum nnblas_activation f, T alpha, T scale, T *error, const T *a, const T *y, size_t rows,
                              size_t columns, size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T difference = a[j] - y[j];
      sum += (double)difference * difference;
      error[j] = NAME(times_derivative)(f, alpha, scale * difference, a[j]);
    }
  }
  return scale * sum / 2;
}

static double NAME(absolute)(T scale, T *error, const T *a, const T *y, size_t rows, size_t columns, size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T difference = a[j] - y[j];
      sum += __builtin_elementwise_abs(difference);
      // What is no number stays so.
      error[j] = difference > 0 ? scale : difference < 0 ? -scale : difference;
    }
  }
  return scale * sum;
}

static double NAME(huber)(T threshold, T scale, T *error, const T *a, const T *y, size_t rows, size_t columns,
                          size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, error += ld, a += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T difference = a[j] - y[j];
      T near = difference > threshold ? threshold : difference < -threshold ? -threshold : difference;
      // Half of near^2 within, and threshold |d| - threshold^2 / 2 beyond.
      sum += (double)near * ((double)difference - (double)near / 2);
      error[j] = scale * near;
    }
  }
  return scale * sum;
}

static double NAME(sigmoid_cross_entropy)(T *z, bool stores, T *error, const T *y, size_t rows, size_t columns,
                                          size_t ld) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++, z += ld, error += ld, y += ld) {
    for (size_t j = 0; j < columns; j++) {
      T e = MATH(exp)(-__builtin_elementwise_abs(z[j]));
      sum += (z[j] < 0 ? 0 : z[j]) - z[j] * y[j] + MATH(log1p)(e);
      T a = NAME(sigmoid_from)(z[j], e);
      if (stores) z[j] = a;
      error[j] = a - y[j];
    }
  }
  return sum;
}

static double NAME(softmax_cross_entropy)(T *error, const T *z, const T *y, T keep, T floor, size_t rows,
                                          size_t columns, size_t ld) {
  if (columns == 0) return 0;
  double cost = 0;
  for (size_t i = 0; i < rows; i++, error += ld, z += ld, y += ld) {
    T largest = z[0], least = 0;
    for (size_t j = 1; j < columns; j++) largest = z[j] > largest ? z[j] : largest;
    if (floor != 0) {
      double sum = 0;
      for (size_t j = 0; j < columns; j++) sum += y[j];
      least = floor * (T)sum;
    }
    double total = 0, weight = 0, product = 0;
    for (size_t j = 0; j < columns; j++) {
      T shifted = z[j] - largest, target = keep * y[j] + least;
      error[j] = MATH(exp)(shifted);
      total += error[j];
      weight += target;
      // 0 times an infinite distance is 0 here: what is not asked for costs nothing.
      product += target == 0 ? 0 : (double)shifted * target;
    }
    T scale = (T)(weight / total);
    for (size_t j = 0; j < columns; j++) error[j] = error[j] * scale - (keep * y[j] + least);
    cost += weight * Sleef_log_u10(total) - product;
  }
  return cost;
}
