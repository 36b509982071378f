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
    Shape(m: 33, n: 9, k: 40_000), Shape(m: 130, n: 157, k: 513), Shape(m: 129, n: 141, k: 257),
    Shape(m: 259, n: 133, k: 130), Shape(m: 517, n: 199, k: 10), Shape(m: 97, n: 79, k: 1024), Shape(m: 5, n: 7, k: 9),
    // The gradient's tiles get narrower from 326 examples on and end at 512 in Float, 256 in Double.
    Shape(m: 133, n: 261, k: 325), Shape(m: 133, n: 261, k: 326), Shape(m: 133, n: 261, k: 512),
    Shape(m: 133, n: 261, k: 256),
    // Forward they begin at 192 inputs, narrow layers' at 32; for wide ones they end at 2048 in Float and 1024 in Double.
    Shape(m: 40, n: 200, k: 191), Shape(m: 40, n: 200, k: 192), Shape(m: 200, n: 30, k: 31),
    Shape(m: 200, n: 30, k: 32), Shape(m: 40, n: 200, k: 2048), Shape(m: 40, n: 200, k: 2049),
  ]

  @Test("are of shapes on both sides of every boundary")
  func boundaries() {
    func tile(
      _ product: StepProduct, _ m: Int, _ n: Int, _ k: Int, _ size: Int = 4, _ limits: TileLimits = .amd
    ) -> StepProduct.Tile? {
      product.tile(m, n, k, size: size, most: Self.most, limits: limits)
    }
    #expect(tile(.gradient, 133, 261, 325)?.columns == 128 && tile(.gradient, 133, 261, 326)?.columns == 64)
    #expect(tile(.gradient, 133, 261, 512) != nil && tile(.gradient, 133, 261, 513) == nil)
    #expect(tile(.gradient, 133, 261, 256, 8) != nil && tile(.gradient, 133, 261, 257, 8) == nil)
    #expect(tile(.forward, 40, 200, 191) == nil && tile(.forward, 40, 200, 192) != nil)
    #expect(tile(.forward, 200, 30, 31) == nil && tile(.forward, 200, 30, 32) != nil)
    #expect(tile(.forward, 40, 200, 2048) != nil && tile(.forward, 40, 200, 2049) == nil)
    #expect(tile(.backward, 97, 79, 1024, 8) != nil && tile(.backward, 97, 79, 1025, 8) == nil)
    // On other processors they end earlier.
    #expect(tile(.gradient, 133, 261, 128, 4, .intel) != nil && tile(.gradient, 133, 261, 129, 4, .intel) == nil)
    #expect(tile(.forward, 40, 200, 784, 8, .intel) != nil && tile(.forward, 40, 200, 785, 8, .intel) == nil)
    #expect(tile(.forward, 200, 30, 5000, 8, .intel) != nil)
    #expect(tile(.backward, 128, 192, 512, 4, .intel) != nil && tile(.backward, 128, 192, 513, 4, .intel) == nil)
    // Memory of OpenBLAS's own.
    #expect(tile(.backward, 128, 156, 300, 8) == nil && tile(.backward, 128, 156, 300, 4) != nil)
    #expect(tile(.backward, 128, 104, 200, 8) != nil && tile(.backward, 128, 104, 200, 4) == nil)
  }

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
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
            product.multiply(m, n, k, alpha, (a, lda), (b, ldb), beta, into: (c, ldc), most: Self.most, limits: .amd)
          }
        }
      }
      var wrong = 0
      // Eleven divides no width, so that every column is met.
      for index in stride(from: 0, to: m * n, by: 11) {
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
    let extents = [1, 2, 8, 9, 10, 31, 32, 33, 100, 128, 256, 300, 400, 512, 513, 1000, 1024, 2048, 5000]
    for m in extents {
      for n in extents {
        for k in extents + [10_000, 30_000, 100_000] {
          guard let tile = product.tile(m, n, k, size: size, most: Self.most, limits: .amd) else { continue }
          tiled += 1
          let (rows, columns) = (min(tile.rows, m), min(tile.columns, n))
          #expect(rows * columns * min(tile.depth, k) <= Self.most, "\(m)×\(n)×\(k)")
          if product == .forward {
            #expect(rows * columns <= BLAS.mostUnpackedElements && k >= BLAS.leastUnpackedDepth, "\(m)×\(n)×\(k)")
          }
          if product == .backward {
            #expect(!(size == 8 ? 1...4 : 1...8).contains(n % (64 / size)), "\(m)×\(n)×\(k)")
          }
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
      product.tile(m, n, k, size: size, most: Self.most, limits: .amd) != nil
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
