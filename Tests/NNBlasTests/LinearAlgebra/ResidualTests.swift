import NNBlas
import Testing

/// A large product is checked with vectors, O(n²) work for an O(n³) result: C · x = A · (B · x) for C = A · B.
///
/// The idea is BLIS's, testsuite/src/test_gemm.c. 512 spans several blocks of every level of a blocked product.
struct ResidualTests {
  static let n = 512

  @Test(arguments: Precision.allCases)
  func largeProduct(precision: Precision) throws { try checkLargeProduct(precision.scalar) }

  private func checkLargeProduct<S: Scalar>(_: S.Type) throws {
    let n = Self.n
    var random = RandomValues(seed: 21)
    let a = try Matrix(rows: n, columns: n, elements: random.numbers(n * n, in: 0...1, as: S.self))
    let b = try Matrix(rows: n, columns: n, elements: random.numbers(n * n, in: 0...1, as: S.self))
    let x = Vector(random.numbers(n, in: 0.5...1, as: S.self))
    var c = try Matrix<S>(rows: n, columns: n, repeating: .nan)
    try BLAS.gemm(a, b, into: &c)
    #expect(try residual(c, a, b, x) <= Self.tolerance)

    // One element that is off by a quarter, as a lost block of 128 terms would make it, moves its row by
    // ¼ · 128 · ½ = 16 of some 49,000: 3.3e-4, where the tolerance in Float is 1.2e-4.
    for (row, column) in [(0, 0), (n / 3, n - 1), (n - 1, n / 2)] {
      var wrong = c
      wrong[row, column] *= 1.25
      #expect(try residual(wrong, a, b, x) > Self.tolerance, "an error at (\(row), \(column)) passed")
    }
  }

  /// max |(C·x)ᵢ − (A·(B·x))ᵢ| / (A·(B·x))ᵢ in half ulps of 1, the unit roundoff u.
  private func residual<S: Scalar>(_ c: Matrix<S>, _ a: Matrix<S>, _ b: Matrix<S>, _ x: Vector<S>) throws -> Double {
    var (left, inner, right) = (
      try Vector<S>(count: Self.n), try Vector<S>(count: Self.n), try Vector<S>(count: Self.n)
    )
    try BLAS.gemv(c, x, into: &left)
    try BLAS.gemv(b, x, into: &inner)
    try BLAS.gemv(a, inner, into: &right)
    let unitRoundoff = Double(S.ulpOfOne) / 2
    return zip(left.elements, right.elements).map { Double(abs($0 - $1) / $1) / unitRoundoff }.max() ?? .infinity
  }

  /// 4 k, in units of u.
  ///
  /// A sum of k products is off by at most k · u · Σ |terms| to first order, in any order of summation (Higham,
  /// "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1). All elements are positive, so that Σ |terms|
  /// is the sum itself. Four such sums of k = n terms meet here, each adding k · u: the product C, then C · x, B · x
  /// and A · (B · x).
  static var tolerance: Double { 4 * Double(n) }
}
