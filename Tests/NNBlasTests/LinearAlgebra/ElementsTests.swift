import Foundation
import NNBlas
import Testing

/// Whole-operand loops, the same for vectors and for matrices however they lie, and stretches lent out of a vector.
struct ElementsTests {
  static let rows = 3
  static let columns = 5

  /// Whether the storage is shared with a view, which must then keep its elements.
  @Test(arguments: Precision.allCases, Layout.allCases)
  func loopsOverMatrices(precision: Precision, layout: Layout) throws {
    for shared in [false, true] { try checkLoops(precision.scalar, layout, shared: shared) }
  }

  private func checkLoops<S: Scalar>(_: S.Type, _ layout: Layout, shared: Bool) throws {
    let rows: [[S]] = randomRows(Self.rows, Self.columns, seed: 33)
    let (otherRows, others): ([[S]], [S]) = (
      randomRows(Self.rows, Self.columns, seed: 34), randomElements(15, seed: 35)
    )
    let elements = rows.flatMap { $0 }
    let other = try matrix(otherRows, lying: .paddedTransposed)

    /// The elements after a loop over a fresh matrix, whose views must not change with it.
    func after(_ loop: (inout Matrix<S>) throws -> Void) throws -> [S] {
      var target = try matrix(rows, lying: layout)
      let views = shared ? [target, target.transposed] : []
      try loop(&target)
      #expect(target.shape == .matrix(rows: Self.rows, columns: Self.columns))
      if shared {
        #expect(views[0].elements == elements && views[1].elements == Naive.transpose(rows).flatMap { $0 })
      }
      return target.elements
    }

    #expect(try after { $0.fill(with: 7) } == [S](repeating: 7, count: 15))
    #expect(try after { $0.copy(other) } == otherRows.flatMap { $0 })
    #expect(try after { $0.copy(vector(others)) } == others)
    #expect(try after { $0.subtract(other) } == zip(elements, otherRows.flatMap { $0 }).map { $0 - $1 })
    let derivative = zip(elements, otherRows.flatMap { $0 }).map { $0 * $1 * (1 - $1) }
    #expect(try after { $0.multiplyBySigmoidDerivative(activation: other) } == derivative)
    var sigmoid = Vector(elements)
    sigmoid.applySigmoid()
    #expect(try after { $0.applySigmoid() } == sigmoid.elements)
    for (value, z) in zip(sigmoid.elements, elements) {
      // Bounded in detail by the tests of the kernel.
      #expect(ulps(value, from: 1 / (1 + exp(-Double(z)))) <= 8, "σ(\(z))")
    }
    #expect(other.elementCount == 15)
  }

  @Test(arguments: Precision.allCases)
  func loopsOverVectors(precision: Precision) throws { try checkVectorLoops(precision.scalar) }

  private func checkVectorLoops<S: Scalar>(_: S.Type) throws {
    let parent: Vector<S> = [1, 2, 3, 4, 5]
    var view = parent[1..<4]
    view.subtract([1, 1, 1])
    #expect(view.elements == [1, 2, 3])
    view.fill(with: -1)
    #expect(view.elements == [-1, -1, -1])
    view.copy(try Matrix([[7, 8, 9]]))
    #expect(view.elements == [7, 8, 9] && view.elementCount == 3)
    #expect(parent.elements == [1, 2, 3, 4, 5])
  }

  @Test(arguments: Precision.allCases)
  func lentMatrix(precision: Precision) throws { try checkLentMatrix(precision.scalar) }

  private func checkLentMatrix<S: Scalar>(_: S.Type) throws {
    var flat = Vector((0..<10).map { S($0) })
    let start = address(of: flat)
    try flat.withMutableMatrix(at: 2, rows: 2, columns: 3) { window in
      #expect(window.elements == [2, 3, 4, 5, 6, 7] && window.shape == .matrix(rows: 2, columns: 3))
      try BLAS.ger([1, 10], [1, 2, 3], into: &window)
    }
    #expect(flat.elements == [0, 1, 3, 5, 7, 15, 26, 37, 8, 9])
    #expect(address(of: flat) == start, "copied, although nobody shares it")

    let shared = flat
    flat.withMutableMatrix(at: 0, rows: 1, columns: 2) { $0.fill(with: -1) }
    #expect(flat.elements == [-1, -1, 3, 5, 7, 15, 26, 37, 8, 9])
    #expect(shared.elements == [0, 1, 3, 5, 7, 15, 26, 37, 8, 9])
  }

  @Test(arguments: Precision.allCases)
  func lentSlice(precision: Precision) throws { try checkLentSlice(precision.scalar) }

  private func checkLentSlice<S: Scalar>(_: S.Type) throws {
    var flat = vector((0..<6).map { S($0) })
    let start = address(of: flat)
    flat.withMutableSlice(1..<4) { window in
      #expect(window.elements == [1, 2, 3])
      window.fill(with: -1)
    }
    #expect(flat.elements == [0, -1, -1, -1, 4, 5])
    #expect(address(of: flat) == start, "copied, although nobody shares it")
    let shared = flat
    flat.withMutableSlice(5..<6) { $0[0] = -5 }
    #expect(flat.elements == [0, -1, -1, -1, 4, -5])
    #expect(shared.elements == [0, -1, -1, -1, 4, 5])
  }

  /// What was lent comes back when the borrower throws.
  @Test func lentMemoryComesBackAfterAnError() throws {
    var flat: Vector<Double> = [1, 2, 3, 4]
    let error = ShapeError.elementCount(operation: "test", found: 0, expected: .vector(1))
    #expect(throws: error) {
      try flat.withMutableMatrix(at: 0, rows: 2, columns: 2) { (window) throws(ShapeError) in
        window[0, 0] = -1
        throw error
      }
    }
    #expect(throws: error) {
      try flat.withMutableSlice(2..<3) { (window) throws(ShapeError) in
        window[0] = -3
        throw error
      }
    }
    #expect(flat.elements == [-1, 2, -3, 4])
  }
}
