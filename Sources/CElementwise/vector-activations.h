// A part of vector.h: activations and their derivatives.

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
  if (bias && f == NNBLAS_SIGMOID && ld == columns && columns < 2 * LANES) {
    // What fills no vector costs an exponential all the same: narrow rows get their biases first, and are one long row then.
    NAME(activate_rows)(NNBLAS_IDENTITY, z, rows, columns, ld, bias);
    bias = NULL;
  }
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
