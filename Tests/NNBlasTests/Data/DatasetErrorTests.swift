import NNBlas
import TestSupport
import Testing

/// Data that a data set refuses, each with its whole message.
@Suite struct DatasetErrorTests {
  // MARK: - Numbers of examples

  @Test func anotherNumberOfTargets() throws {
    let message = "targets: 1 example, expected 2, as many as inputs"
    expectError(DataError.self, message) { try Dataset(inputs: [[1], [2]] as [[Double]], targets: [[1]]) }
    let inputs = try Matrix<Float>([[1], [2]])
    expectError(DataError.self, message) { try Dataset(inputs: inputs, targets: Matrix<Float>([[1]])) }
    expectError(DataError.self, "targets: 3 examples, expected 2, as many as inputs") {
      try Dataset(inputs: inputs, targets: Matrix<Float>(rows: 3, columns: 1))
    }
  }

  @Test func anotherNumberOfLabels() throws {
    let message = "labels: 3 examples, expected 2, as many as inputs"
    expectError(DataError.self, message) {
      try Dataset(inputs: [[1], [2]] as [[Float]], labels: [0, 1, 0], classes: 2)
    }
    expectError(DataError.self, message) {
      try Dataset(inputs: Matrix<Double>([[1], [2]]), labels: [0, 1, 0], classes: 2)
    }
    expectError(DataError.self, message) {
      try Dataset(inputs: ByteMatrix(rows: 2, columns: 1, bytes: [1, 2]), labels: [0, 1, 0], classes: 2)
    }
    expectError(DataError.self, "labels: 0 examples, expected 1, as many as inputs") {
      try Dataset(inputs: [[1]] as [[Double]], labels: [], classes: 2)
    }
  }

  @Test func anotherNumberOfLabelsInTheirFile() throws {
    try withTemporaryDirectory { directory in
      let images = try IDX.images(
        contentsOf: directory.write(IDXFixture.images(count: 3, height: 1, width: 2), to: "train-images.gz"))
      for (values, found) in [([1, 2], "2 examples"), ([1], "1 example"), ([1, 2, 3, 4], "4 examples")] {
        let labels = try IDX.labels(
          contentsOf: directory.write(IDXFixture.labels(values.map(UInt8.init)), to: "train-labels"))
        expectError(DataError.self, "train-labels: \(found), expected 3, as many as train-images.gz") {
          try Dataset(images: images, labels: labels)
        }
      }
    }
  }

  // MARK: - Labels

  @Test(arguments: [
    ([0, 1, -1], 2, -1, 2), ([2, 0, 0], 2, 2, 0), ([0, 3, 9], 3, 3, 1), ([0, 0, .max], 10, .max, 2),
    ([.min, 0, 0], 10, .min, 0),
  ])
  func labelsOutsideTheClasses(labels: [Int], classes: Int, label: Int, row: Int) {
    let message = "labels: label \(label) in row \(row) is outside 0..<\(classes)"
    expectError(DataError.self, message) {
      try Dataset(inputs: [[1], [2], [3]] as [[Double]], labels: labels, classes: classes)
    }
    expectError(DataError.self, message) {
      try Dataset(inputs: Matrix<Float>(rows: 3, columns: 1), labels: labels, classes: classes)
    }
    expectError(DataError.self, message) {
      try Dataset(inputs: ByteMatrix(rows: 3, columns: 1, bytes: [1, 2, 3]), labels: labels, classes: classes)
    }
  }

  // MARK: - Ragged rows

  @Test func raggedRows() {
    let even: [[Double]] = [[1, 2], [3, 4], [5, 6]]
    expectError(ShapeError.self, "inputs: row 1 has 1 element, expected 2, as many as row 0") {
      try Dataset(inputs: [[1, 2], [3], [5, 6]] as [[Double]], targets: even)
    }
    expectError(ShapeError.self, "targets: row 2 has 3 elements, expected 2, as many as row 0") {
      try Dataset(inputs: even, targets: [[1, 2], [3, 4], [5, 6, 7]])
    }
    expectError(ShapeError.self, "inputs: row 2 has 0 elements, expected 2, as many as row 0") {
      try Dataset(inputs: [[1, 2], [3, 4], []] as [[Float]], labels: [0, 0, 0], classes: 1)
    }
  }

  // MARK: - Numbers that are none

  /// The value, and the word for it.
  private static let notFinite = [(Double.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")]

  @Test func valuesThatAreNotFinite() throws {
    for (value, word) in Self.notFinite {
      try expectNotFinite(value, word)
      try expectNotFinite(Float(value), word)
    }
  }

  private func expectNotFinite<S: Scalar>(_ value: S, _ word: String) throws {
    let finite: [[S]] = [[1, 2, 3], [4, 5, 6]]
    for row in 0..<2 {
      for column in 0..<3 {
        var rows = finite
        rows[row][column] = value
        // The first one is named: this one comes later, unless it is the last place itself.
        rows[1][2] = value
        let rest = "\(word) in row \(row), column \(column), expected a finite number; clean or impute the data first"
        expectError(DataError.self, "inputs: " + rest) { try Dataset(inputs: rows, targets: finite) }
        expectError(DataError.self, "targets: " + rest) { try Dataset(inputs: finite, targets: rows) }
        expectError(DataError.self, "inputs: " + rest) { try Dataset(inputs: rows, labels: [0, 0], classes: 1) }
        let (matrix, finiteMatrix) = (try Matrix(rows), try Matrix(finite))
        expectError(DataError.self, "inputs: " + rest) { try Dataset(inputs: matrix, targets: finiteMatrix) }
        expectError(DataError.self, "targets: " + rest) { try Dataset(inputs: finiteMatrix, targets: matrix) }
        expectError(DataError.self, "inputs: " + rest) { try Dataset(inputs: matrix, labels: [0, 0], classes: 1) }
      }
    }
  }

  /// Rows and columns are those of the matrix that was passed, not of the one it is a view of.
  @Test func valuesThatAreNotFiniteInViews() throws {
    var matrix = try Matrix<Double>(rows: 3, columns: 4)
    matrix[2, 1] = .nan
    let rest = "expected a finite number; clean or impute the data first"
    expectError(DataError.self, "inputs: nan in row 1, column 2, \(rest)") {
      try Dataset(inputs: matrix.transposed, labels: [0, 0, 0, 0], classes: 1)
    }
    expectError(DataError.self, "inputs: nan in row 1, column 0, \(rest)") {
      try Dataset(inputs: matrix[rows: 1..<3, columns: 1..<3], labels: [0, 0], classes: 1)
    }
    #expect(throws: Never.self) { try Dataset(inputs: matrix[rows: 0..<2], labels: [0, 0], classes: 1) }
  }

  @Test func theLargestFiniteValuesAreTaken() throws {
    let largest: [[Double]] = [[.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude]]
    #expect(try Dataset(inputs: largest, targets: largest).count == 1)
  }

  @Test(arguments: [0, -5, 1 << 31, .max])
  func classesThatCannotBe(classes: Int) throws {
    let expected = "Dataset: classes is \(classes), expected 1 to 2147483647"
    let none = try Matrix<Double>(rows: 0, columns: 1)
    #expect(message { try Dataset(inputs: none, labels: [], classes: classes) } == expected)
    let one = try ByteMatrix(rows: 1, columns: 1, bytes: [0])
    #expect(message { try Dataset(inputs: one, labels: [0], classes: classes) } == expected)
  }
}
