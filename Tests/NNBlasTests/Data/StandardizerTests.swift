import Foundation
import NNBlas
import TestSupport
import Testing

@Suite struct StandardizerTests {
  /// Whole numbers k in a column of x = offset + k: mean and variance are exact in whole numbers, n Σk² − (Σk)² over n².
  private func expectExact(
    _ ks: [Int], offset: Double, unit: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let n = ks.count
    let matrix = try Matrix(ks.map { [unit * (offset + Double($0)), 5] })
    let standardizer = try Standardizer(fitting: matrix)
    let (sum, squares) = (ks.reduce(0, +), ks.reduce(0) { $0 + $1 * $1 })
    let mean = unit * (offset + Double(sum) / Double(n))
    let deviation = unit * Double(n * squares - sum * sum).squareRoot() / Double(n)
    // Roundings: some in each t, of ½ ulp of 1 each, averaged, and some more for the results.
    #expect(abs(standardizer.means[0] - mean) <= 4 * mean.ulp, sourceLocation: sourceLocation)
    #expect(abs(standardizer.scales[0] - deviation) <= 16 * deviation.ulp, sourceLocation: sourceLocation)
    #expect(standardizer.means[1] == 5 && standardizer.scales[1] == 1, sourceLocation: sourceLocation)
  }

  @Test func meansAndDeviations() throws {
    var generator = Philox(seed: 1)
    let ks = (0..<20_000).map { _ in generator.nextIndex(below: 1_001) }
    try expectExact([1, 2, 3, 4], offset: 0, unit: 1)
    try expectExact(ks, offset: 0, unit: 1)
    // Far from 0, where the sum of squares has lost all digits: 10¹² · 10¹² against 10⁵.
    try expectExact(ks, offset: 1e12, unit: 1)
    try expectExact(ks, offset: -1e12, unit: 1)
    // Where squares leave the range of doubles.
    try expectExact(ks, offset: 0, unit: 0x1p1000)
    try expectExact(ks, offset: 0, unit: 0x1p-1000)
    // One example far from all others.
    try expectExact([Int](repeating: 0, count: 9_999) + [1_000_000], offset: 0, unit: 1)
  }

  @Test func subnormalNumbers() throws {
    let least = Double.leastNonzeroMagnitude
    let standardizer = try Standardizer(fitting: Matrix([[0], [0], [0], [0], [0], [0], [0], [0], [0], [least]]))
    #expect(standardizer.scales[0] > 0)
    #expect(try standardizer.standardized(Matrix([[least]])).elements[0].isFinite)
  }

  /// 0.1 is no binary number: its sum is rounded, and still nothing is left of it.
  @Test func columnsThatDoNotVary() throws {
    let matrix = try Matrix<Double>((0..<1_000).map { _ in [0.1, 1e300, 0] })
    let standardizer = try Standardizer(fitting: matrix)
    #expect(standardizer.means == [0.1, 1e300, 0] && standardizer.scales == [1, 1, 1])
    #expect(try standardizer.standardized(matrix).elements.allSatisfy { $0 == 0 })
    #expect(try Standardizer(fitting: Matrix<Float>([[3, 4]])).scales == [1, 1])
  }

  // MARK: - Applying

  private let rows: [[Double]] = [[1, 10], [3, 30], [5, 20]]
  private let other: [[Double]] = [[3, 20], [11, 0]]

  /// Mean 3 and 20, deviations √(8/3) and √(200/3).
  private func expected(_ rows: [[Double]]) -> [[Double]] {
    rows.map { [($0[0] - 3) / (8.0 / 3).squareRoot(), ($0[1] - 20) / (200.0 / 3).squareRoot()] }
  }

  private func difference(_ found: [[Double]], _ expected: [[Double]]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 0
  }

  @Test func matricesOfBothPrecisions() throws {
    try expectMatrices(Float.self, tolerance: 1e-6)
    try expectMatrices(Double.self, tolerance: 1e-14)
  }

  private func expectMatrices<S: Scalar>(_ type: S.Type, tolerance: Double) throws {
    let matrix = try Matrix(rows.map { $0.map { S($0) } })
    let standardizer = try Standardizer(fitting: matrix)
    // Views too, of a column too many and transposed.
    let wide = try Matrix(other.map { [7] + $0.map { S($0) } })
    let tall = try Matrix((0..<2).map { column in other.map { S($0[column]) } })
    for view in [wide[rows: 0..<2, columns: 1..<3], tall.transposed] {
      let found = try standardizer.standardized(view)
      #expect(difference((0..<2).map { found.row($0).elements.map { Double($0) } }, expected(other)) <= tolerance)
      let restored = try standardizer.restored(found)
      #expect(difference((0..<2).map { restored.row($0).elements.map { Double($0) } }, other) <= 30 * tolerance)
    }
  }

