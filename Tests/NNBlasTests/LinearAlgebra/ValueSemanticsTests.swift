import NNBlas
import Testing

/// No two vectors or matrices ever change together, and a destination may share storage with its inputs.
struct ValueSemanticsTests {
  @Test(arguments: Precision.allCases)
  func destinationThatWasAssignedFromAnInput(precision: Precision) throws { try checkAssigned(precision.scalar) }

  private func checkAssigned<S: Scalar>(_: S.Type) throws {
    let (rowsOfA, rowsOfB): ([[S]], [[S]]) = (randomRows(5, 5, seed: 22), randomRows(5, 5, seed: 23))
    let (a, b) = (try Matrix(rowsOfA), try Matrix(rowsOfB))
    var c = a
    try BLAS.gemm(a, b, into: &c)
    #expect(c.elements == Naive.product(rowsOfA, rowsOfB).flatMap { $0 })
    #expect(a.elements == rowsOfA.flatMap { $0 })

    var sum = a
    try BLAS.ger(a.row(0), b.row(0), into: &sum)
    #expect(sum.elements == Naive.combination(1, Naive.outerProduct(rowsOfA[0], rowsOfB[0]), 1, rowsOfA).flatMap { $0 })
    #expect(a.elements == rowsOfA.flatMap { $0 })
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func destinationThatIsAnInput(precision: Precision, layout: Layout) throws {
    try checkAliased(precision.scalar, layout)
  }

  private func checkAliased<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    let rowsOfC: [[S]] = randomRows(6, 6, seed: 24)
    var c = try matrix(rowsOfC, lying: layout)
    try BLAS.gemm(c, c, into: &c)
    #expect(c.elements == Naive.product(rowsOfC, rowsOfC).flatMap { $0 })

    c = try matrix(rowsOfC, lying: layout)
    try BLAS.gemm(c.transposed, c, beta: 1, into: &c)
    let expected = Naive.combination(1, Naive.product(Naive.transpose(rowsOfC), rowsOfC), 1, rowsOfC)
    #expect(c.elements == expected.flatMap { $0 })

    c = try matrix(rowsOfC, lying: layout)
    try BLAS.ger(c.row(1), c.row(2), into: &c)
    let updated = Naive.combination(1, Naive.outerProduct(rowsOfC[1], rowsOfC[2]), 1, rowsOfC)
    #expect(c.elements == updated.flatMap { $0 })

    c = try matrix(rowsOfC, lying: layout)
    var x = c.row(3)
    try BLAS.gemv(c, x, into: &x)
    #expect(x.elements == Naive.product(rowsOfC, rowsOfC[3]))
    #expect(c.elements == rowsOfC.flatMap { $0 })
  }

  @Test(arguments: Precision.allCases)
  func vectorThatIsItsOwnInput(precision: Precision) throws { try checkVector(precision.scalar) }

  private func checkVector<S: Scalar>(_: S.Type) throws {
    var x: Vector<S> = [1, 2, 3]
    let original = x
    try BLAS.axpy(alpha: 2, x, into: &x)
    #expect(x.elements == [3, 6, 9])
    try BLAS.scal(-1, &x)
    #expect(x.elements == [-3, -6, -9])
    #expect(original.elements == [1, 2, 3])
    // The elements of an overlapping view are those from before.
    var shifted = x[0..<2]
    try BLAS.axpy(x[1..<3], into: &shifted)
    #expect(shifted.elements == [-9, -15])
    #expect(x.elements == [-3, -6, -9])
  }

  @Test(arguments: Precision.allCases)
  func viewOutlivesItsParent(precision: Precision) throws { try checkLifetime(precision.scalar) }

  private func checkLifetime<S: Scalar>(_: S.Type) throws {
    func views() throws -> [Matrix<S>] {
      let parent = try Matrix([[1, 2, 3], [4, 5, 6], [7, 8, 9]] as [[S]])
      return [parent[rows: 1..<3], parent.transposed[rows: 0..<2, columns: 1..<3], parent.row(2).column]
    }
    let kept = try views()
    // Memory that was freed would be handed out again here.
    let others = try (0..<100).map { _ in try Matrix<S>(rows: 3, columns: 3, repeating: .nan) }
    #expect(kept[0].elements == [4, 5, 6, 7, 8, 9])
    #expect(kept[1].elements == [4, 7, 5, 8])
    #expect(kept[2].elements == [7, 8, 9])
    withExtendedLifetime(others) {}
  }

  @Test(arguments: Precision.allCases, Layout.allCases)
  func parentAndViewChangeApart(precision: Precision, layout: Layout) throws {
    try checkApart(precision.scalar, layout)
  }

  private func checkApart<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    let rows: [[S]] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    var parent = try matrix(rows, lying: layout)
    var block = parent[rows: 1..<3, columns: 0..<2]
    var row = parent.row(1)
    var flattened = parent.flattened
    parent[1, 1] = -5
    #expect(block.elements == [4, 5, 7, 8] && row.elements == [4, 5, 6] && flattened.elements == rows.flatMap { $0 })
    block[1, 0] = -7
    row[2] = -6
    flattened[0] = -1
    #expect(block.elements == [4, 5, -7, 8] && row.elements == [4, 5, -6])
    #expect(flattened.elements == [-1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(parent.elements == [1, 2, 3, 4, -5, 6, 7, 8, 9])
  }

  @Test(arguments: Precision.allCases)
  func vectorAndRangeChangeApart(precision: Precision) throws { try checkRange(precision.scalar) }

  private func checkRange<S: Scalar>(_: S.Type) throws {
    var parent: Vector<S> = [1, 2, 3, 4, 5]
    var range = parent[1..<4]
    var column = range.column
    parent[1] = -2
    range[1] = -3
    column[2, 0] = -4
    #expect(parent.elements == [1, -2, 3, 4, 5])
    #expect(range.elements == [2, -3, 4])
    #expect(column.elements == [2, 3, -4])
  }

  /// Whether the storage is shared, so that setting copies first, or not.
  @Test(arguments: Precision.allCases, [true, false])
  func settingElementsOfATransposedView(precision: Precision, shared: Bool) throws {
    for layout in Layout.allCases { try checkSetting(precision.scalar, layout, shared: shared) }
  }

  private func checkSetting<S: Scalar>(_: S.Type, _ layout: Layout, shared: Bool) throws {
    var expected = ViewTests.numbered(S.self)
    var matrix = try matrix(expected, lying: layout)
    let start = address(of: matrix)
    let others = shared ? [matrix] : []
    for (i, j) in [(0, 0), (1, 4), (4, 1), (4, 6)] {
      matrix[i, j] += 1000
      expected[i][j] += 1000
    }
    #expect(matrix.elements == expected.flatMap { $0 }, "\(layout)")
    #expect((address(of: matrix) == start) == !shared, "\(layout): copied exactly when shared")
    #expect(others.allSatisfy { $0.elements == ViewTests.numbered(S.self).flatMap { $0 } }, "\(layout)")
  }
}
