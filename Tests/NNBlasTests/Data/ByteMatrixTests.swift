import NNBlas
import Testing

@Suite struct ByteMatrixTests {
  @Test func holdsItsBytes() throws {
    let matrix = try ByteMatrix(rows: 2, columns: 3, bytes: [1, 2, 3, 4, 5, 255])
    #expect(matrix.rows == 2)
    #expect(matrix.columns == 3)
    #expect(matrix.bytes == [1, 2, 3, 4, 5, 255])
  }

  @Test(arguments: [(0, 0), (0, 5), (5, 0)])
  func mayBeEmpty(rows: Int, columns: Int) throws {
    let matrix = try ByteMatrix(rows: rows, columns: columns, bytes: [])
    #expect(matrix.rows == rows)
    #expect(matrix.columns == columns)
    #expect(matrix.bytes.isEmpty)
    #expect(matrix[rows: 0..<rows].bytes.isEmpty)
  }

  @Test func rangesOfRowsAreMatrices() throws {
    let matrix = try ByteMatrix(rows: 4, columns: 2, bytes: [0, 1, 10, 11, 20, 21, 30, 31])
    let middle = matrix[rows: 1..<3]
    #expect(middle.rows == 2)
    #expect(middle.columns == 2)
    #expect(middle.bytes == [10, 11, 20, 21])
    #expect(middle[rows: 1..<2].bytes == [20, 21])
    #expect(matrix[rows: 4..<4].bytes.isEmpty)
  }

  @Test func aViewKeepsTheBytesAlive() throws {
    func view() throws -> ByteMatrix {
      try ByteMatrix(rows: 1_000, columns: 1_000, bytes: Array(repeating: 7, count: 1_000_000))[rows: 999..<1_000]
    }
    let last = try view()
    #expect(last.bytes == Array(repeating: 7, count: 1_000))
  }

  @Test func refusesAnotherNumberOfBytes() {
    expectError(ShapeError.self, "ByteMatrix: 5 elements, expected 6 for 2×3") {
      try ByteMatrix(rows: 2, columns: 3, bytes: [1, 2, 3, 4, 5])
    }
    expectError(ShapeError.self, "ByteMatrix: 1 element, expected 0 for 0×3") {
      try ByteMatrix(rows: 0, columns: 3, bytes: [1])
    }
  }

  @Test(arguments: [(-1, 3), (3, -1), (2_147_483_648, 1), (1, 2_147_483_648), (.max, .max), (.min, .min)])
  func refusesExtentsBeyondTheIntegersOfBLAS(rows: Int, columns: Int) {
    expectError(
      ShapeError.self,
      "ByteMatrix: the result is \(rows)×\(columns), expected extents from 0 to 2147483647, the range of BLAS's integers"
    ) { try ByteMatrix(rows: rows, columns: columns, bytes: []) }
  }

  @Test func theLargestExtentsDoNotOverflow() {
    // (2³¹ − 1)²
    expectError(
      ShapeError.self, "ByteMatrix: 0 elements, expected 4611686014132420609 for 2147483647×2147483647"
    ) { try ByteMatrix(rows: 2_147_483_647, columns: 2_147_483_647, bytes: []) }
  }

  @Test func aRangeBeyondTheRowsTraps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try ByteMatrix(rows: 2, columns: 1, bytes: [1, 2])[rows: 1..<3]
    }
    #expect(trapMessage(result).contains("ByteMatrix: rows 1..<3 are outside 0..<2"))
  }
}
