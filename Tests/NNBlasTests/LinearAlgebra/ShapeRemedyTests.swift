import NNBlas
import TestSupport
import Testing

/// What the operations say about operands that do not fit: the full text, and a remedy only where it helps.
///
/// The operations are called, not the rules, so that each is known to check before it computes.
struct ShapeRemedyTests {
  private func gemm(_ a: (Int, Int), _ b: (Int, Int), _ c: (Int, Int)) throws -> String? {
    let a = try Matrix<Double>(rows: a.0, columns: a.1)
    let b = try Matrix<Double>(rows: b.0, columns: b.1)
    var c = try Matrix<Double>(rows: c.0, columns: c.1, repeating: 7)
    let text = message { try BLAS.gemm(a, b, into: &c) }
    #expect(c.elements.allSatisfy { $0 == 7 }, "the destination changed")
    return text
  }

  @Test func gemm() throws {
    #expect(
      try gemm((2, 3), (5, 3), (2, 5))
        == "gemm: b is 5×3, expected 3 rows to match the columns of a, 2×3; use b.transposed")
    #expect(
      try gemm((3, 2), (3, 5), (2, 5))
        == "gemm: b is 3×5, expected 2 rows to match the columns of a, 3×2; use a.transposed")
    #expect(
      try gemm((2, 1), (5, 3), (2, 3)) == "gemm: b is 5×3, expected 1 row to match the columns of a, 2×1")
    // Either transpose fits the other operand; the destination says which is meant.
    #expect(
      try gemm((2, 3), (2, 3), (2, 2))
        == "gemm: b is 2×3, expected 3 rows to match the columns of a, 2×3; use b.transposed")
    #expect(
      try gemm((2, 3), (2, 3), (3, 3))
        == "gemm: b is 2×3, expected 3 rows to match the columns of a, 2×3; use a.transposed")
    #expect(
      try gemm((2, 3), (3, 5), (5, 2))
        == "gemm: c is 5×2, expected 2×5 for 2×3 · 3×5; use b.transposed · a.transposed for the transposed product")
    #expect(try gemm((2, 3), (3, 5), (2, 4)) == "gemm: c is 2×4, expected 2×5 for 2×3 · 3×5")
  }

  private func gemv(_ a: (Int, Int), x: Int, y: Int) throws -> String? {
    let (a, x) = (try Matrix<Double>(rows: a.0, columns: a.1), try Vector<Double>(count: x))
    var y = try Vector<Double>(repeating: 7, count: y)
    let text = message { try BLAS.gemv(a, x, into: &y) }
    #expect(y.elements.allSatisfy { $0 == 7 }, "the destination changed")
    return text
  }

  @Test func gemv() throws {
    #expect(
      try gemv((2, 3), x: 2, y: 3)
        == "gemv: x is a vector of 2, expected a vector of 3 to match the columns of a, 2×3; use a.transposed")
    // A transpose would fit only one of the two vectors.
    #expect(
      try gemv((2, 3), x: 2, y: 2)
        == "gemv: x is a vector of 2, expected a vector of 3 to match the columns of a, 2×3")
    #expect(
      try gemv((2, 3), x: 3, y: 3)
        == "gemv: y is a vector of 3, expected a vector of 2 to match the rows of a, 2×3")
    #expect(
      try gemv((2, 3), x: 4, y: 2)
        == "gemv: x is a vector of 4, expected a vector of 3 to match the columns of a, 2×3")
    #expect(
      try gemv((2, 3), x: 3, y: 4)
        == "gemv: y is a vector of 4, expected a vector of 2 to match the rows of a, 2×3")
  }

  private func ger(x: Int, y: Int, _ a: (Int, Int)) throws -> String? {
    let (x, y) = (try Vector<Double>(repeating: 1, count: x), try Vector<Double>(repeating: 1, count: y))
    var a = try Matrix<Double>(rows: a.0, columns: a.1, repeating: 7)
    let text = message { try BLAS.ger(x, y, into: &a) }
    #expect(a.elements.allSatisfy { $0 == 7 }, "the destination changed")
    return text
  }

  @Test func ger() throws {
    #expect(
      try ger(x: 3, y: 2, (2, 3))
        == "ger: x is a vector of 3, expected a vector of 2 to match the rows of a, 2×3; "
        + "exchange x and y, or use a transposed destination")
    #expect(
      try ger(x: 3, y: 3, (2, 3)) == "ger: x is a vector of 3, expected a vector of 2 to match the rows of a, 2×3")
    #expect(
      try ger(x: 2, y: 2, (2, 3)) == "ger: y is a vector of 2, expected a vector of 3 to match the columns of a, 2×3")
  }

  @Test func vectorsOfDifferentLengths() throws {
    let (x, start): (Vector<Double>, Vector<Double>) = ([1, 2, 3], [4, 5])
    var y = start
    #expect(
      message { try BLAS.axpy(x, into: &y) }
        == "axpy: y is a vector of 2, expected a vector of 3 to match x")
    #expect(y == start)
    #expect(
      message { try BLAS.dot(x, start) }
        == "dot: y is a vector of 2, expected a vector of 3 to match x")
  }

  /// A rule is asked about a vector where it needs a matrix.
  @Test func vectorInPlaceOfAMatrix() {
    let (vector, matrix) = (Shape.vector(3), Shape.matrix(rows: 3, columns: 3))
    let cases: [(String?, String, String)] = [
      (message { try ShapeRules.gemm(a: vector, b: matrix, c: matrix) }, "gemm", "a"),
      (message { try ShapeRules.gemm(a: matrix, b: vector, c: matrix) }, "gemm", "b"),
      (message { try ShapeRules.gemm(a: matrix, b: matrix, c: vector) }, "gemm", "c"),
      (message { try ShapeRules.gemv(a: vector, x: vector, y: vector) }, "gemv", "a"),
      (message { try ShapeRules.ger(x: vector, y: vector, a: vector) }, "ger", "a"),
    ]
    for (text, operation, name) in cases {
      #expect(text == "\(operation): \(name) is a vector of 3, expected a matrix")
    }
    #expect(
      message { try ShapeRules.gemv(a: matrix, x: matrix, y: vector) }
        == "gemv: x is 3×3, expected a vector of 3 to match the columns of a, 3×3")
    #expect(
      message { try ShapeRules.pair("dot", x: vector, y: matrix) }
        == "dot: y is 3×3, expected a vector of 3 to match x")
  }
}
