import NNBlas

/// The oracles: the definitions as plain loops over arrays of rows, with nothing to go wrong in them.
enum Naive {
  /// A · B.
  static func product<S: Scalar>(_ a: [[S]], _ b: [[S]]) -> [[S]] {
    let columns = b.first?.count ?? 0
    return a.map { row in
      var result = [S](repeating: 0, count: columns)
      for (p, factor) in row.enumerated() {
        for j in 0..<columns { result[j] += factor * b[p][j] }
      }
      return result
    }
  }

  /// A · x.
  static func product<S: Scalar>(_ a: [[S]], _ x: [S]) -> [S] { a.map { dot($0, x) } }

  /// xᵀ · y.
  static func dot<S: Scalar>(_ x: [S], _ y: [S]) -> S {
    var sum: S = 0
    for (a, b) in zip(x, y) { sum += a * b }
    return sum
  }

  /// x · yᵀ.
  static func outerProduct<S: Scalar>(_ x: [S], _ y: [S]) -> [[S]] { x.map { a in y.map { a * $0 } } }

  /// α · x + β · y, where a factor 0 leaves its operand unread, as BLAS has it.
  static func combination<S: Scalar>(_ alpha: S, _ x: [S], _ beta: S, _ y: [S]) -> [S] {
    zip(x, y).map { (alpha == 0 ? 0 : alpha * $0) + (beta == 0 ? 0 : beta * $1) }
  }

  /// α · A + β · B, row by row.
  static func combination<S: Scalar>(_ alpha: S, _ a: [[S]], _ beta: S, _ b: [[S]]) -> [[S]] {
    zip(a, b).map { combination(alpha, $0, beta, $1) }
  }

  static func transpose<S>(_ rows: [[S]]) -> [[S]] {
    guard let first = rows.first else { return [] }
    return first.indices.map { column in rows.map { $0[column] } }
  }
}
