// The products of a layer in one call of OpenBLAS, and in tiles: GFLOP/s a core, all cores at work, each with operands of its
// own. What the tiles of Sources/NNBlas/Engine/StepProduct.swift were chosen by.
#define _GNU_SOURCE
#include <cblas.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum product { FORWARD, BACKWARD, GRADIENT };
static const char *const names[] = {"forward", "backward", "gradient"};

// C (m × n), summed over k; `columns` are the elements from one row of weights to the next.
struct shape { enum product product; int bytes, m, n, k, columns; };

static const struct shape shapes[] = {
  // mlp-512, mlp-1024 and mlp-2048: what one of two workers makes; the last layer; the same in Double.
  {FORWARD, 4, 128, 256, 784, 784},    {FORWARD, 4, 128, 256, 512, 512},     {FORWARD, 4, 256, 512, 1024, 1024},
  {FORWARD, 4, 512, 1024, 2048, 2048}, {FORWARD, 4, 128, 10, 512, 512},      {FORWARD, 4, 256, 512, 128, 128},
  {BACKWARD, 4, 128, 256, 512, 512},   {BACKWARD, 4, 256, 512, 1024, 1024},  {BACKWARD, 4, 512, 1024, 2048, 2048},
  {GRADIENT, 4, 256, 784, 128, 784},   {GRADIENT, 4, 512, 1024, 256, 1024},  {GRADIENT, 4, 1024, 2048, 512, 2048},
  {GRADIENT, 4, 512, 1024, 10, 1024},  {FORWARD, 8, 128, 256, 784, 784},     {FORWARD, 8, 256, 512, 1024, 1024},
  {FORWARD, 8, 512, 1024, 2048, 2048}, {BACKWARD, 8, 256, 512, 1024, 1024},  {BACKWARD, 8, 512, 1024, 2048, 2048},
  {GRADIENT, 8, 256, 784, 128, 784},   {GRADIENT, 8, 512, 1024, 256, 1024},  {GRADIENT, 8, 1024, 2048, 512, 2048},
};

// Rows and columns of C, and what is summed over at once; 0 for all of them.
struct tile { int rows, columns, depth; };

enum { MOST_TILES = 8, MOST_ROUNDS = 101, MOST_CORES = 64 };
static const double most_multiplications = 1e6, most_elements = 1200;
static double seconds[MOST_CORES][MOST_TILES][MOST_ROUNDS];
static struct tile tiles[MOST_TILES];
static int tile_count, rounds, cores;
static struct shape shape;
static pthread_barrier_t barrier;

