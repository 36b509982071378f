import NNBlas
import Testing

/// Making, comparing and printing vectors and matrices.
struct VectorMatrixTests {
  @Test(arguments: Precision.allCases)
  func initializers(precision: Precision) throws { try checkInitializers(precision.scalar) }

  private func checkInitializers<S: Scalar>(_: S.Type) throws {
    #expect(try Vector<S>(count: 3).elements == [0, 0, 0])
    #expect(try Vector<S>(repeating: -0.5, count: 2).elements == [-0.5, -0.5])
    #expect(Vector<S>([1, 2, 3]).elements == [1, 2, 3])
    let literal: Vector<S> = [4, 5]
    #expect(literal.elements == [4, 5] && literal.count == 2 && literal.shape == .vector(2))

    #expect(try Matrix<S>(rows: 2, columns: 3).elements == [0, 0, 0, 0, 0, 0])
    #expect(try Matrix<S>(rows: 1, columns: 2, repeating: 7).elements == [7, 7])
    let byElements = try Matrix<S>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
    #expect(byElements.rows == 2 && byElements.columns == 3 && byElements[1, 0] == 4)
    #expect(byElements == (try Matrix([[1, 2, 3], [4, 5, 6]])))
  }

  @Test(arguments: Precision.allCases)
  func equality(precision: Precision) throws { try checkEquality(precision.scalar) }

  private func checkEquality<S: Scalar>(_: S.Type) throws {
    #expect(Vector<S>([1, 2]) == [1, 2])
    #expect(Vector<S>([1, 2]) != [1, 3])
    #expect(Vector<S>([1, 2]) != [1, 2, 3])
    #expect(Vector<S>([1, .nan]) != [1, .nan])
    #expect(Vector<S>([0]) == [-0.0])

    let rows: [[S]] = [[1, 2, 3], [4, 5, 6]]
    let compact = try Matrix(rows)
    for layout in Layout.allCases { #expect(try matrix(rows, lying: layout) == compact, "\(layout)") }
    #expect(compact != compact.transposed)
    #expect(compact != (try Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])))
    #expect(compact != (try Matrix([[1, 2, 3], [4, 5, 7]])))
    #expect(try Matrix<S>(rows: 0, columns: 2) != Matrix<S>(rows: 2, columns: 0))
  }

  /// More than eight elements are abbreviated to the first and last three.
  @Test func descriptions() throws {
    #expect("\(Vector<Double>([1, -0.5]))" == "[1.0, -0.5]")
    #expect("\(Vector((1...8).map(Float.init)))" == "[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]")
    #expect("\(Vector((1...9).map(Float.init)))" == "[1.0, 2.0, 3.0, …, 7.0, 8.0, 9.0]")
    #expect("\(try Matrix<Double>([[1, 2], [3, 4]]))" == "2×2 [[1.0, 2.0], [3.0, 4.0]]")
    #expect("\(try Matrix<Double>([[1, 2], [3, 4]]).transposed)" == "2×2 [[1.0, 3.0], [2.0, 4.0]]")
    #expect("\(Vector((1...9).map(Float.init)).row)" == "1×9 [[1.0, 2.0, 3.0, …, 7.0, 8.0, 9.0]]")
    #expect("\(Vector((1...9).map(Float.init)).column)" == "9×1 [[1.0], [2.0], [3.0], …, [7.0], [8.0], [9.0]]")
  }

  @Test func precisions() {
    #expect(Float.precision == .f32 && "\(Float.precision)" == "f32" && Precision(rawValue: "f32") == .f32)
    #expect(Double.precision == .f64 && "\(Double.precision)" == "f64" && Precision(rawValue: "f64") == .f64)
    #expect(Precision.allCases.map { "\($0.scalar)" } == ["Float", "Double"])
  }

  /// A cache line has 64 bytes on every processor here; a vector register needs no more.
  @Test func memoryIsAlignedToACacheLine() throws {
    for count in [1, 3, 100, 1000] {
      #expect(Int(bitPattern: address(of: try Vector<Float>(count: count))) % 64 == 0)
      #expect(Int(bitPattern: address(of: try Matrix<Double>(rows: count, columns: 3))) % 64 == 0)
    }
  }
}
