// The least that times a product in OpenBLAS: what 'nnbench gemm' is held against by Benchmarks/gemm.
// usage: gemm PRECISION TRANSPOSES M K N THREADS SECONDS      prints the microseconds of ten samples, a line each
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 8) return 64;
  const int f32 = strcmp(argv[1], "f32") == 0, ta = argv[2][0] == 't', tb = argv[2][1] == 't';
  const int m = atoi(argv[3]), k = atoi(argv[4]), n = atoi(argv[5]);
  const enum CBLAS_TRANSPOSE opa = ta ? CblasTrans : CblasNoTrans, opb = tb ? CblasTrans : CblasNoTrans;
  openblas_set_num_threads(atoi(argv[6]));
  double *d[3]; // Room for either precision.
  const size_t counts[3] = {(size_t)m * k, (size_t)k * n, (size_t)m * n};
  for (int i = 0; i < 3; i++) {
    d[i] = aligned_alloc(64, (counts[i] * sizeof(double) + 63) / 64 * 64);
    for (size_t j = 0; j < counts[i]; j++) f32 ? (((float *)d[i])[j] = rand() % 100 * 0.01f) : (d[i][j] = rand() % 100 * 0.01);
  }
  for (long calls = 1, samples = -1; samples < 10;) {
    const double start = now();
    for (long i = 0; i < calls; i++)
      f32 ? cblas_sgemm(CblasRowMajor, opa, opb, m, n, k, 1, (float *)d[0], ta ? m : k, (float *)d[1], tb ? k : n, 0, (float *)d[2], n)
          : cblas_dgemm(CblasRowMajor, opa, opb, m, n, k, 1, d[0], ta ? m : k, d[1], tb ? k : n, 0, d[2], n);
    const double seconds = now() - start;
    if (samples < 0 && seconds < atof(argv[7]) / 10) calls *= 2;
    else if (samples++ >= 0) printf("%.6g\n", seconds / calls * 1e6);
  }
  return 0;
}
