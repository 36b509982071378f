// Kernels of which compilers make good vectors by themselves, and the same bits on every level: products and sums of elements in the
// same place, and sums over rows. A part of portable.h and of vector.h.

// As many columns at a time as registers hold sums of.
#define SOME_COLUMNS 32

static void NAME(multiply)(T *restrict error, const T *restrict factors, size_t rows, size_t columns, size_t ld) {
  if (ld == columns) columns *= rows, rows = 1;
  for (size_t i = 0; i < rows; i++, error += ld, factors += ld) {
    for (size_t j = 0; j < columns; j++) error[j] *= factors[j];
  }
}

static void NAME(scale_rows)(T *restrict x, const T *restrict factors, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, x += ld) {
    for (size_t j = 0; j < columns; j++) x[j] *= factors[i];
  }
}

static void NAME(scale)(T *x, size_t count, T factor) {
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

static void NAME(column_dots)(T *restrict sums, T alpha, T beta, const T *restrict x, const T *restrict y, size_t rows,
                              size_t columns, size_t ld) {
  for (size_t start = 0; start < columns; start += SOME_COLUMNS) {
    const size_t width = columns - start < SOME_COLUMNS ? columns - start : SOME_COLUMNS;
    T sum[SOME_COLUMNS] = {0};
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < width; j++) sum[j] += x[i * ld + start + j] * y[i * ld + start + j];
    }
    for (size_t j = 0; j < width; j++) {
      sums[start + j] = (beta == 0 ? 0 : beta * sums[start + j]) + alpha * sum[j];
    }
  }
}

// MARK: Steps of optimizers

static void NAME(rms_prop)(T *restrict w, T *restrict v, const T *restrict g, size_t count, T rate, T decay, T rest,
                           T epsilon) {
  for (size_t i = 0; i < count; i++) {
    v[i] = decay * v[i] + rest * g[i] * g[i];
    w[i] -= rate * g[i] / (__builtin_elementwise_sqrt(v[i]) + epsilon);
  }
}

static void NAME(regularize)(T *restrict g, const T *restrict w, size_t count, T scale, T limit, T l2, T l1) {
  for (size_t i = 0; i < count; i++) {
    T gradient = scale * g[i];
    gradient = gradient > limit ? limit : gradient < -limit ? -limit : gradient;
    gradient += l2 * w[i];
    g[i] = w[i] > 0 ? gradient + l1 : w[i] < 0 ? gradient - l1 : gradient;
  }
}

static void NAME(average)(T *restrict average, const T *restrict w, size_t count, T rate) {
  for (size_t i = 0; i < count; i++) average[i] += rate * (w[i] - average[i]);
}

// MARK: Normalizations

static void NAME(column_moments)(T *restrict mean, T *restrict variance, const T *restrict x, size_t rows,
                                 size_t columns, size_t ld) {
  for (size_t start = 0; start < columns; start += SOME_COLUMNS) {
    const size_t width = columns - start < SOME_COLUMNS ? columns - start : SOME_COLUMNS;
    double sum[SOME_COLUMNS] = {0}, squares[SOME_COLUMNS] = {0};
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < width; j++) sum[j] += x[i * ld + start + j];
    }
    for (size_t j = 0; j < width; j++) sum[j] /= (double)rows;
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < width; j++) {
        const double difference = x[i * ld + start + j] - sum[j];
        squares[j] += difference * difference;
      }
    }
    for (size_t j = 0; j < width; j++) {
      mean[start + j] = (T)sum[j];
      variance[start + j] = (T)(squares[j] / (double)rows);
    }
  }
}

static void NAME(normalize_columns)(T *restrict y, T *restrict n, const T *restrict x, size_t ldx,
                                    const T *restrict mean, const T *restrict inverse, const T *restrict gamma,
                                    const T *restrict beta, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, x += ldx, y += ld) {
    if (n) {
      T *restrict kept = n + i * ld;
      for (size_t j = 0; j < columns; j++) {
        kept[j] = (x[j] - mean[j]) * inverse[j];
        y[j] = gamma[j] * kept[j] + beta[j];
      }
    } else {
      for (size_t j = 0; j < columns; j++) y[j] = gamma[j] * ((x[j] - mean[j]) * inverse[j]) + beta[j];
    }
  }
}

static void NAME(batch_norm_errors)(T *restrict dx, size_t lddx, const T *restrict dy, const T *restrict n,
                                    const T *restrict scale, const T *restrict mean_error,
                                    const T *restrict mean_product, size_t rows, size_t columns, size_t ld) {
  for (size_t i = 0; i < rows; i++, dx += lddx, dy += ld, n += ld) {
    for (size_t j = 0; j < columns; j++) dx[j] = scale[j] * (dy[j] - mean_error[j] - n[j] * mean_product[j]);
  }
}

// MARK: Dropout

static void NAME(dropout)(T *restrict y, T *restrict mask, const T *restrict x, size_t ldx, T keep, uint32_t threshold,
                          const struct nnblas_place *place, size_t rows, size_t columns, size_t ld) {
  const size_t blocks = (place->width + 3) / 4;
  uint32_t words[4 * NNBLAS_BLOCKS];
  for (size_t i = 0; i < rows; i++, x += ldx, y += ld, mask += ld) {
    for (size_t j = 0; j < columns;) {
      const size_t column = place->first_column + j, skipped = column % 4;
      nnblas_philox(place, (uint32_t)((place->first_row + i) * blocks + column / 4), words);
      const size_t rest = columns - j, some = 4 * NNBLAS_BLOCKS - skipped, count = rest < some ? rest : some;
      for (size_t k = 0; k < count; k++) {
        const T factor = words[skipped + k] < threshold ? 0 : keep;
        mask[j + k] = factor;
        // What is dropped is 0, whatever it was.
        y[j + k] = factor == 0 ? 0 : x[j + k] * factor;
      }
      j += count;
    }
  }
}
