import NNBlas
import TestSupport
import Testing

/// Selecting, shuffling and joining examples.
@Suite struct DatasetRowsTests {
  /// Data sets of every type of inputs and targets: example i has the inputs 2i and 2i + 1, in bytes over 255.
  static func everyType(_ count: Int) throws -> [(scale: Double, dataset: Dataset)] {
    let rows = (0..<count).map { [Double(2 * $0), Double(2 * $0 + 1)] }
    let labels = (0..<count).map { $0 % 3 }
    let targets = (0..<count).map { [Double($0) / 2] }
    let bytes = try ByteMatrix(rows: count, columns: 2, bytes: (0..<2 * count).map { UInt8($0) })
    let byteLabels = try withTemporaryDirectory { folder in
      try IDX.labels(contentsOf: folder.write(IDXFixture.labels(labels.map { UInt8($0) }), to: "labels"), classes: 3)
    }
    let images = try withTemporaryDirectory { folder in
      try IDX.images(
        contentsOf: folder.write(
          IDXFixture.images(count: count, height: 1, width: 2, pixels: (0..<2 * count).map { UInt8($0) }),
          to: "images"))
    }
    return [
      (1, try Dataset(inputs: rows, labels: labels, classes: 3)),
      (1, try Dataset(inputs: rows.map { $0.map { Float($0) } }, labels: labels, classes: 3)),
      (1, try Dataset(inputs: rows, targets: targets)),
      (255, try Dataset(inputs: bytes, labels: labels, classes: 3)),
      (255, try Dataset(images: images, labels: byteLabels)),
    ]
  }

  @Test func rowsAreSelectedWithTheirTargets() throws {
    for (scale, dataset) in try Self.everyType(7) {
      // Of a view, so that its start is not that of the storage.
      let selected = try dataset[1..<7][rows: [5, 0, 0, 3]]
      let (inputs, targets) = try selected.rows()
      let expected = [6, 1, 1, 4]
      #expect(inputs == expected.map { [Double(2 * $0) / scale, Double(2 * $0 + 1) / scale] })
      #expect(try targets == expected.map { try dataset.rows().targets[$0] })
      #expect(selected.labels == dataset.labels.map { labels in expected.map { labels[$0] } })
      #expect(try dataset[rows: []].count == 0)
    }
  }

  @Test(arguments: [-1, 3, .max, .min])
  func rowsOutside(row: Int) throws {
    let dataset = try Dataset(inputs: [[1], [2], [3]] as [[Double]], labels: [0, 1, 1], classes: 2)
    expectError(DataError.self, "Dataset[rows:]: rows[1] is \(row), expected an index in 0..<3") {
      try dataset[rows: [2, row]]
    }
  }

  @Test func shufflingKeepsExamplesTogether() throws {
    for (scale, dataset) in try Self.everyType(100) {
      let shuffled = try dataset.shuffled(seed: 5)
      let order = try shuffled.rows().inputs.map { Int(($0[0] * scale / 2).rounded()) }
      #expect(order.sorted() == Array(0..<100))
      #expect(order != Array(0..<100))
      let (inputs, targets) = try dataset.rows()
      #expect(try shuffled.rows().inputs == order.map { inputs[$0] })
      #expect(try shuffled.rows().targets == order.map { targets[$0] })
      #expect(try dataset.shuffled(seed: 5).rows().inputs == shuffled.rows().inputs)
      #expect(try dataset.shuffled(seed: 6).rows().inputs != shuffled.rows().inputs)
    }
  }

  @Test func dataSetsOfOneTypeAreJoined() throws {
    for (_, dataset) in try Self.everyType(9) {
      let joined = try Dataset.concatenating([dataset[3..<5], dataset[8..<9], dataset[0..<0], dataset[2..<4]])
      let (inputs, targets) = try dataset.rows()
      #expect(try joined.rows().inputs == [3, 4, 8, 2, 3].map { inputs[$0] })
      #expect(try joined.rows().targets == [3, 4, 8, 2, 3].map { targets[$0] })
    }
  }

  /// 1 / 255 is not the same in both precisions: where bytes meet floats, it is that of `Float`.
  @Test func dataSetsOfSeveralTypesAreJoined() throws {
    let bytes = try Dataset(inputs: ByteMatrix(rows: 1, columns: 1, bytes: [1]), labels: [0], classes: 2)
    let floats = try Dataset(inputs: [[0.1]] as [[Float]], labels: [1], classes: 2)
    let doubles = try Dataset(inputs: [[0.1]] as [[Double]], labels: [0], classes: 2)
    #expect(
      try Dataset.concatenating([bytes, floats]).rows().inputs == [[Double(Float(1) / 255)], [Double(Float(0.1))]])
    let all = try Dataset.concatenating([bytes, floats, doubles])
    #expect(try all.rows().inputs == [[1.0 / 255], [Double(Float(0.1))], [0.1]])
    #expect(all.labels == [0, 1, 0])
  }

  @Test func dataSetsThatDoNotFit() throws {
    let dataset = try Dataset(inputs: [[1, 2]] as [[Double]], labels: [0], classes: 2)
    let others: [(Dataset, String)] = [
      (
        try Dataset(inputs: [[1]] as [[Double]], labels: [0], classes: 2),
        "the input width of datasets[1] is 1, expected 2"
      ),
      (
        try Dataset(inputs: [[1, 2]] as [[Double]], labels: [0], classes: 3),
        "the number of classes of datasets[1] is 3, expected 2"
      ),
      (
        try Dataset(inputs: [[1, 2]], targets: [[1, 2]] as [[Double]]),
        "the kind of targets of datasets[1] is numbers, expected labels"
      ),
      (try dataset.naming(classes: ["a", "b"]), "the class names of datasets[1] is a, b, expected none"),
    ]
    for (other, words) in others {
      expectError(DataError.self, "concatenating(_:): \(words) as in the first") {
        try Dataset.concatenating([dataset, other])
      }
    }
    expectError(DataError.self, "concatenating(_:): the number of data sets is 0, expected at least 1") {
      try Dataset.concatenating([])
    }
  }

  // MARK: - Names of classes

  @Test func namesStayWithTheClasses() throws {
    let dataset = try Dataset(inputs: [[1], [2]] as [[Double]], labels: [0, 1], classes: 2)
    #expect(dataset.classNames == nil)
    let named = try dataset.naming(classes: ["no", "yes"])
    #expect(named.classNames == ["no", "yes"])
    #expect(named.labels == [0, 1])
    #expect(named[0..<1].classNames == ["no", "yes"])
    #expect(try named[rows: [1]].classNames == ["no", "yes"])
    #expect(try Dataset.concatenating([named, named]).classNames == ["no", "yes"])
    expectError(DataError.self, "naming(classes:): the number of names is 1, expected 2, one for each class") {
      try dataset.naming(classes: ["no"])
    }
    let numbers = try Dataset(inputs: [[1]] as [[Double]], targets: [[1]])
    expectError(
      DataError.self, "naming(classes:): the number of names is 1, expected labels, but targets are numbers"
    ) { try numbers.naming(classes: ["no"]) }
  }
}
