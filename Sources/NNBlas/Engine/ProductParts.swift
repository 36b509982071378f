/// Whether the bits of a product are the same when it is made in parts.
///
/// An element of a product is a sum over the operands' common dimension. OpenBLAS divides that dimension by its length alone and
/// adds up in order within each piece, so that an element does not depend on which others are made in the same call. Nothing
/// promises this: it is tried before anybody relies on it, and small products, for which there are other ways, are left out.
package enum ProductParts {
  /// The multiplications from which on a product is made like all larger ones: for up to 28 · 512² of them OpenBLAS may choose
  /// another way.
  static let leastMultiplications = 1 << 23

  /// Whether large products have the same bits, made whole and in parts.
  package static func keepBits<S: Scalar>(_: S.Type) -> Bool {
    switch S.precision {
    case .f32: floatsKeepBits
    case .f64: doublesKeepBits
    }
  }

  // Tried once, when first asked for; some milliseconds.
  private static let floatsKeepBits = tried(Float.self)
  private static let doublesKeepBits = tried(Double.self)

  /// The products of a forward pass, of a backward pass and of a gradient, each divided by rows and by columns.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private static func tried<S: Scalar>(_: S.Type) -> Bool {
    let (long, short, depth) = (208, 112, 900)
    var generator = Philox(seed: 1)
    let operands = Storage<S>(uninitialized: 2 * long * depth)
    for index in 0..<operands.count { operands.pointer[index] = S(generator.nextUnit()) - S(0.5) }
    let (a, b) = (operands.pointer, operands.pointer + long * depth)
    return [(false, true), (false, false), (true, false)].allSatisfy { transposeA, transposeB in
      [(long, short), (short, long)].allSatisfy { m, n in
        let product = PartedProduct(m: m, n: n, k: depth, transposeA: transposeA, transposeB: transposeB)
        return product.keepsBits(a, b, at: 96)
      }
    }
  }
}

/// A product A B (m × n) that can be made in two parts.
package struct PartedProduct {
  let m: Int
  let n: Int
  let k: Int
  let transposeA: Bool
  let transposeB: Bool

  package init(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool) {
    (self.m, self.n, self.k, self.transposeA, self.transposeB) = (m, n, k, transposeA, transposeB)
  }

  /// Whether it has the same bits made whole and made as its first rows, or columns where there are more of them, and the
  /// others.
  ///
  /// - Parameters:
  ///   - a: m × k numbers, without gaps.
  ///   - b: k × n numbers, likewise.
  ///   - part: How many rows or columns are the first.
  package func keepsBits<S: Scalar>(_ a: UnsafePointer<S>, _ b: UnsafePointer<S>, at part: Int) -> Bool {
    let (whole, parts) = (Storage<S>(uninitialized: m * n), Storage<S>(uninitialized: m * n))
    multiply(a, b, rows: 0..<m, columns: 0..<n, into: whole.pointer)
    for range in [0..<part, part..<max(m, n)] {
      multiply(a, b, rows: m > n ? range : 0..<m, columns: m > n ? 0..<n : range, into: parts.pointer)
    }
    return S._equal(whole.pointer, parts.pointer, m * n)
  }

  private func multiply<S: Scalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, rows: Range<Int>, columns: Range<Int>, into c: UnsafeMutablePointer<S>
  ) {
    let (lda, ldb) = (transposeA ? m : k, transposeB ? k : n)
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    S._gemm(
      transposeA, transposeB, Int32(rows.count), Int32(columns.count), Int32(k), 1,
      a + rows.lowerBound * (transposeA ? 1 : lda), Int32(lda), b + columns.lowerBound * (transposeB ? ldb : 1),
      Int32(ldb), 0, c + rows.lowerBound * n + columns.lowerBound, Int32(n))
  }
}
