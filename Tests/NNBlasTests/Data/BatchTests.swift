import NNBlas
import Testing

@Suite struct BatchTests {
  /// Gathers some examples as scalars of a network's precision.
  private func gathered<S: Scalar>(_ dataset: Dataset, _ indices: [Int32], as type: S.Type) throws -> Batch<S> {
    try Batch(indices, of: dataset)
  }

  // MARK: - Numbers

  @Test func everyByteIsThatMany255ths() throws {
    let dataset = try Dataset(
      inputs: ByteMatrix(rows: 2, columns: 128, bytes: Array(0...255)), labels: [0, 0], classes: 1)
    // The quotient rounded correctly, not a product with a rounded 1/255.
    #expect(try gathered(dataset, [0, 1], as: Double.self).inputs.elements == (0...255).map { Double($0) / 255 })
    #expect(try gathered(dataset, [0, 1], as: Float.self).inputs.elements == (0...255).map { Float($0) / 255 })
  }

  @Test func floatsForANetworkOfDoubles() throws {
    let dataset = try Dataset(
      inputs: [[0.1, -2.5], [3e38, .leastNonzeroMagnitude]] as [[Float]], targets: [[0.2], [0.3]])
    let batch = try gathered(dataset, [1, 0], as: Double.self)
    let inputs: [Float] = [3e38, .leastNonzeroMagnitude, 0.1, -2.5]
    #expect(batch.inputs.elements == inputs.map(Double.init))
    #expect(batch.targets.elements == [0.3, 0.2].map { Double(Float($0)) })
  }

  @Test func doublesForANetworkOfFloats() throws {
    // The second lies just above the middle of two floats, 1 and 1 + 2⁻²³: rounded up, not cut off.
    let numbers = [0.1, 1 + 0x1p-24 + 0x1p-50, -1e-10, 123_456_789]
    let dataset = try Dataset(inputs: [numbers], targets: [[0.7]])
    let batch = try gathered(dataset, [0], as: Float.self)
    #expect(batch.inputs.elements == [0.1, 1 + 0x1p-23, -1e-10, 123_456_792])
    #expect(batch.targets.elements == [0.7])
  }

  @Test func sameNumbersForTheSamePrecision() throws {
    let doubles: [[Double]] = [[0.1, 1e-300], [-1e300, 5]]
    let ofDoubles = try gathered(Dataset(inputs: doubles, targets: doubles), [0, 1], as: Double.self)
    #expect(ofDoubles.inputs.elements == doubles.flatMap { $0 })
    #expect(ofDoubles.targets.elements == doubles.flatMap { $0 })
    let floats: [[Float]] = [[0.1, 1e-38], [-1e38, 5]]
    let ofFloats = try gathered(Dataset(inputs: floats, targets: floats), [0, 1], as: Float.self)
    #expect(ofFloats.inputs.elements == floats.flatMap { $0 })
    #expect(ofFloats.targets.elements == floats.flatMap { $0 })
  }

  // MARK: - Rows

  @Test func rowsComeInTheOrderOfTheIndices() throws {
    let rows: [[UInt8]] = [[0, 1], [10, 11], [20, 21], [30, 31]]
    let order: [Int32] = [2, 0, 3, 2]
    let expected: [Double] = [20, 21, 0, 1, 30, 31, 20, 21]
    let bytes = try Dataset(
      inputs: ByteMatrix(rows: 4, columns: 2, bytes: rows.flatMap { $0 }), labels: [0, 0, 0, 0], classes: 1)
    #expect(try gathered(bytes, order, as: Double.self).inputs.elements == expected.map { $0 / 255 })
    let doubles = try Dataset(inputs: rows.map { $0.map(Double.init) }, targets: rows.map { [Double($0[0]) + 5] })
    let batch = try gathered(doubles, order, as: Double.self)
    #expect(batch.inputs.rows == 4)
    #expect(batch.inputs.elements == expected)
    #expect(batch.targets.elements == [25, 5, 35, 25])
    let floats = try Dataset(inputs: rows.map { $0.map(Float.init) }, targets: rows.map { [Float($0[0]) + 5] })
    #expect(try gathered(floats, order, as: Double.self).inputs.elements == expected)
    #expect(try gathered(floats, order, as: Double.self).targets.elements == [25, 5, 35, 25])
  }

  @Test func labelsAreRowsWithOne1() throws {
    let dataset = try Dataset(
      inputs: ByteMatrix(rows: 3, columns: 1, bytes: [7, 8, 9]), labels: [2, 0, 3], classes: 4)
    let expected: [Float] = [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0]
    #expect(try gathered(dataset, [2, 0, 1], as: Float.self).targets.elements == expected)
    #expect(try gathered(dataset, [2, 0, 1], as: Double.self).targets.elements == expected.map(Double.init))
  }

  // MARK: - Matrices in other layouts

  @Test func viewsAreGatheredAsTheyRead() throws {
    let matrix = try Matrix<Double>([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])
    let column = try Matrix<Double>([[1], [2], [3], [4]])
    let transposed = try Dataset(inputs: matrix.transposed, targets: column)
    #expect(try gathered(transposed, [3, 1], as: Double.self).inputs.elements == [3, 13, 23, 1, 11, 21])
    #expect(try gathered(transposed[1..<4], [2], as: Float.self).inputs.elements == [3, 13, 23])
    let block = try Dataset(inputs: matrix[rows: 1..<3, columns: 1..<3], targets: column[rows: 1..<3])
    #expect(try gathered(block, [1, 0], as: Double.self).inputs.elements == [21, 22, 11, 12])
    #expect(try gathered(block, [1, 0], as: Double.self).targets.elements == [3, 2])
  }

  // MARK: - Limits

  @Test func anEmptyBatch() throws {
    let dataset = try Dataset(inputs: [] as [[Double]], labels: [], classes: 3)
    let batch = try gathered(dataset, [], as: Float.self)
    #expect(batch.inputs.rows == 0)
    #expect(batch.inputs.elements.isEmpty && batch.targets.elements.isEmpty)
  }
}