static int least(int a, int b) { return a < b ? a : b; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

// The whole product, then tiles of the most multiplications that OpenBLAS's kernels for AVX-512 take without copying.
static void choose_tiles(void) {
  tile_count = 0;
  tiles[tile_count++] = (struct tile){0, 0, 0};
  const int extents[] = {16, 24, 32, 64, 128};
  for (int i = 0; i < 5; i++) {
    int extent = extents[i], other;
    if (shape.product == FORWARD) {
      double elements = least(most_elements, most_multiplications / shape.k);
      other = least(shape.n, (int)(elements / extent));
      if (other >= 8 || other == shape.n) tiles[tile_count++] = (struct tile){extent, other < shape.n ? other / 8 * 8 : other, 0};
    } else if (extent >= 32) {
      int depth = shape.product == BACKWARD ? least(shape.k, 256) : shape.k;
      other = most_multiplications / extent / depth;
      // Whole vectors of both operands.
      if (shape.product == GRADIENT) other = other / 8 * 8;
      if (other >= 8) tiles[tile_count++] = (struct tile){other, extent, depth};
    }
  }
}

static void multiply(int m, int n, int k, const char *a, int lda, const char *b, int ldb, double beta, char *c, int ldc) {
  CBLAS_TRANSPOSE of_a = shape.product == GRADIENT ? CblasTrans : CblasNoTrans;
  CBLAS_TRANSPOSE of_b = shape.product == FORWARD ? CblasTrans : CblasNoTrans;
  if (shape.bytes == 4)
    cblas_sgemm(CblasRowMajor, of_a, of_b, m, n, k, 1e-3f, (const float *)a, lda, (const float *)b, ldb, beta, (float *)c, ldc);
  else
    cblas_dgemm(CblasRowMajor, of_a, of_b, m, n, k, 1e-3, (const double *)a, lda, (const double *)b, ldb, beta, (double *)c, ldc);
}

static void multiply_in(struct tile tile, const char *a, const char *b, char *c) {
  size_t bytes = shape.bytes;
  // Activations and errors are kept off rows a power of two apart; weights are not.
  int lda = (shape.product == GRADIENT ? shape.m : shape.k) + 16;
  int ldb = shape.product == GRADIENT ? shape.n + 16 : shape.columns;
  int ldc = shape.product == GRADIENT ? shape.columns : shape.n + 16;
  int rows = tile.rows ? tile.rows : shape.m, columns = tile.columns ? tile.columns : shape.n;
  int depth = tile.depth ? tile.depth : shape.k;
  for (int column = 0; column < shape.n; column += columns)
    for (int first = 0; first < shape.k; first += depth)
      for (int row = 0; row < shape.m; row += rows) {
        size_t of_a = shape.product == GRADIENT ? (size_t)first * lda + row : (size_t)row * lda + first;
        size_t of_b = shape.product == FORWARD ? (size_t)column * ldb + first : (size_t)first * ldb + column;
        multiply(least(rows, shape.m - row), least(columns, shape.n - column), least(depth, shape.k - first), a + of_a * bytes,
                 lda, b + of_b * bytes, ldb, first ? 1 : shape.product == GRADIENT, c + ((size_t)row * ldc + column) * bytes, ldc);
      }
}

static void *work(void *argument) {
  int core = (int)(size_t)argument;
  size_t size = 32 << 20;
  char *operands[3];
  for (int i = 0; i < 3; i++) {
    if (!(operands[i] = aligned_alloc(1 << 21, size))) { perror("tiles"); exit(1); }
    for (size_t j = 0; j < size / shape.bytes; j++)
      if (shape.bytes == 4) ((float *)operands[i])[j] = 1.0f / (j % 97 + 1);
      else ((double *)operands[i])[j] = 1.0 / (j % 97 + 1);
  }
  double operations = 2.0 * shape.m * shape.n * shape.k;
  int repetitions = 1e8 / operations + 1;
  for (int round = 0; round < rounds; round++)
    for (int i = 0; i < tile_count; i++) {
      pthread_barrier_wait(&barrier);
      double start = now();
      for (int j = 0; j < repetitions; j++) multiply_in(tiles[i], operands[0], operands[1], operands[2]);
      seconds[core][i][round] = (now() - start) / repetitions;
    }
  for (int i = 0; i < 3; i++) free(operands[i]);
  return NULL;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int count, char **arguments) {
  char *end = "";
  rounds = count > 1 ? (int)strtol(arguments[1], &end, 10) : 9;
  if (*end || rounds < 1 || rounds > MOST_ROUNDS) {
    fprintf(stderr, "tiles: rounds '%s', expected 1 to %d\n", arguments[1], MOST_ROUNDS);
    return 64;
  }
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  cores = least(CPU_COUNT(&allowed), MOST_CORES);
  openblas_set_num_threads(1);
  printf("%s, core %s; %d cores at work, medians of %d rounds in turns\n\n", openblas_get_config(), openblas_get_corename(), cores, rounds);
  printf("%-9s %9s %5s %5s %5s  %-14s %13s %7s\n", "product", "precision", "m", "n", "k", "tile", "GFLOP/s, core", "÷ whole");
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    shape = shapes[i];
    choose_tiles();
    pthread_barrier_init(&barrier, NULL, cores);
    pthread_t threads[MOST_CORES];
    for (int core = 0; core < cores; core++)
      if (pthread_create(&threads[core], NULL, work, (void *)(size_t)core)) { fprintf(stderr, "tiles: no thread\n"); return 1; }
    for (int core = 0; core < cores; core++) pthread_join(threads[core], NULL);
    pthread_barrier_destroy(&barrier);
    double whole = 0;
    for (int j = 0; j < tile_count; j++) {
      double median = 0;
      for (int core = 0; core < cores; core++) {
        qsort(seconds[core][j], rounds, sizeof(double), compare);
        median += seconds[core][j][rounds / 2] / cores;
      }
      double rate = 2e-9 * shape.m * shape.n * shape.k / median;
      if (!j) whole = rate;
      char tile[32] = "whole";
      if (j) snprintf(tile, sizeof tile, "%d×%d×%d", tiles[j].rows, tiles[j].columns, tiles[j].depth ? tiles[j].depth : shape.k);
      // printf counts bytes, and a × has two.
      printf("%-9s %9s %5d %5d %5d  %-*s %13.1f %7.2f\n", names[shape.product], shape.bytes == 4 ? "Float" : "Double", shape.m,
             shape.n, shape.k, j ? 16 : 14, tile, rate, rate / whole);
    }
    fflush(stdout);
  }
}
