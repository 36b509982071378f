import NNBlas
import Testing

/// Where gemm and ger write: into the destination's own memory when nobody shares it, and nowhere else.
struct DestinationTests {
  enum Operation: CaseIterable { case gemm, ger }

  /// What the gaps of a padded destination hold: no operation here results in it.
  static let gap = 1000

  @Test(arguments: Precision.allCases, Operation.allCases)
  func paddedDestinationIsWrittenInPlace(precision: Precision, operation: Operation) throws {
    try checkInPlace(precision.scalar, operation, transposed: false)
    try checkInPlace(precision.scalar, operation, transposed: true)
  }

  private func checkInPlace<S: Scalar>(_: S.Type, _ operation: Operation, transposed: Bool) throws {
    let (m, n) = (5, 7)
    let rowsOfC: [[S]] = randomRows(m, n, seed: 5)
    var c = try matrix(rowsOfC, lying: transposed ? .paddedTransposed : .padded, gap: S(Self.gap))
    let before = address(of: c)
    let expected = try run(operation, on: &c, holding: rowsOfC)
    try #require(address(of: c) == before, "the destination moved, although nobody shares it")
    let inMemory = surrounded(transposed ? Naive.transpose(expected) : expected, by: S(Self.gap)).flatMap { $0 }
    let width = Padding.left + (transposed ? m : n) + Padding.right
    // The destination still holds the larger matrix's memory, so that its surroundings can be read.
    let around = withExtendedLifetime(c) {
      let start = before - (Padding.above * width + Padding.left)
      return Array(UnsafeBufferPointer(start: start, count: inMemory.count))
    }
    #expect(around == inMemory)
  }

  @Test(arguments: Precision.allCases, Operation.allCases)
  func viewOfALivingMatrixIsCopiedFirst(precision: Precision, operation: Operation) throws {
    try checkParent(precision.scalar, operation)
  }

  private func checkParent<S: Scalar>(_: S.Type, _ operation: Operation) throws {
    let rowsOfC: [[S]] = randomRows(5, 7, seed: 6)
    let parentRows = surrounded(rowsOfC, by: S(Self.gap))
    let parent = try Matrix(parentRows)
    var c = middle(of: parent)
    let expected = try run(operation, on: &c, holding: rowsOfC)
    #expect(c.elements == expected.flatMap { $0 })
    #expect(parent.elements == parentRows.flatMap { $0 })

    var transposed = middle(of: parent).transposed
    let expectedTransposed = try run(operation, on: &transposed, holding: Naive.transpose(rowsOfC))
    #expect(transposed.elements == expectedTransposed.flatMap { $0 })
    #expect(parent.elements == parentRows.flatMap { $0 })
  }

  /// Runs an operation that adds to c, and gives the naive result.
  private func run<S: Scalar>(
    _ operation: Operation, on c: inout Matrix<S>, holding rowsOfC: [[S]]
  ) throws -> [[S]] {
    switch operation {
    case .gemm:
      let (rowsOfA, rowsOfB): ([[S]], [[S]]) = (randomRows(c.rows, 4, seed: 7), randomRows(4, c.columns, seed: 8))
      try BLAS.gemm(Matrix(rowsOfA), Matrix(rowsOfB), beta: 1, into: &c)
      return Naive.combination(1, Naive.product(rowsOfA, rowsOfB), 1, rowsOfC)
    case .ger:
      let (x, y): ([S], [S]) = (randomElements(c.rows, seed: 9), randomElements(c.columns, seed: 10))
      try BLAS.ger(Vector(x), Vector(y), into: &c)
      return Naive.combination(1, Naive.outerProduct(x, y), 1, rowsOfC)
    }
  }
}
