/// Whether the bits of a product are the same when it is made in parts.
///
/// An element of a product is a sum over the operands' common dimension. OpenBLAS divides that dimension by its length alone, and
/// most of its kernels add up in order within each piece, so that an element does not depend on which others are made in the same
/// call: those for AVX-512 and the Double ones for AVX2, where columns fill whole vectors. The Float ones for AVX2 do not. Nothing
/// promises this: it is tried before anybody relies on it, and small products, for which there are other ways, are left out.
package enum ProductParts {
  /// The multiplications from which on a product is made like all larger ones: for up to 28 · 512² of them OpenBLAS may choose
  /// another way.
  static let leastMultiplications = 1 << 23
  /// Parts begin at multiples of these and have whole units of columns, since kernels treat what fills no vector in a way of
  /// its own.
  static let columnUnit = 16
  static let rowUnit = 8

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

  /// The products of a forward pass, of a backward pass and of a plain gradient step, which is added to what is there, each
  /// divided by rows and by columns, at places that are multiples of the units and of no more.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private static func tried<S: Scalar>(_: S.Type) -> Bool {
    let shapes = [(m: 213, n: 112, part: 104), (m: 331, n: 96, part: 168), (m: 117, n: 208, part: 112)]
    let (most, depth) = (331, 900)
    var generator = Philox(seed: 1)
    let numbers = Storage<S>(uninitialized: 2 * most * depth)
    for index in 0..<numbers.count { numbers.pointer[index] = S(generator.nextUnit()) - S(0.5) }
    return withExtendedLifetime(numbers) {
      let (a, b) = (numbers.pointer, numbers.pointer + most * depth)
      return [(false, true, S(1), S(0)), (false, false, S(1), S(0)), (true, false, S(-0.3), S(1))].allSatisfy {
        let (transposeA, transposeB, alpha, beta) = $0
        return shapes.allSatisfy { shape in
          PartedProduct(m: shape.m, n: shape.n, k: depth, transposeA: transposeA, transposeB: transposeB)
            .keepsBits(a, b, alpha, beta, at: shape.part)
        }
      }
    }
  }
}

/// A product α A B + β C (m × n) that can be made in two parts.
package struct PartedProduct {
  let m: Int
  let n: Int
  let k: Int
  let transposeA: Bool
  let transposeB: Bool

  package init(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool) {
    (self.m, self.n, self.k, self.transposeA, self.transposeB) = (m, n, k, transposeA, transposeB)
  }

  /// Makes it whole, and again as its first rows, or columns where there are more of them, and the others.
  ///
  /// - Parameters:
  ///   - a: m × k numbers, without gaps.
  ///   - b: k × n numbers, likewise.
  ///   - alpha: What the product is multiplied by.
  ///   - beta: What is there before, numbers of A, is multiplied by.
  ///   - part: How many rows or columns are the first.
  /// - Returns: Whether all elements are equal.
  package func keepsBits<S: Scalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ alpha: S, _ beta: S, at part: Int
  ) -> Bool {
    let (whole, parts) = (Storage<S>(uninitialized: m * stride), Storage<S>(uninitialized: m * stride))
    for start in Swift.stride(from: 0, to: whole.count, by: m * k) {
      whole.pointer.advanced(by: start).update(from: a, count: min(m * k, whole.count - start))
    }
    parts.pointer.update(from: whole.pointer, count: whole.count)
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    multiply(a, b, alpha, beta, rows: 0..<m, columns: 0..<n, into: whole.pointer)
    for range in [0..<part, part..<max(m, n)] {
      multiply(a, b, alpha, beta, rows: m > n ? range : 0..<m, columns: m > n ? 0..<n : range, into: parts.pointer)
    }
    return withExtendedLifetime((whole, parts)) { S._equal(whole.pointer, parts.pointer, whole.count) }
  }

  /// Rows are apart, as the engine's are.
  private var stride: Int { n + 16 }

  private func multiply<S: Scalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ alpha: S, _ beta: S, rows: Range<Int>, columns: Range<Int>,
    into c: UnsafeMutablePointer<S>
  ) {
    let (lda, ldb) = (transposeA ? m : k, transposeB ? k : n)
    S._gemm(
      transposeA, transposeB, Int32(rows.count), Int32(columns.count), Int32(k), alpha,
      a + rows.lowerBound * (transposeA ? 1 : lda), Int32(lda), b + columns.lowerBound * (transposeB ? ldb : 1),
      Int32(ldb), beta, c + rows.lowerBound * stride + columns.lowerBound, Int32(stride))
  }
}
