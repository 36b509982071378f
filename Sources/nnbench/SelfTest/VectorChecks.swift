import NNBlas

extension SelfCheck {
  static var vectorChecks: [SelfCheck] {
    func checks<S: Scalar>(_: S.Type) -> [SelfCheck] {
      [
        SelfCheck("gemv \(S.precision), exact") { try exactVectorProducts(S.self) },
        SelfCheck("ger \(S.precision), exact") { try exactOuterProducts(S.self) },
      ]
    }
    return checks(Float.self) + checks(Double.self)
  }

  private static let shapes = [(1, 1), (1, 7), (7, 1), (3, 17), (17, 3), (33, 65), (30, 784), (784, 30), (101, 255)]

  /// Both transposes, with and without gaps between rows.
  private static func exactVectorProducts<S: Scalar>(_: S.Type) throws -> String {
    var random = Philox(seed: 2)
    var count = 0
    for (m, n) in shapes {
      let (a, x, y) = (IntegerMatrix(m, n, &random), IntegerMatrix(n, 1, &random), IntegerMatrix(m, 1, &random))
      for isTransposed in [false, true] {
        for isPadded in [false, true] {
          for (alpha, beta) in [(1.0, 0.0), (-2, 1)] {
            let matrix: Matrix<S> = try a.matrix(.init(isTransposed: isTransposed, isPadded: isPadded))
            var result = Vector<S>(y.values.map { S($0) })
            if beta == 0 { result[0] = .nan }
            try BLAS.gemv(alpha: S(alpha), matrix, Vector(x.values.map { S($0) }), beta: S(beta), into: &result)
            let what = "\(isTransposed ? "t" : "n") \(m)×\(n), β = \(beta)" + (isPadded ? ", padded rows" : "")
            try a.product(x, alpha: alpha, beta: beta, y).expectEqual(result.column, what)
            try a.expectEqual(matrix, "\(what): an operand was changed")
            count += 1
          }
        }
      }
    }
    return "\(count) products: n, t, up to 784 columns, padded rows"
  }

  /// Into matrices that lie either way, with and without gaps between rows.
  private static func exactOuterProducts<S: Scalar>(_: S.Type) throws -> String {
    var random = Philox(seed: 3)
    var count = 0
    for (m, n) in shapes {
      let (x, y, a) = (IntegerMatrix(m, 1, &random), IntegerMatrix(1, n, &random), IntegerMatrix(m, n, &random))
      for isTransposed in [false, true] {
        for isPadded in [false, true] {
          var result: Matrix<S> = try a.matrix(.init(isTransposed: isTransposed, isPadded: isPadded))
          try BLAS.ger(alpha: -2, Vector(x.values.map { S($0) }), Vector(y.values.map { S($0) }), into: &result)
          let what = "\(m)×\(n)" + (isTransposed ? " transposed" : "") + (isPadded ? ", padded rows" : "")
          try x.product(y, alpha: -2, beta: 1, a).expectEqual(result, what)
          count += 1
        }
      }
    }
    return "\(count) products: up to 784 columns, padded rows"
  }
}
