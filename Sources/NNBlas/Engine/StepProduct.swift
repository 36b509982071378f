/// The three products of a layer, each C (m × n) ← α op(A) op(B) + β C, summed over k.
///
/// OpenBLAS copies the operands of a product into panels first, which takes its time, most of all where there are few neurons. On
/// some cores it makes small products straight from their operands, at nearly the processor's peak. There a large product is
/// made of tiles small enough for that, as long as the operands' rows stay in cache meanwhile. The tiles follow from the
/// product's shape and from the cores, never from the threads. `Benchmarks/tiles` compares tiles with whole products.
package enum StepProduct: CaseIterable, Sendable {
  /// Z (examples × neurons) = A Wᵀ, summed over the neurons below.
  case forward
  /// Δ (examples × neurons) = Δ′ W, with errors and weights of the layer above, summed over its neurons.
  case backward
  /// ∇W (neurons × neurons below) = Δᵀ A, summed over the examples.
  case gradient

  package var transposesA: Bool { self == .gradient }
  package var transposesB: Bool { self == .forward }

  /// Makes the product.
  ///
  /// - Parameters:
  ///   - m: The rows of C.
  ///   - n: Its columns.
  ///   - k: What is summed over.
  ///   - alpha: The factor of the product.
  ///   - a: A, as it is named above before it is transposed, and the elements from one row to the next.
  ///   - b: B, likewise.
  ///   - beta: The factor of what is in C, which is not read where this is 0.
  ///   - c: C, likewise.
  ///   - most: As in `tile`.
  ///   - limits: As in `tile`.
  @inline(__always)
  package func multiply<S: Scalar>(
    _ m: Int, _ n: Int, _ k: Int,
    _ alpha: S, _ a: (UnsafePointer<S>, stride: Int), _ b: (UnsafePointer<S>, stride: Int),
    _ beta: S, into c: (UnsafeMutablePointer<S>, stride: Int), most: Int = BLAS.mostUnpackedMultiplications,
    limits: TileLimits = .ofThisProcessor
  ) {
    let (lda, ldb, ldc) = (a.stride, b.stride, c.stride)
    guard let tile = tile(m, n, k, size: MemoryLayout<S>.stride, most: most, limits: limits) else {
      return S._gemm(
        transposesA, transposesB, Int32(m), Int32(n), Int32(k), alpha, a.0, Int32(lda), b.0, Int32(ldb), beta, c.0,
        Int32(ldc))
    }
    // B's part of a column of tiles stays in cache, while A passes by.
    for column in stride(from: 0, to: n, by: tile.columns) {
      for first in stride(from: 0, to: k, by: tile.depth) {
        let b = b.0 + (transposesB ? column * ldb + first : first * ldb + column)
        for row in stride(from: 0, to: m, by: tile.rows) {
          let a = a.0 + (transposesA ? first * lda + row : row * lda + first)
          S._gemm(
            transposesA, transposesB, Int32(min(tile.rows, m - row)), Int32(min(tile.columns, n - column)),
            Int32(min(tile.depth, k - first)), alpha, a, Int32(lda), b, Int32(ldb), first == 0 ? beta : 1,
            c.0 + row * ldc + column, Int32(ldc))
        }
      }
    }
  }

  /// How large a tile is at most.
  package struct Tile: Equatable, Sendable {
    /// Rows of C.
    package let rows: Int
    /// Columns of C.
    package let columns: Int
    /// What is summed over at once.
    package let depth: Int
  }

  /// How a product is divided; not at all where it is small, the cores copy always, or copying pays.
  ///
  /// The extents of tiles suit a Zen 4 and an Emerald Rapids, for the shapes of `Benchmarks/tiles`.
  ///
  /// - Parameters:
  ///   - m: The rows of C.
  ///   - n: Its columns.
  ///   - k: What is summed over.
  ///   - size: The bytes of an element.
  ///   - most: The multiplications up to which OpenBLAS copies nothing, or 0.
  ///   - limits: How long sums are at most.
  /// - Returns: The largest tile, or nil where the product is made in one call.
  @inline(__always)
  package func tile(
    _ m: Int, _ n: Int, _ k: Int, size: Int, most: Int = BLAS.mostUnpackedMultiplications,
    limits: TileLimits = .ofThisProcessor
  ) -> Tile? {
    guard most > 0 else { return nil }
    switch self {
    case .forward:
      // The kernels pass along rows of both operands for every few elements of C: short ones are not worth it, and long ones
      // leave the cache on the way. With few neurons, copying the examples costs more than either.
      guard k >= BLAS.leastUnpackedDepth else { return nil }
      let (elements, isNarrow) = (min(BLAS.mostUnpackedElements, most / k), n <= Division.narrow)
      guard m * n > elements, isNarrow || k >= 192 && k * size <= limits.forward else { return nil }
      let rows = isNarrow ? max(8, elements / n / 8 * 8) : 16
      let columns = min(n, elements / rows)
      guard columns >= min(n, 8) else { return nil }
      return Tile(rows: rows, columns: columns == n ? n : columns / 8 * 8, depth: k)
    case .backward:
      // The kernels ask for memory in every call where the columns left over fill no more than half a vector.
      let vector = 64 / size
      guard m * n * k > most, k * size <= limits.backward, !(1...vector / 2).contains(n % vector) else { return nil }
      // Weights a power of two apart share few lines of the cache, so that few rows of them are summed over at once.
      let (columns, depth) = (64, min(k, 256))
      return Tile(rows: most / (columns * depth), columns: columns, depth: depth)
    case .gradient:
      // With more examples there would be few rows to a tile, since a sum in two parts reads and writes the weights twice.
      guard m * n * k > most, k * size <= limits.gradient else { return nil }
      let columns = most / (128 * k) >= 24 ? 128 : 64
      return Tile(rows: most / (columns * k) / 8 * 8, columns: columns, depth: k)
    }
  }
}
