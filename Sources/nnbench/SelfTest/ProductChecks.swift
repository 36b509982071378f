import NNBlas

extension SelfCheck {
  static func productChecks(threads: Int) -> [SelfCheck] {
    func checks<S: Scalar>(_: S.Type) -> [SelfCheck] {
      let counts = threads > 1 ? [1, threads] : [1]
      return [
        SelfCheck("gemm \(S.precision), exact") { try exactProducts(S.self) },
        SelfCheck("gemm \(S.precision), residual") { try productResiduals(S.self, threads: counts) },
      ]
    }
    return checks(Float.self) + checks(Double.self)
  }

  /// Odd ones, one less and one more than what kernels take at once, and one beyond what is made without packing.
  private static let extents = [1, 3, 7, 17, 33, 65]

  /// Every transpose of each operand, the destination's too, with and without gaps between rows, all combinations of extents.
  private static func exactProducts<S: Scalar>(_: S.Type) throws -> String {
    var random = Philox(seed: 1)
    var count = 0
    // Factors, of which β = 0 must overwrite whatever there is.
    let factors: [(alpha: Double, beta: Double)] = [(1, 0), (-2, 1), (1, -1)]
    for m in extents {
      for k in extents {
        for n in extents {
          let (a, b, c) = (
            IntegerMatrix(m, k, &random), IntegerMatrix(k, n, &random), IntegerMatrix(m, n, &random)
          )
          for transposes in Operation.Transposes.allCases {
            let (alpha, beta) = factors[count % factors.count]
            let isPadded = count % 2 == 0
            let (left, right): (Matrix<S>, Matrix<S>) = (
              try a.matrix(.init(isTransposed: transposes.a, isPadded: isPadded)),
              try b.matrix(.init(isTransposed: transposes.b, isPadded: isPadded))
            )
            var result: Matrix<S> = try c.matrix(.init(isTransposed: count % 5 == 0, isPadded: count % 3 == 0))
            if beta == 0 { result[0, 0] = .nan }
            try BLAS.gemm(alpha: S(alpha), left, right, beta: S(beta), into: &result)
            let what = "\(transposes) \(m)×\(k)×\(n), α = \(alpha), β = \(beta)" + (isPadded ? ", padded rows" : "")
            try a.product(b, alpha: alpha, beta: beta, c).expectEqual(result, what)
            try a.expectEqual(left, "\(what): an operand was changed")
            try b.expectEqual(right, "\(what): an operand was changed")
            count += 1
          }
        }
      }
    }
    return "\(count) products: nn, nt, tn, tt, extents 1 to \(extents[extents.count - 1]), padded rows"
  }

  /// Large ones, by random vectors, on one thread and on several.
  private static func productResiduals<S: Scalar>(_: S.Type, threads: [Int]) throws -> String {
    let before = BLAS.threads
    defer { BLAS.threads = before }
    var worst = 0.0
    for (m, k, n) in [(515, 700, 333), (128, 784, 512), (10, 784, 30), (30, 10, 784), (1025, 129, 257)] {
      for transposes in Operation.Transposes.allCases {
        for threads in threads {
          BLAS.threads = threads
          let operands = try GemmOperands<S>(m: m, k: k, n: n, transposes)
          try operands.call(times: 1)
          let operation = Operation.gemm(m: m, k: k, n: n, transposes)
          let residual = try operands.residual()
          try checkResidual(
            residual, S.precision,
            name: "\(operation.name(S.precision)), \(counted(threads, "thread"))")
          worst = max(worst, residual)
        }
      }
    }
    let counts = threads.map(String.init).joined(separator: " and ")
    return "\(significant(worst)) at most; up to 1025 rows, \(counts) thread\(threads == [1] ? "" : "s")"
  }
}
