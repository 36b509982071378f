// A part of vector.h: activations and their derivatives.

// From e = e^-|z|, which never overflows.
INLINE V NAME(sigmoid)(V z, V e) { return NAME(choose)(z < 0, e, EVERY(1)) / (1 + e); }

INLINE V NAME(function)(enum nnblas_activation f, T alpha, V z) {
  switch (f) {
  case NNBLAS_IDENTITY: return z;
  case NNBLAS_SIGMOID: return NAME(sigmoid)(z, EXP(-__builtin_elementwise_abs(z)));
  case NNBLAS_RELU: return NAME(zero_unless)(~(z < 0), z);
  case NNBLAS_TANH: return TANH(z);
  case NNBLAS_LEAKY_RELU: return NAME(choose)(z < 0, alpha * z, z);
  case NNBLAS_ELU: return NAME(choose)(z < 0, alpha * EXPM1(z), z);
  }
}

INLINE V NAME(times_derivative)(enum nnblas_activation f, T alpha, V error, V a) {
  switch (f) {
  case NNBLAS_IDENTITY: return error;
  case NNBLAS_SIGMOID: return error * (a * (1 - a));
  case NNBLAS_RELU: return NAME(zero_unless)(a > 0, error);
  case NNBLAS_TANH: return error * (1 - a * a);
  case NNBLAS_LEAKY_RELU: return NAME(choose)(a > 0, error, alpha * error);
  case NNBLAS_ELU: return NAME(choose)(a > 0, error, error * (a + alpha));
  }
}

// The function is asked for outside the loops: each gets its own.
#define FOR_FUNCTION(f, ...)                                                                                           \
  switch (f) {                                                                                                         \
  case NNBLAS_IDENTITY: FOR_ONE(NNBLAS_IDENTITY, __VA_ARGS__)                                                          \
  case NNBLAS_SIGMOID: FOR_ONE(NNBLAS_SIGMOID, __VA_ARGS__)                                                            \
  case NNBLAS_RELU: FOR_ONE(NNBLAS_RELU, __VA_ARGS__)                                                                  \
  case NNBLAS_TANH: FOR_ONE(NNBLAS_TANH, __VA_ARGS__)                                                                  \
  case NNBLAS_LEAKY_RELU: FOR_ONE(NNBLAS_LEAKY_RELU, __VA_ARGS__)                                                      \
  case NNBLAS_ELU: FOR_ONE(NNBLAS_ELU, __VA_ARGS__)                                                                    \
  }

INLINE void NAME(activate_rows)(enum nnblas_activation f, T alpha, T *z, size_t rows, size_t columns, size_t ld,
                                const T *bias) {
  for (size_t i = 0; i < rows; i++, z += ld) {
    EACH_VECTOR(columns, {
      V x = NAME(load)(z + j, n);
      if (bias) x += NAME(load)(bias + j, n);
      NAME(store)(z + j, NAME(function)(f, alpha, x), n);
    })
  }
}

static void NAME(activate)(enum nnblas_activation f, T alpha, T *z, size_t rows, size_t columns, size_t ld,
                           const T *bias) {
  const bool is_costly = f == NNBLAS_SIGMOID || f == NNBLAS_TANH || f == NNBLAS_ELU;
  if (bias && is_costly && ld == columns && columns < 2 * LANES) {
    // What fills no vector costs an exponential all the same: narrow rows get their biases first, and are one long row then.
    NAME(activate_rows)(NNBLAS_IDENTITY, 0, z, rows, columns, ld, bias);
    bias = NULL;
  }
  if (bias) {
#define FOR_ONE(one, ...) NAME(activate_rows)(one, __VA_ARGS__, bias); break;
    FOR_FUNCTION(f, alpha, z, rows, columns, ld)
#undef FOR_ONE
    return;
  }
  if (f == NNBLAS_IDENTITY) return;
  // Rows without gaps are one long row.
  if (ld == columns) columns *= rows, rows = 1;
#define FOR_ONE(one, ...) NAME(activate_rows)(one, __VA_ARGS__, NULL); break;
  FOR_FUNCTION(f, alpha, z, rows, columns, ld)
#undef FOR_ONE
}

