import NNBlas
import Testing

@Suite struct DatasetTests {
  // MARK: - What a data set says of itself

  @Test func matricesOfBothPrecisions() throws {
    try expectMatrices(Float.self)
    try expectMatrices(Double.self)
  }

  private func expectMatrices<S: Scalar>(_ type: S.Type) throws {
    let inputs = try Matrix<S>([[1, 2, 3], [4, 5, 6]])
    let dataset = try Dataset(inputs: inputs, targets: Matrix<S>([[1, 0], [0, 1]]))
    #expect((dataset.count, dataset.inputWidth, dataset.targetWidth) == (2, 3, 2))
    #expect(dataset.labels == nil)
    let labelled = try Dataset(inputs: inputs, labels: [3, 0], classes: 4)
    #expect((labelled.count, labelled.inputWidth, labelled.targetWidth) == (2, 3, 4))
    #expect(labelled.labels == [3, 0])
  }

  @Test func rowsOfBothPrecisions() throws {
    try expectRows(Float.self)
    try expectRows(Double.self)
  }

  private func expectRows<S: Scalar>(_ type: S.Type) throws {
    let inputs: [[S]] = [[1, 2, 3], [4, 5, 6]]
    let targets: [[S]] = [[1], [0]]
    let dataset = try Dataset(inputs: inputs, targets: targets)
    #expect((dataset.count, dataset.inputWidth, dataset.targetWidth) == (2, 3, 1))
    #expect(dataset.labels == nil)
    let labelled = try Dataset(inputs: inputs, labels: [1, 0], classes: 2)
    #expect((labelled.count, labelled.inputWidth, labelled.targetWidth) == (2, 3, 2))
    #expect(labelled.labels == [1, 0])
  }

  @Test func bytes() throws {
    let dataset = try Dataset(
      inputs: ByteMatrix(rows: 3, columns: 2, bytes: [0, 1, 2, 3, 4, 5]), labels: [2, 1, 0], classes: 3)
    #expect((dataset.count, dataset.inputWidth, dataset.targetWidth) == (3, 2, 3))
    #expect(dataset.labels == [2, 1, 0])
  }

  @Test func noExamples() throws {
    let dataset = try Dataset(inputs: [] as [[Double]], labels: [], classes: 10)
    #expect((dataset.count, dataset.inputWidth, dataset.targetWidth) == (0, 0, 10))
    #expect(dataset.labels == [])
  }

  @Test func aDataSetKeepsWhatItWasMadeOf() throws {
    var inputs = try Matrix<Double>([[1, 2], [3, 4]])
    let dataset = try Dataset(inputs: inputs, labels: [0, 1], classes: 2)
    inputs[0, 0] = .nan
    let batch = try Batch<Double>([0, 1], of: dataset)
    #expect(batch.inputs.elements == [1, 2, 3, 4])
  }

  // MARK: - Ranges

  @Test func rangesKeepLabelsWithTheirExamples() throws {
    let inputs = try ByteMatrix(rows: 5, columns: 1, bytes: [10, 11, 12, 13, 14])
    let dataset = try Dataset(inputs: inputs, labels: [0, 1, 2, 3, 4], classes: 5)
    try expectExamples(dataset[1..<4], bytes: [11, 12, 13], labels: [1, 2, 3])
    try expectExamples(dataset[1..<4][1..<3], bytes: [12, 13], labels: [2, 3])
    try expectExamples(dataset[0..<5], bytes: [10, 11, 12, 13, 14], labels: [0, 1, 2, 3, 4])
    try expectExamples(dataset[5..<5], bytes: [], labels: [])
    try expectExamples(dataset[2..<2][0..<0], bytes: [], labels: [])
  }

  private func expectExamples(
    _ dataset: Dataset, bytes: [Double], labels: [Int], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(dataset.count == bytes.count, sourceLocation: sourceLocation)
    #expect(dataset.labels == labels, sourceLocation: sourceLocation)
    let batch = try Batch<Double>(Array(0..<Int32(dataset.count)), of: dataset)
    #expect(batch.inputs.elements == bytes.map { $0 / 255 }, sourceLocation: sourceLocation)
    for (row, label) in labels.enumerated() {
      #expect(batch.targets[row, label] == 1, sourceLocation: sourceLocation)
    }
  }

  @Test func rangesOfNumbers() throws {
    let dataset = try Dataset(inputs: [[0, 1], [2, 3], [4, 5]] as [[Float]], targets: [[10], [11], [12]])[1..<3]
    #expect((dataset.count, dataset.inputWidth, dataset.targetWidth) == (2, 2, 1))
    let batch = try Batch<Float>([0, 1], of: dataset)
    #expect(batch.inputs.elements == [2, 3, 4, 5])
    #expect(batch.targets.elements == [11, 12])
  }

  @Test func aRangeBeyondTheEndTraps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Dataset(inputs: [[1], [2]] as [[Double]], labels: [0, 1], classes: 2)[1..<3]
    }
    #expect(trapMessage(result).contains("Dataset: examples 1..<3 are outside 0..<2"))
  }

  @Test func aRangeBeforeTheStartTraps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Dataset(inputs: [[1], [2]] as [[Double]], labels: [0, 1], classes: 2)[-1..<1]
    }
    #expect(trapMessage(result).contains("Dataset: examples -1..<1 are outside 0..<2"))
  }
}
