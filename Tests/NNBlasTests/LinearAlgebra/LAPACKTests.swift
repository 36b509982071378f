import NNBlas
import TestSupport
import Testing

@Suite("QR factorizations")
struct LAPACKTests {
  static let shapes = [(1, 1), (2, 1), (3, 3), (5, 2), (17, 17), (40, 13), (70, 69), (90, 40)]

  /// Householder's factorization is backward stable: ‖A − QR‖ and ‖QᵀQ − I‖ are of order m n^½ u at most (Higham, "Accuracy and
  /// Stability of Numerical Algorithms", 2002, theorem 19.4), relative to the norms; seen are a few √n u. Elements of A are up to 1.
  @Test("give the matrix again, with orthonormal columns", arguments: shapes)
  func residual(rows: Int, columns: Int) throws {
    try check(rows, columns, as: Double.self)
    try check(rows, columns, as: Float.self)
  }

  private func check<S: Scalar>(_ m: Int, _ n: Int, as _: S.Type) throws {
    var random = RandomValues(seed: UInt64(m * 1000 + n))
    let a = try Matrix<S>(rows: m, columns: n, elements: random.numbers(m * n, in: -1...1))
    let before = a.elements
    let limit = 10 * Double(S.ulpOfOne) * Double(m).squareRoot() * Double(n).squareRoot()
    // The same numbers, and a view on those of the transposed matrix.
    let turned = try Matrix<S>(rows: n, columns: m, elements: (0..<m * n).map { a[$0 % m, $0 / m] })
    for view in [a, turned.transposed] {
      let (q, r) = try LAPACK.qr(view)
      #expect((q.rows, q.columns, r.rows, r.columns) == (m, n, n, n))
      for i in 0..<m {
        for j in 0..<n {
          let product = (0..<n).reduce(0.0) { $0 + Double(q[i, $1]) * Double(r[$1, j]) }
          #expect(abs(product - Double(a[i, j])) <= limit)
        }
      }
      for i in 0..<n {
        for j in 0..<n {
          let product = (0..<m).reduce(0.0) { $0 + Double(q[$1, i]) * Double(q[$1, j]) }
          #expect(abs(product - (i == j ? 1 : 0)) <= limit)
          if j < i { #expect(r[i, j] == 0) }
        }
      }
    }
    #expect(a.elements == before)
  }

  /// A = [3 −4; 4 3] [1 2; 0 1] / 5 · 5: columns of 5 and whole numbers throughout.
  @Test("of whole numbers are what they are by hand")
  func byHand() throws {
    let (q, r) = try LAPACK.qr(Matrix<Double>([[3, 2], [4, 11]]))
    // The first column is (3, 4) / 5 up to its sign, r₁₁ = ±5, r₁₂ = ±10, r₂₂ = ±5.
    #expect(abs(abs(q[0, 0]) - 0.6) < 1e-15 && abs(abs(q[1, 0]) - 0.8) < 1e-15)
    #expect(abs(abs(r[0, 0]) - 5) < 1e-14 && abs(abs(r[0, 1]) - 10) < 1e-14 && abs(abs(r[1, 1]) - 5) < 1e-14)
    #expect(r[0, 0] * r[0, 1] > 0)
  }

  @Test("are refused for wide matrices, none, and what is not finite")
  func refused() throws {
    #expect(
      message { _ = try LAPACK.qr(Matrix<Double>(rows: 2, columns: 3)) }
        == "qr: a is 2×3, expected at least one column, and as many rows as columns; use a.transposed")
    #expect(
      message { _ = try LAPACK.qr(Matrix<Double>(rows: 0, columns: 0)) }
        == "qr: a is 0×0, expected at least one column, and as many rows as columns")
    #expect(
      message { _ = try LAPACK.qr(Matrix<Float>([[1, 2], [.nan, 4]])) }
        == "qr: a has nan in row 1, column 0, expected finite numbers")
  }
}