// What fills up a vector beyond a row's end, an error of 0 times a derivative, is no magnitude.
INLINE struct NAMED(nnblas_magnitudes) NAME(multiply_rows)(enum nnblas_activation f, T alpha, T *error, const T *a,
                                                           size_t rows, size_t columns, size_t ld) {
  I errors[2] = {}, activations[2] = {};
  for (size_t i = 0; i < rows; i++, error += ld, a += ld) {
    EACH_VECTOR(columns, {
      V activation = NAME(load)(a + j, n);
      V product = NAME(times_derivative)(f, alpha, NAME(load)(error + j, n), activation);
      if (f != NNBLAS_IDENTITY) NAME(store)(error + j, product, n);
      errors[k] = __builtin_elementwise_max(errors[k], NAME(magnitudes)(product));
      activations[k] = __builtin_elementwise_max(activations[k], NAME(magnitudes)(activation));
    })
  }
  return (struct NAMED(nnblas_magnitudes)){NAME(largest_of)(errors), NAME(largest_of)(activations)};
}

static struct NAMED(nnblas_magnitudes) NAME(multiply_by_derivative)(enum nnblas_activation f, T alpha, T *error,
                                                                    const T *a, size_t rows, size_t columns,
                                                                    size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
#define FOR_ONE(one, ...) return NAME(multiply_rows)(one, __VA_ARGS__);
  FOR_FUNCTION(f, alpha, error, a, rows, columns, ld)
#undef FOR_ONE
}

// MARK: Activations whose derivative does not follow from the result

// As in portable-costs.h.
INLINE V NAME(sloped)(enum nnblas_sloped f, V z, V *slope) {
  switch (f) {
  case NNBLAS_GELU: {
    const V phi = ERFC(z * -(T)0.70710678118654752440) / 2;
    const V density = (T)0.39894228040143267794 * EXP(-z * z / 2);
    *slope = phi + NAME(zero_unless)(density != 0, z * density);
    return NAME(zero_unless)(phi != 0, z * phi);
  }
  case NNBLAS_SILU: {
    const V s = NAME(sigmoid)(z, EXP(-__builtin_elementwise_abs(z)));
    const V a = NAME(zero_unless)(s != 0, z * s);
    *slope = NAME(choose)(s == 1, s, s + a * (1 - s));
    return a;
  }
  case NNBLAS_SOFTPLUS: {
    const V e = EXP(-__builtin_elementwise_abs(z));
    *slope = NAME(sigmoid)(z, e);
    return NAME(zero_unless)(~(z < 0), z) + LOG1P(e);
  }
  }
}

INLINE void NAME(sloped_rows)(enum nnblas_sloped f, T *z, T *slope, size_t rows, size_t columns, size_t ld,
                              const T *bias) {
  for (size_t i = 0; i < rows; i++) {
    EACH_VECTOR(columns, {
      V x = NAME(load)(z + i * ld + j, n), derivative;
      if (bias) x += NAME(load)(bias + j, n);
      NAME(store)(z + i * ld + j, NAME(sloped)(f, x, &derivative), n);
      if (slope) NAME(store)(slope + i * ld + j, derivative, n);
    })
  }
}

static void NAME(activate_sloped)(enum nnblas_sloped f, T *z, T *slope, size_t rows, size_t columns, size_t ld,
                                  const T *bias) {
  if (!bias && ld == columns) columns *= rows, rows = 1;
  switch (f) {
  case NNBLAS_GELU: NAME(sloped_rows)(NNBLAS_GELU, z, slope, rows, columns, ld, bias); break;
  case NNBLAS_SILU: NAME(sloped_rows)(NNBLAS_SILU, z, slope, rows, columns, ld, bias); break;
  case NNBLAS_SOFTPLUS: NAME(sloped_rows)(NNBLAS_SOFTPLUS, z, slope, rows, columns, ld, bias); break;
  }
}