  @Test func dataSetsKeepTheirPrecisionAndTargets() throws {
    let floats = try Dataset(inputs: rows.map { $0.map { Float($0) } }, labels: [0, 1, 2], classes: 3)
      .naming(classes: ["a", "b", "c"])
    let doubles = try Dataset(inputs: rows, targets: [[1], [2], [4]])
    for (dataset, tolerance) in [(floats, 1e-6), (doubles, 1e-14)] {
      let standardizer = try Standardizer(fitting: dataset)
      let found = try standardizer.standardizingInputs(of: dataset)
      #expect(difference(try found.rows().inputs, expected(rows)) <= tolerance)
      #expect(try found.rows().targets == dataset.rows().targets)
      #expect(found.classNames == dataset.classNames)
      // In single precision, values are those of `Float`.
      let values = try found.rows().inputs.joined()
      #expect(values.allSatisfy { Double(Float($0)) == $0 } == (tolerance > 1e-10))
      let converted = try standardizer.standardizingInputs(of: dataset, precision: tolerance > 1e-10 ? .f64 : .f32)
      let other = try converted.rows().inputs.joined()
      #expect(other.allSatisfy { Double(Float($0)) == $0 } == (tolerance < 1e-10))
    }
  }

  /// More rows than a block has, and of a view.
  @Test func bytes() throws {
    let count = 5_000
    let pixels = IDXFixture.pixels(7 * count)
    let bytes = try ByteMatrix(rows: count, columns: 7, bytes: pixels)
    let dataset = try Dataset(inputs: bytes, labels: [Int](repeating: 0, count: count), classes: 1)[10..<count]
    let numbers = try dataset.rows().inputs
    let standardizer = try Standardizer(fitting: dataset)
    for column in 0..<7 {
      let mean = numbers.reduce(0) { $0 + $1[column] } / Double(numbers.count)
      let variance = numbers.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / Double(numbers.count)
      #expect(abs(standardizer.means[column] - mean) < 1e-13)
      #expect(abs(standardizer.scales[column] - variance.squareRoot()) < 1e-13)
    }
    let doubles = try standardizer.standardizingInputs(of: dataset, precision: .f64).rows().inputs
    let expected = numbers.map { row in row.indices.map { (row[$0] - standardizer.means[$0]) / standardizer.scales[$0] }
    }
    #expect(doubles == expected)
    let floats = try standardizer.standardizingInputs(of: dataset).rows().inputs
    #expect(floats == expected.map { $0.map { Double(Float($0)) } })
  }

  @Test func targets() throws {
    let dataset = try Dataset(inputs: [[1], [2], [3]], targets: rows)
    let standardizer = try Standardizer(fittingTargetsOf: dataset)
    let found = try standardizer.standardizingTargets(of: dataset)
    #expect(difference(try found.rows().targets, expected(rows)) <= 1e-14)
    #expect(try found.rows().inputs == [[1], [2], [3]])
    let labels = try Dataset(inputs: [[1]] as [[Double]], labels: [0], classes: 1)
    let message = "Standardizer: the kind of targets is labels, expected numbers"
    expectError(DataError.self, message) { try Standardizer(fittingTargetsOf: labels) }
    expectError(DataError.self, message) { try standardizer.standardizingTargets(of: labels) }
  }

  // MARK: - Errors

  @Test func whatDoesNotFit() throws {
    let standardizer = try Standardizer(fitting: Matrix(rows))
    expectError(
      DataError.self, "Standardizer: the number of columns is 3, expected 2 as in the data that it was fitted to"
    ) { try standardizer.standardized(Matrix<Float>([[1, 2, 3]])) }
    #expect(throws: DataError.self) { try standardizer.restored(Matrix<Float>([[1]])) }
    expectError(DataError.self, "Standardizer: 0 examples, expected at least 1") {
      try Standardizer(fitting: Matrix<Double>(rows: 0, columns: 3))
    }
    let rest = "expected a finite number; clean or impute the data first"
    expectError(DataError.self, "matrix: nan in row 1, column 0, \(rest)") {
      try Standardizer(fitting: Matrix<Float>([[1], [.nan]]))
    }
    expectError(DataError.self, "Standardizer's result: inf in row 0, column 1, \(rest)") {
      try standardizer.standardized(Matrix<Double>([[0, .infinity]]))
    }
    let large = Double.greatestFiniteMagnitude
    expectError(
      DataError.self,
      "Standardizer: the range of column 0 is beyond Double, expected a finite number; scale the column first"
    ) { try Standardizer(fitting: Matrix([[large], [-large]])) }
    #expect(try standardizer.standardized(Matrix<Double>(rows: 0, columns: 2)).rows == 0)
  }

  @Test func savedAndRead() throws {
    let standardizer = try Standardizer(fitting: Matrix([[0.1, 1e300], [0.7, -1e300], [1.0 / 3, 1e-300]]))
    let data = try JSONEncoder().encode(standardizer)
    #expect(try JSONDecoder().decode(Standardizer.self, from: data) == standardizer)
    for (text, words) in [
      (#"{"means":[1,2],"scales":[1]}"#, "1 scale, expected 2 as there are means"),
      (#"{"means":[1],"scales":[0]}"#, "scale 0 is 0.0, expected a finite number above 0"),
      (#"{"means":[1],"scales":[-2]}"#, "scale 0 is -2.0, expected a finite number above 0"),
    ] {
      #expect(message { try JSONDecoder().decode(Standardizer.self, from: Data(text.utf8)) }.contains(words), "\(text)")
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let infinite = #"{"means":["inf"],"scales":[1]}"#
    #expect(
      message { try decoder.decode(Standardizer.self, from: Data(infinite.utf8)) }
        .contains("mean 0 is inf, expected a finite number"))
  }
}
