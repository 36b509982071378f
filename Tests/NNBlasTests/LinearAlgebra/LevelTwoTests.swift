import NNBlas
import Testing

/// gemv and ger: exact small integers against the naive loops.
struct LevelTwoTests {
  /// Around the widths of a vector register, with remainders.
  static let extents = [1, 2, 3, 4, 5, 7, 8, 9, 17, 33]

  @Test(arguments: Precision.allCases, Layout.allCases)
  func gemvOfEverySize(precision: Precision, layout: Layout) throws { try checkGemv(precision.scalar, layout) }

  private func checkGemv<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    var random = RandomValues(seed: 11)
    for m in Self.extents {
      for n in Self.extents {
        let rowsOfA = random.integers(rows: m, columns: n, as: S.self)
        let x = random.integers(n, as: S.self)
        let a = try matrix(rowsOfA, lying: layout)
        let viewOfX = vector(x)
        var y = Vector<S>([S](repeating: .nan, count: m))
        try BLAS.gemv(a, viewOfX, into: &y)
        #expect(y.elements == Naive.product(rowsOfA, x), "\(m)×\(n)")
        #expect(a.elements == rowsOfA.flatMap { $0 } && viewOfX.elements == x, "\(m)×\(n): an input changed")
      }
    }
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func gemvWithEveryFactor(precision: Precision, layout: Layout) throws { try checkFactors(precision.scalar, layout) }

  private func checkFactors<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    for (m, n) in [(1, 1), (3, 5), (9, 4)] {
      let (rowsOfA, x, y): ([[S]], [S], [S]) = (
        randomRows(m, n, seed: 12), randomElements(n, seed: 13), randomElements(m, seed: 14)
      )
      let product = Naive.product(rowsOfA, x)
      for (alpha, beta) in factors(S.self) {
        var result = vector(y)
        try BLAS.gemv(alpha: alpha, matrix(rowsOfA, lying: layout), Vector(x), beta: beta, into: &result)
        #expect(
          result.elements == Naive.combination(alpha, product, beta, y), "\(m)×\(n), alpha \(alpha), beta \(beta)")
        // A factor 0 leaves its operand unread.
        guard alpha == 0 || beta == 0 else { continue }
        let unreadRows = alpha == 0 ? rowsOfA.map { $0.map { _ in S.nan } } : rowsOfA
        result = vector(beta == 0 ? y.map { _ in S.nan } : y)
        try BLAS.gemv(alpha: alpha, matrix(unreadRows, lying: layout), Vector(x), beta: beta, into: &result)
        #expect(
          result.elements == Naive.combination(alpha, product, beta, y), "NaN: alpha \(alpha), beta \(beta)")
      }
    }
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func gerOfEverySize(precision: Precision, layout: Layout) throws { try checkGer(precision.scalar, layout) }

  private func checkGer<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    var random = RandomValues(seed: 15)
    for m in Self.extents {
      for n in Self.extents {
        let rowsOfA = random.integers(rows: m, columns: n, as: S.self)
        let (x, y) = (random.integers(m, as: S.self), random.integers(n, as: S.self))
        let (viewOfX, viewOfY) = (vector(x), vector(y))
        for alpha: S in m == n ? [0, 1, -0.5, 1.75] : [1.75] {
          var a = try matrix(rowsOfA, lying: layout)
          try BLAS.ger(alpha: alpha, viewOfX, viewOfY, into: &a)
          let expected = Naive.combination(alpha, Naive.outerProduct(x, y), 1, rowsOfA)
          #expect(a.elements == expected.flatMap { $0 }, "\(m)×\(n), alpha \(alpha)")
        }
        #expect(viewOfX.elements == x && viewOfY.elements == y, "\(m)×\(n): an input changed")
      }
    }
  }

  /// "When alpha is zero": a quick return of the reference BLAS, dger.f.
  @Test(arguments: Precision.allCases)
  func gerWithAlphaZeroLeavesInputsUnread(precision: Precision) throws { try checkUnreadInputs(precision.scalar) }

  private func checkUnreadInputs<S: Scalar>(_: S.Type) throws {
    let rowsOfA: [[S]] = randomRows(3, 4, seed: 16)
    var a = try Matrix(rowsOfA)
    try BLAS.ger(alpha: 0, Vector(repeating: .nan, count: 3), Vector(repeating: .infinity, count: 4), into: &a)
    #expect(a.elements == rowsOfA.flatMap { $0 })
  }
}
