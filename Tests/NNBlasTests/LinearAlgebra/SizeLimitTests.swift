import Foundation
import NNBlas
import TestSupport
import Testing

/// Extents that BLAS's 32-bit integers or the machine's memory cannot hold, found on shapes alone.
struct SizeLimitTests {
  static let largest = Int(Int32.max)
  /// Just outside on either side, and what an overflow to 32 or 64 bits would make small.
  static let outside = [-1, largest + 1, 1 << 32, Int.min, Int.max]

  static func text(_ operation: String, _ name: String, _ found: String) -> String {
    "\(operation): \(name) is \(found), expected extents from 0 to 2147483647, the range of BLAS's integers"
  }

  @Test(arguments: outside)
  func matrixExtent(extent: Int) {
    let (small, large) = (Shape.matrix(rows: 2, columns: 2), Shape.matrix(rows: extent, columns: 2))
    let transposed = large.transposed
    let pair = Shape.vector(2)
    for shape in [large, transposed] {
      #expect(message { try ShapeRules.gemm(a: shape, b: small, c: small) } == Self.text("gemm", "a", "\(shape)"))
      #expect(message { try ShapeRules.gemm(a: small, b: shape, c: small) } == Self.text("gemm", "b", "\(shape)"))
      #expect(message { try ShapeRules.gemm(a: small, b: small, c: shape) } == Self.text("gemm", "c", "\(shape)"))
      #expect(message { try ShapeRules.gemv(a: shape, x: pair, y: pair) } == Self.text("gemv", "a", "\(shape)"))
      #expect(message { try ShapeRules.ger(x: pair, y: pair, a: shape) } == Self.text("ger", "a", "\(shape)"))
      #expect(message { try ShapeRules.check(shape, named: "w", in: "f") } == Self.text("f", "w", "\(shape)"))
      #expect(
        message { try ShapeRules.checkAllocation(shape, bytesPerElement: 8, named: "w", in: "f") }
          == Self.text("f", "w", "\(shape)"))
    }
    #expect(large.description == "\(extent)×2" && transposed.description == "2×\(extent)")
  }

  @Test(arguments: outside)
  func vectorExtent(extent: Int) {
    let (square, pair, long) = (Shape.matrix(rows: 2, columns: 2), Shape.vector(2), Shape.vector(extent))
    let found = "a vector of \(extent)"
    #expect(message { try ShapeRules.gemv(a: square, x: long, y: pair) } == Self.text("gemv", "x", found))
    #expect(message { try ShapeRules.gemv(a: square, x: pair, y: long) } == Self.text("gemv", "y", found))
    #expect(message { try ShapeRules.ger(x: long, y: pair, a: square) } == Self.text("ger", "x", found))
    #expect(message { try ShapeRules.ger(x: pair, y: long, a: square) } == Self.text("ger", "y", found))
    #expect(message { try ShapeRules.pair("axpy", x: long, y: pair) } == Self.text("axpy", "x", found))
    #expect(message { try ShapeRules.pair("dot", x: pair, y: long) } == Self.text("dot", "y", found))
    #expect(message { try ShapeRules.single("scal", x: long) } == Self.text("scal", "x", found))
    #expect(message { try ShapeRules.check(long, named: "v", in: "f") } == Self.text("f", "v", found))
    #expect(
      message { try ShapeRules.checkAllocation(long, bytesPerElement: 8, named: "v", in: "f") }
        == Self.text("f", "v", found))
  }

  @Test func largestExtentFits() throws {
    let n = Self.largest
    let square = Shape.matrix(rows: n, columns: n)
    #expect(try ShapeRules.gemm(a: square, b: square, c: square) == (n, n, n))
    #expect(try ShapeRules.gemv(a: square, x: .vector(n), y: .vector(n)) == (n, n))
    #expect(try ShapeRules.ger(x: .vector(n), y: .vector(n), a: square) == (n, n))
    #expect(try ShapeRules.pair("dot", x: .vector(n), y: .vector(n)) == n)
    #expect(try ShapeRules.single("scal", x: .vector(n)) == n)
  }

  /// Different extents everywhere, so that none can stand in for another.
  @Test func rulesDeriveTheExtents() throws {
    let (a, b, c) = (
      Shape.matrix(rows: 2, columns: 3), Shape.matrix(rows: 3, columns: 5), Shape.matrix(rows: 2, columns: 5)
    )
    #expect(try ShapeRules.gemm(a: a, b: b, c: c) == (m: 2, n: 5, k: 3))
    #expect(try ShapeRules.gemv(a: a, x: .vector(3), y: .vector(2)) == (m: 2, n: 3))
    #expect(try ShapeRules.ger(x: .vector(2), y: .vector(3), a: a) == (m: 2, n: 3))
    #expect(try ShapeRules.pair("dot", x: .vector(4), y: .vector(4)) == 4)
    #expect(try ShapeRules.single("scal", x: .vector(4)) == 4)
  }

  @Test(arguments: outside)
  func initializersCheckExtents(extent: Int) {
    let vector = Self.text("Vector", "the result", "a vector of \(extent)")
    #expect(message { try Vector<Float>(count: extent) } == vector)
    let (tall, wide) = (
      Self.text("Matrix", "the result", "\(extent)×2"), Self.text("Matrix", "the result", "2×\(extent)")
    )
    #expect(message { try Matrix<Float>(rows: extent, columns: 2) } == tall)
    #expect(message { try Matrix<Float>(rows: 2, columns: extent) } == wide)
    #expect(message { try Matrix<Float>(rows: extent, columns: 2, elements: []) } == tall)
    #expect(message { try Matrix<Float>(rows: 2, columns: extent, elements: []) } == wide)
  }

  /// Either extent is fine for BLAS; their product, 3.2e19 bytes of Double, overflows even a 64-bit count.
  @Test func productBeyondMemory() {
    let n = Self.largest
    let expected = ShapeError.memory(
      operation: "Matrix", name: "the result", found: .matrix(rows: n, columns: n),
      neededBytes: Double(n) * Double(n) * 8, limit: .least)
    #expect(throws: expected) { try Matrix<Double>(rows: n, columns: n) }
  }

  @Test func allocationMayTakeAllMemoryAndNoMore() throws {
    // Bytes below 2⁵³ are exact in Double, so that one byte decides.
    let all = Int(MemoryLimit.leastBytes)
    try ShapeRules.checkAllocation(.vector(1), bytesPerElement: all, named: "v", in: "f")
    try ShapeRules.checkAllocation(.matrix(rows: 1, columns: 1), bytesPerElement: all, named: "w", in: "f")
    try ShapeRules.checkAllocation(
      .matrix(rows: Self.largest, columns: 0), bytesPerElement: 8, named: "nothing", in: "f")
    let expected = ShapeError.memory(
      operation: "f", name: "v", found: .vector(1), neededBytes: Double(all) + 1, limit: .least)
    #expect(throws: expected) {
      try ShapeRules.checkAllocation(.vector(1), bytesPerElement: all + 1, named: "v", in: "f")
    }
  }
}
