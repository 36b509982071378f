import NNBlas
import Testing

/// The products of a layer, in tiles that OpenBLAS multiplies without copying, whatever its cores do with them.
@Suite("A layer's product")
struct StepProductTests {
  struct Shape: CustomTestStringConvertible {
    let m, n, k: Int
    var testDescription: String { "\(m)×\(n), summed over \(k)" }
  }

  /// What the cores with such kernels have.
  static let most = 1_000_000

  /// Around every boundary of a tile in any product and either precision: narrow and wide, shallow and deep, with remainders
  /// in rows, columns and depth.
  static let shapes = [
    Shape(m: 130, n: 10, k: 515), Shape(m: 131, n: 32, k: 793), Shape(m: 67, n: 31, k: 5001),
    Shape(m: 33, n: 9, k: 40_000), Shape(m: 130, n: 149, k: 513), Shape(m: 129, n: 135, k: 257),
    Shape(m: 259, n: 133, k: 130), Shape(m: 517, n: 197, k: 10), Shape(m: 97, n: 77, k: 1024), Shape(m: 5, n: 7, k: 9),
  ]

  @Test("is exact in tiles, into rows with gaps, over NaN and added", arguments: StepProduct.allCases, shapes)
  func exact(_ product: StepProduct, _ shape: Shape) {
    check(product, shape, as: Float.self)
    check(product, shape, as: Double.self)
  }

  private func check<S: Scalar>(_ product: StepProduct, _ shape: Shape, as _: S.Type) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    // Integers from −4 to 4: the longest sum is at most 40,000 · 16 < 2²⁴, exact in either precision.
    let a: [S] = randomElements(m * k, seed: 1)
    let b: [S] = randomElements(k * n, seed: 2)
    let before: [S] = randomElements(m * n, seed: 3)
    let (ofA, ofB) = (product.transposesA ? (1, m) : (k, 1), product.transposesB ? (1, k) : (n, 1))
    let (lda, ldb, ldc) = (product.transposesA ? m : k, product.transposesB ? k : n, n + 3)
    for (alpha, beta) in [(S(1), S(0)), (-0.5, 1)] {
      var c = [S](repeating: .nan, count: m * ldc)
      if beta != 0 { for i in 0..<m { for j in 0..<n { c[i * ldc + j] = before[i * n + j] } } }
      product.multiply(m, n, k, alpha, a, lda, b, ldb, beta, &c, ldc, most: Self.most)
      var wrong = 0
      // Every seventh element and so all places of a tile.
      for index in stride(from: 0, to: m * n, by: 7) {
        let (i, j) = (index / n, index % n)
        var sum: S = 0
        for l in 0..<k { sum += a[i * ofA.0 + l * ofA.1] * b[l * ofB.0 + j * ofB.1] }
        if c[i * ldc + j] != alpha * sum + (beta == 0 ? 0 : beta * before[index]) { wrong += 1 }
      }
      #expect(wrong == 0, "\(S.precision), alpha \(alpha)")
      let gaps = (0..<m).flatMap { c[($0 * ldc + n)..<($0 * ldc + ldc)] }
      #expect(gaps.allSatisfy { $0.isNaN }, "\(S.precision), written between the rows")
    }
  }

  @Test("has tiles within the limits of OpenBLAS, and none that are slivers", arguments: StepProduct.allCases, [4, 8])
  func limits(_ product: StepProduct, size: Int) {
    var tiled = 0
    let extents = [1, 2, 8, 9, 10, 31, 32, 33, 100, 128, 256, 300, 513, 1000, 1024, 2048, 5000]
    for m in extents {
      for n in extents {
        for k in extents + [10_000, 30_000, 100_000] {
          guard let tile = product.tile(m, n, k, size: size, most: Self.most) else { continue }
          tiled += 1
          let (rows, columns) = (min(tile.rows, m), min(tile.columns, n))
          #expect(rows * columns * min(tile.depth, k) <= Self.most, "\(m)×\(n)×\(k)")
          if product == .forward { #expect(rows * columns <= BLAS.mostUnpackedElements, "\(m)×\(n)×\(k)") }
          #expect(tile.rows >= 8 && (tile.columns == n || tile.columns >= 8) && tile.depth >= 1, "\(m)×\(n)×\(k)")
          #expect(m * n * k > rows * columns * tile.depth, "one tile: \(m)×\(n)×\(k)")
        }
      }
    }
    // In one call where all of them are, and with cores that copy always.
    #expect(tiled > 500)
    #expect(product.tile(10, 100, 784, size: size, most: Self.most) == nil)
    #expect(product.tile(512, 512, 256, size: size, most: 0) == nil)
  }

  @Test("of the published workloads is made so, but where rows are long")
  func workloads() {
    func isTiled(_ product: StepProduct, _ m: Int, _ n: Int, _ k: Int, _ size: Int) -> Bool {
      product.tile(m, n, k, size: size, most: Self.most) != nil
    }
    // mlp-1024: two panels of 256 neurons for each of two workers.
    #expect(isTiled(.forward, 256, 256, 784, 4) && isTiled(.forward, 256, 256, 1024, 4))
    #expect(isTiled(.backward, 256, 256, 1024, 4) && isTiled(.gradient, 256, 1024, 256, 4))
    // mlp-2048-f64: 16 KiB from one row of weights to the next.
    #expect(!isTiled(.forward, 512, 256, 2048, 8) && !isTiled(.backward, 512, 256, 2048, 8))
    #expect(!isTiled(.gradient, 256, 2048, 512, 8))
    // nielsen-30 with batches of 10 is small, and predicts 256 digits in groups.
    #expect(!isTiled(.forward, 10, 15, 784, 8) && !isTiled(.gradient, 15, 784, 10, 8))
    #expect(isTiled(.forward, 256, 30, 784, 4))
  }
}
