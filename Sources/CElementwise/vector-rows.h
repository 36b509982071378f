// A part of vector.h: normalizations of rows. Sums over a row are made in double precision.

static void NAME(layer_norm)(T *y, T *normalized, T *inverse, const T *x, size_t ldx, const T *gamma, const T *beta,
                             T epsilon, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, x += ldx, y += ld) {
    const double mean = NAME(row_sum)(x, columns) / (double)columns;
    W squares[2] = {};
    EACH_VECTOR(columns, {
      W difference = WIDE(NAME(load)(x + j, n)) - mean;
      // Beyond the row's end there is no difference.
      if (n < LANES) difference = WIDE(NAME(zero_unless)(NAME(first)(n), EVERY(1))) * difference;
      squares[k] = FMA(difference, difference, squares[k]);
    })
    const double factor = 1 / __builtin_elementwise_sqrt(NAME(sum)(squares) / (double)columns + (double)epsilon);
    if (inverse) inverse[i] = (T)factor;
    EACH_VECTOR(columns, {
      V normal = __builtin_convertvector((WIDE(NAME(load)(x + j, n)) - mean) * factor, V);
      if (normalized) NAME(store)(normalized + i * ld + j, normal, n);
      NAME(store)(y + j, NAME(load)(gamma + j, n) * normal + NAME(load)(beta + j, n), n);
    })
  }
}

static void NAME(layer_norm_errors)(T *dx, size_t lddx, const T *dy, const T *normalized, const T *inverse,
                                    const T *gamma, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, dx += lddx, dy += ld, normalized += ld) {
    W sum[2] = {}, product[2] = {};
    EACH_VECTOR(columns, {
      V g = NAME(load)(dy + j, n) * NAME(load)(gamma + j, n);
      sum[k] += WIDE(g);
      product[k] = FMA(WIDE(g), WIDE(NAME(load)(normalized + j, n)), product[k]);
    })
    const T mean = (T)(NAME(sum)(sum) / (double)columns), slope = (T)(NAME(sum)(product) / (double)columns);
    EACH_VECTOR(columns, {
      V g = NAME(load)(dy + j, n) * NAME(load)(gamma + j, n);
      NAME(store)(dx + j, inverse[i] * (g - mean - NAME(load)(normalized + j, n) * slope), n);
    })
  }
}
