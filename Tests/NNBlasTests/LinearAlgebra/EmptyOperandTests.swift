import NNBlas
import Testing

/// Operands without elements: an empty sum is 0, an empty result needs nothing, and no C call sees either.
struct EmptyOperandTests {
  @Test(arguments: Precision.allCases, Layout.allCases)
  func gemmOverNothing(precision: Precision, layout: Layout) throws { try checkGemm(precision.scalar, layout) }

  private func checkGemm<S: Scalar>(_: S.Type, _ layout: Layout) throws {
    let rowsOfC: [[S]] = randomRows(3, 4, seed: 25)
    let (a, b) = (try Matrix<S>(rows: 3, columns: 0), try Matrix<S>(rows: 0, columns: 4))
    for beta: S in [0, 1, -0.5] {
      let start: [[S]] = beta == 0 ? rowsOfC.map { $0.map { _ in .nan } } : rowsOfC
      let parent = try matrix(start, lying: layout)
      var c = parent
      try BLAS.gemm(a, b, beta: beta, into: &c)
      #expect(c.elements == rowsOfC.flatMap { $0.map { beta * $0 } }, "beta \(beta)")
      let elementsOfParent = parent.elements
      #expect(beta == 0 ? elementsOfParent.allSatisfy(\.isNaN) : elementsOfParent == rowsOfC.flatMap { $0 })
      // The same with the storage to itself, by way of the transposes.
      var alone = try matrix(start, lying: layout).transposed
      try BLAS.gemm(b.transposed, a.transposed, beta: beta, into: &alone)
      #expect(alone.elements == Naive.transpose(rowsOfC).flatMap { $0.map { beta * $0 } }, "beta \(beta)")
    }
  }

  @Test(arguments: Precision.allCases)
  func gemmIntoNothing(precision: Precision) throws { try checkEmptyResults(precision.scalar) }

  private func checkEmptyResults<S: Scalar>(_: S.Type) throws {
    for (m, n, k) in [(0, 3, 2), (3, 0, 2), (0, 0, 2), (0, 3, 0), (3, 0, 0), (0, 0, 0)] {
      let (a, b) = (try Matrix<S>(rows: m, columns: k, repeating: 1), try Matrix<S>(rows: k, columns: n, repeating: 1))
      for beta: S in [0, 1, -0.5] {
        var c = try Matrix<S>(rows: m, columns: n)
        try BLAS.gemm(a, b, beta: beta, into: &c)
        try BLAS.gemm(b.transposed, a.transposed, beta: beta, into: &c.transposedInPlace)
        #expect(c.elements == [] && c.shape == .matrix(rows: m, columns: n))
      }
    }
  }

  @Test(arguments: Precision.allCases)
  func levelTwo(precision: Precision) throws { try checkLevelTwo(precision.scalar) }

  private func checkLevelTwo<S: Scalar>(_: S.Type) throws {
    let (noColumns, noRows) = (try Matrix<S>(rows: 3, columns: 0), try Matrix<S>(rows: 0, columns: 3))
    for (beta, start, expected) in [(0, S.nan, 0), (1, 4, 4), (-0.5, 4, -2)] as [(S, S, S)] {
      for a in [noColumns, noRows.transposed] {
        var y = try Vector<S>(repeating: start, count: 3)
        try BLAS.gemv(a, [], beta: beta, into: &y)
        #expect(y.elements == [expected, expected, expected], "beta \(beta)")
      }
      for a in [noRows, noColumns.transposed] {
        var y: Vector<S> = []
        try BLAS.gemv(a, [1, 2, 3], beta: beta, into: &y)
        #expect(y.elements == [])
      }
    }
    for (x, y, start) in [([1, 2, 3], [], noColumns), ([], [1, 2, 3], noRows)] as [(Vector<S>, Vector<S>, Matrix<S>)] {
      var a = start
      try BLAS.ger(x, y, into: &a)
      #expect(a.elements == [] && a.shape == start.shape)
    }
  }

  @Test(arguments: Precision.allCases)
  func levelOne(precision: Precision) throws { try checkLevelOne(precision.scalar) }

  private func checkLevelOne<S: Scalar>(_: S.Type) throws {
    var y: Vector<S> = []
    try BLAS.axpy([], into: &y)
    try BLAS.scal(2, &y)
    #expect(y == [])
    #expect(try BLAS.dot([], []) as S == 0)
    #expect(try BLAS.nrm2([]) as S == 0)
  }

  @Test(arguments: Precision.allCases)
  func vectorsMatricesAndViews(precision: Precision) throws { try checkValues(precision.scalar) }

  private func checkValues<S: Scalar>(_: S.Type) throws {
    #expect(Vector<S>([]).elements == [] && Vector<S>([]).shape == .vector(0))
    #expect(try Vector<S>(count: 0) == [])
    #expect("\(Vector<S>([]))" == "[]")
    #expect(Vector<S>([]).row.shape == .matrix(rows: 1, columns: 0))
    #expect(Vector<S>([]).column.shape == .matrix(rows: 0, columns: 1))
    for (rows, columns, text) in [(0, 0, "0×0 []"), (0, 3, "0×3 []"), (2, 0, "2×0 [[], []]")] {
      let matrix = try Matrix<S>(rows: rows, columns: columns, elements: [])
      #expect(matrix.elements == [] && matrix.flattened == [] && "\(matrix)" == text)
      #expect(matrix == (try Matrix(rows: rows, columns: columns)))
      #expect(matrix.transposed.shape == .matrix(rows: columns, columns: rows))
      #expect(matrix.transposed.elements == [])
      #expect(matrix[rows: 0..<rows, columns: 0..<columns] == matrix)
    }
    #expect(try Matrix<S>([]).shape == .matrix(rows: 0, columns: 0))
    #expect(try Matrix<S>([[], []]).shape == .matrix(rows: 2, columns: 0))
    #expect(try Matrix<S>(rows: 2, columns: 0).row(1).elements == [])
  }
}

extension Matrix {
  /// The transpose as a destination.
  fileprivate var transposedInPlace: Matrix {
    get { transposed }
    set { self = newValue.transposed }
  }
}
