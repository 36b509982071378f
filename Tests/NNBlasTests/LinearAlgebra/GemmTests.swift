import NNBlas
import Testing

/// gemm over sizes and the layouts of its operands: products of small integers are exact, so `==` holds.
struct GemmTests {
  struct Size: CustomStringConvertible {
    let m, n, k: Int
    var description: String { "\(m)×\(k) · \(k)×\(n)" }
  }

  /// Up to twice the usual 4 and 8 of a kernel's tile, each with its remainders, and one past 16 and 32.
  static let extents = Array(1...9) + [17, 33]

  /// Every pair of m and n, with k going round, and 1×k · k×1 for every k.
  static let sizes =
    extents.enumerated().flatMap { i, m in
      extents.enumerated().map { j, n in Size(m: m, n: n, k: extents[(3 * i + j) % extents.count]) }
    } + extents.map { Size(m: 1, n: 1, k: $0) }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func everySizeAndLayoutOfOperands(precision: Precision, layout: Layout) throws {
    try checkEverySize(precision.scalar, layoutOfA: layout)
  }

  private func checkEverySize<S: Scalar>(_: S.Type, layoutOfA: Layout) throws {
    var random = RandomValues()
    for size in Self.sizes {
      let rowsOfA = random.integers(rows: size.m, columns: size.k, as: S.self)
      let rowsOfB = random.integers(rows: size.k, columns: size.n, as: S.self)
      let expected = Naive.product(rowsOfA, rowsOfB).flatMap { $0 }
      let a = try matrix(rowsOfA, lying: layoutOfA)
      for layoutOfB in Layout.allCases {
        let b = try matrix(rowsOfB, lying: layoutOfB)
        var c = try Matrix<S>(rows: size.m, columns: size.n, repeating: .nan)
        try BLAS.gemm(a, b, into: &c)
        #expect(c.elements == expected, "\(size), b \(layoutOfB)")
        #expect(b.elements == rowsOfB.flatMap { $0 }, "\(size), b \(layoutOfB) changed")
      }
      #expect(a.elements == rowsOfA.flatMap { $0 }, "\(size), a changed")
    }
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func everyDestinationAndFactor(precision: Precision, destination: Layout) throws {
    for size in [Size(m: 1, n: 1, k: 1), Size(m: 5, n: 3, k: 4), Size(m: 17, n: 9, k: 6), Size(m: 1, n: 7, k: 2)] {
      try checkFactors(precision.scalar, size, layoutOfC: destination)
    }
  }

  private func checkFactors<S: Scalar>(_: S.Type, _ size: Size, layoutOfC: Layout) throws {
    var random = RandomValues(seed: 2)
    let rowsOfA = random.integers(rows: size.m, columns: size.k, as: S.self)
    let rowsOfB = random.integers(rows: size.k, columns: size.n, as: S.self)
    let rowsOfC = random.integers(rows: size.m, columns: size.n, as: S.self)
    let product = Naive.product(rowsOfA, rowsOfB)
    for (alpha, beta) in factors(S.self) {
      let expected = Naive.combination(alpha, product, beta, rowsOfC).flatMap { $0 }
      for layoutOfA in Layout.allCases {
        let a = try matrix(rowsOfA, lying: layoutOfA)
        for layoutOfB in Layout.allCases {
          let b = try matrix(rowsOfB, lying: layoutOfB)
          var c = try matrix(rowsOfC, lying: layoutOfC)
          try BLAS.gemm(alpha: alpha, a, b, beta: beta, into: &c)
          #expect(c.elements == expected, "\(size), a \(layoutOfA), b \(layoutOfB), alpha \(alpha), beta \(beta)")
        }
      }
    }
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func betaZeroOverwritesNaN(precision: Precision, destination: Layout) throws {
    try checkOverwriting(precision.scalar, layoutOfC: destination)
  }

  private func checkOverwriting<S: Scalar>(_: S.Type, layoutOfC: Layout) throws {
    var random = RandomValues(seed: 3)
    for size in [Size(m: 1, n: 1, k: 3), Size(m: 4, n: 6, k: 5), Size(m: 33, n: 17, k: 9)] {
      let rowsOfA = random.integers(rows: size.m, columns: size.k, as: S.self)
      let rowsOfB = random.integers(rows: size.k, columns: size.n, as: S.self)
      let product = Naive.product(rowsOfA, rowsOfB)
      for alpha: S in [0, 1, -0.5] {
        var c = try matrix(product.map { $0.map { _ in S.nan } }, lying: layoutOfC)
        try BLAS.gemm(alpha: alpha, Matrix(rowsOfA), Matrix(rowsOfB), beta: 0, into: &c)
        #expect(c.elements == product.flatMap { $0.map { alpha * $0 } }, "\(size), alpha \(alpha)")
      }
    }
  }

  /// "When alpha is zero, A and B are not referenced": the reference BLAS, dgemm.f.
  @Test(arguments: Precision.allCases, Layout.allCases)
  func alphaZeroLeavesInputsUnread(precision: Precision, layout: Layout) throws {
    try checkUnreadInputs(precision.scalar, layout)
  }

  private func checkUnreadInputs<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    var random = RandomValues(seed: 4)
    let rowsOfC = random.integers(rows: 4, columns: 6, as: S.self)
    let a = try matrix([[S]](repeating: [.nan, .infinity, .nan], count: 4), lying: layout)
    let b = try matrix([[S]](repeating: [S](repeating: .nan, count: 6), count: 3), lying: layout)
    for beta: S in [0, 1, -0.5] {
      var c = try matrix(rowsOfC, lying: layout)
      try BLAS.gemm(alpha: 0, a, b, beta: beta, into: &c)
      #expect(c.elements == rowsOfC.flatMap { $0.map { beta * $0 } }, "beta \(beta)")
    }
  }
}

/// Every pair of the factors that BLAS treats specially, 0 and 1, and two that it does not; all exact in binary.
func factors<S: Scalar>(_: S.Type) -> [(alpha: S, beta: S)] {
  let values: [S] = [0, 1, -0.5, 1.75]
  return values.flatMap { alpha in values.map { beta in (alpha, beta) } }
}
