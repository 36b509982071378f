import NNBlas
import Testing

/// Blocks, rows, transposes and flattened views: which elements they show, and that they copy nothing they need not.
struct ViewTests {
  static let rows = 5
  static let columns = 7

  /// The number 10 · row + column at every place, so that each element tells where it came from.
  static func numbered<S: Scalar>(_: S.Type) -> [[S]] {
    (0..<rows).map { row in (0..<columns).map { S(10 * row + $0) } }
  }

  /// Ranges at the start, in the middle, at the end, of one, and empty ones at both ends.
  static func ranges(upTo count: Int) -> [Range<Int>] {
    [0..<count, 0..<2, 1..<count - 1, 2..<3, count - 1..<count, 0..<0, count..<count]
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func blocks(precision: Precision, layout: Layout) throws { try checkBlocks(precision.scalar, layout) }

  private func checkBlocks<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    let numbered = Self.numbered(S.self)
    let matrix = try matrix(numbered, lying: layout)
    for rowRange in Self.ranges(upTo: Self.rows) {
      #expect(matrix[rows: rowRange].elements == numbered[rowRange].flatMap { $0 }, "rows \(rowRange)")
      for columnRange in Self.ranges(upTo: Self.columns) {
        let expected = numbered[rowRange].flatMap { $0[columnRange] }
        let block = matrix[rows: rowRange, columns: columnRange]
        #expect(block.shape == .matrix(rows: rowRange.count, columns: columnRange.count))
        #expect(block.elements == expected, "rows \(rowRange), columns \(columnRange)")
        let way = matrix.transposed[rows: columnRange, columns: rowRange].transposed
        #expect(way.elements == expected, "rows \(rowRange), columns \(columnRange), by way of the transpose")
      }
    }
    let blockOfBlock = matrix[rows: 1..<5, columns: 2..<7][rows: 1..<3, columns: 1..<4]
    #expect(blockOfBlock.elements == numbered[2..<4].flatMap { $0[3..<6] })
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func elementsRowsAndTranspose(precision: Precision, layout: Layout) throws {
    try checkElements(precision.scalar, layout)
  }

  private func checkElements<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    let numbered = Self.numbered(S.self)
    let matrix = try matrix(numbered, lying: layout)
    let transposed = matrix.transposed
    #expect(matrix.shape == .matrix(rows: Self.rows, columns: Self.columns))
    #expect(transposed.shape == .matrix(rows: Self.columns, columns: Self.rows))
    for (i, row) in numbered.enumerated() {
      #expect(matrix.row(i).elements == row)
      for (j, element) in row.enumerated() {
        #expect(matrix[i, j] == element)
        #expect(transposed[j, i] == element)
      }
    }
    #expect(matrix.elements == numbered.flatMap { $0 })
    #expect(matrix.flattened.elements == numbered.flatMap { $0 })
    #expect(transposed.elements == Naive.transpose(numbered).flatMap { $0 })
    #expect(transposed.transposed == matrix)
    #expect(matrix.withElements { elements in (0..<35).map { elements[$0] } } == numbered.flatMap { $0 })
  }

  /// Single rows and columns lie without gaps in one of the two orders, whatever surrounds them.
  @Test(arguments: Precision.allCases, Layout.allCases)
  func singleRowsAndColumnsFlatten(precision: Precision, layout: Layout) throws {
    try checkSingles(precision.scalar, layout)
  }

  private func checkSingles<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    for rows: [[S]] in [[[1, 2, 3]], [[1], [2], [3]], [[1]]] {
      let matrix = try matrix(rows, lying: layout)
      #expect(matrix.flattened.elements == rows.flatMap { $0 })
      #expect(matrix.transposed.flattened.elements == rows.flatMap { $0 })
    }
  }

  @Test func viewsCopyNothing() throws {
    let matrix = try Matrix(Self.numbered(Double.self))
    let start = address(of: matrix)
    #expect(address(of: matrix.transposed) == start)
    #expect(address(of: matrix.flattened) == start)
    #expect(address(of: matrix.row(2)) == start + 2 * Self.columns)
    #expect(address(of: matrix[rows: 1..<3]) == start + Self.columns)
    #expect(address(of: matrix[rows: 1..<3, columns: 4..<6]) == start + Self.columns + 4)
    // A column of the matrix has gaps, a column of its transposed view has none.
    #expect(address(of: matrix[rows: 0..<5, columns: 3..<4].flattened) != start + 3)
    #expect(address(of: matrix.transposed[rows: 0..<7, columns: 3..<4].flattened) == start + 3 * Self.columns)

    let vector = matrix.flattened
    #expect(address(of: vector[3..<9]) == start + 3)
    #expect(address(of: vector[3..<9].row) == start + 3)
    #expect(address(of: vector[3..<9].column) == start + 3)
    let assigned = matrix
    #expect(address(of: assigned) == start)
  }

  @Test func paddedAndTransposedMatricesFlattenToCopies() throws {
    for layout in [Layout.padded, .transposed, .paddedTransposed] {
      let matrix = try matrix(Self.numbered(Double.self), lying: layout)
      #expect(address(of: matrix.flattened) != address(of: matrix), "\(layout)")
    }
  }

  @Test(arguments: Precision.allCases)
  func vectorRangesRowsAndColumns(precision: Precision) throws { try checkVector(precision.scalar) }

  private func checkVector<S: Scalar>(_: S.Type) throws {
    let elements = (0..<9).map { S($0) }
    let view = vector(elements)
    for range in Self.ranges(upTo: 9) {
      #expect(view[range].elements == Array(elements[range]), "\(range)")
      #expect(view[range].count == range.count)
    }
    #expect(view[2..<7][1..<4].elements == [3, 4, 5])
    #expect(view[2..<7][3] == 5)
    #expect(view.row == (try Matrix([elements])))
    #expect(view.column == (try Matrix(elements.map { [$0] })))
    #expect(view.row == view.column.transposed)
  }

  /// Where it is no longer the width of what it was cut from, that may be wider than BLAS's integers can say.
  @Test func aSingleRowHasItsOwnLeadingDimension() throws {
    let row = Vector<Double>([1, 2, 3, 4, 5]).row
    #expect(row[rows: 0..<1, columns: 1..<3].leadingDimension == 2)
    #expect(row.transposed[rows: 1..<3, columns: 0..<1].leadingDimension == 2)
    #expect(row[rows: 0..<1, columns: 0..<0].leadingDimension == 1)
    let square = try Matrix<Double>(rows: 3, columns: 3)
    #expect(square[rows: 0..<2, columns: 1..<3].leadingDimension == 3)
  }
}
