extension Dataset {
  /// Some of the examples in the order of their indices, which may repeat: a copy of those examples.
  ///
  /// - Parameter rows: The examples' indices, from 0.
  /// - Throws: `DataError.argument` for an index outside 0..<count, `DataError.count` for more than `Int32.max` of them,
  ///   `DataError.memory` when the result does not fit.
  public subscript(rows rows: [Int]) -> Dataset {
    get throws(DataError) {
      try Self.checkCount(rows.count, in: "Dataset[rows:]")
      if let place = rows.firstIndex(where: { $0 < 0 || $0 >= count }) {
        throw .argument(
          operation: "Dataset[rows:]", name: "rows[\(place)]", found: "\(rows[place])",
          expected: "an index in 0..<\(count)")
      }
      return try selecting(rows.map { Int32($0) }, in: "Dataset[rows:]")
    }
  }

  /// The examples in a random order, the same for the same seed: a copy.
  ///
  /// A trainer needs none, it visits the examples in a fresh order in every epoch anyway.
  ///
  /// - Parameter seed: Which order.
  /// - Returns: The examples.
  /// - Throws: `DataError.memory` when the result does not fit.
  public func shuffled(seed: UInt64) throws(DataError) -> Dataset {
    var generator = Philox(seed: seed, stream: .selection(0))
    return try selecting(generator.permutation(count), in: "shuffled(seed:)")
  }

  /// The examples of several data sets one after another: a copy.
  ///
  /// Inputs and targets have the widest number type among them: bytes among floats become byte / 255.
  ///
  /// - Parameter datasets: The data sets, at least one.
  /// - Returns: All examples.
  /// - Throws: `DataError.argument` where one does not suit the first, `DataError.count` for none or for more than `Int32.max`
  ///   examples, `DataError.memory` when the result does not fit.
  public static func concatenating(_ datasets: [Dataset]) throws(DataError) -> Dataset {
    let operation = "concatenating(_:)"
    guard let first = datasets.first else {
      throw .count(operation: operation, name: "the number of data sets", found: 0, expected: "at least 1")
    }
    for (index, dataset) in datasets.enumerated() { try dataset.check(suits: first, name: "datasets[\(index)]") }
    let inputs = try NativeMatrix.concatenating(datasets.map(\.inputs), in: operation)
    // Of data sets some of which have weights, the examples of the others count once.
    let weights =
      datasets.contains { $0.weights != nil }
      ? datasets.flatMap { Array($0.weights ?? Array(repeating: 1, count: $0.count)[...]) }[...] : nil
    switch first.targets {
    case .labels(_, let classes):
      var all: [Int32] = []
      all.reserveCapacity(inputs.rows)
      for case .labels(let labels, _) in datasets.map(\.targets) { all += labels.integers }
      return first.replacing(inputs: inputs, targets: .labels(.integers(all[...]), classes: classes), weights: weights)
    case .numbers:
      var matrices: [NativeMatrix] = []
      for case .numbers(let matrix) in datasets.map(\.targets) { matrices.append(matrix) }
      return first.replacing(
        inputs: inputs, targets: .numbers(try NativeMatrix.concatenating(matrices, in: operation)),
        weights: weights)
    }
  }

  private func check(suits first: Dataset, name: String) throws(DataError) {
    func mismatch(_ what: String, _ found: String, _ expected: String) -> DataError {
      .argument(
        operation: "concatenating(_:)", name: "\(what) of \(name)", found: found,
        expected: "\(expected) as in the first")
    }
    guard inputWidth == first.inputWidth else {
      throw mismatch("the input width", "\(inputWidth)", "\(first.inputWidth)")
    }
    guard targetKind == first.targetKind else { throw mismatch("the kind of targets", targetKind, first.targetKind) }
    guard targetWidth == first.targetWidth else {
      throw mismatch(
        labels == nil ? "the target width" : "the number of classes", "\(targetWidth)", "\(first.targetWidth)")
    }
    guard classNames == first.classNames else {
      throw mismatch("the class names", listed(classNames ?? ["none"]), listed(first.classNames ?? ["none"]))
    }
  }

  private var targetKind: String {
    switch targets {
    case .numbers: "numbers"
    case .labels: "labels"
    }
  }

  /// Some of the examples; the indices have been checked.
  func selecting(_ rows: [Int32], in operation: String) throws(DataError) -> Dataset {
    replacing(
      inputs: try inputs.selecting(rows, in: operation), targets: try selectingTargets(rows, in: operation),
      weights: selectingWeights(rows))
  }

  /// The weights of some of the examples; the indices have been checked.
  func selectingWeights(_ rows: [Int32]) -> ArraySlice<Double>? {
    weights.map { weights in rows.map { weights[weights.startIndex + Int($0)] }[...] }
  }

  /// The targets of some of the examples; the indices have been checked.
  func selectingTargets(_ rows: [Int32], in operation: String) throws(DataError) -> Targets {
    switch targets {
    case .numbers(let matrix): .numbers(try matrix.selecting(rows, in: operation))
    case .labels(.bytes(let labels), let classes):
      .labels(try NativeMatrix.bytes(labels).selecting(rows, in: operation).byteLabels, classes: classes)
    case .labels(.integers(let labels), let classes):
      .labels(.integers(rows.map { labels[labels.startIndex + Int($0)] }[...]), classes: classes)
    }
  }
}

extension NativeMatrix {
  fileprivate var byteLabels: NativeLabels {
    guard case .bytes(let matrix) = self else { invariantBroken("bytes were selected from, and became numbers") }
    return .bytes(matrix)
  }

  /// Matrices of one width below each other.
  fileprivate static func concatenating(
    _ matrices: [NativeMatrix], in operation: String
  ) throws(DataError) -> NativeMatrix {
    guard let widest = matrices.max(by: { $0.bytesPerElement < $1.bytesPerElement }) else {
      invariantBroken("nothing to concatenate")
    }
    let rows = matrices.reduce(0) { $0 + $1.rows }
    return try widest.sameType(rows: rows, columns: widest.columns, in: operation) { target in
      var target = target
      for matrix in matrices {
        matrix.copy(to: target, as: widest)
        target += matrix.rows * widest.bytesPerRow
      }
    }
  }

  private var bytesPerElement: Int {
    switch self {
    case .bytes: 1
    case .floats: MemoryLayout<Float>.stride
    case .doubles: MemoryLayout<Double>.stride
    }
  }

  /// Copies all elements, converted to the type of another matrix that is no narrower.
  private func copy(to target: UnsafeMutableRawPointer, as other: NativeMatrix) {
    let count = rows * columns
    switch other {
    case .bytes: withMemory { target.copyMemory(from: $0, byteCount: count) }
    case .floats: write(0..<rows, to: target.bindMemory(to: Float.self, capacity: count))
    case .doubles: write(0..<rows, to: target.bindMemory(to: Double.self, capacity: count))
    }
  }
}

extension NativeLabels {
  fileprivate var integers: ArraySlice<Int32> {
    switch self {
    case .bytes(let matrix): matrix.bytes.map { Int32($0) }[...]
    case .integers(let labels): labels
    }
  }
}

extension Philox {
  /// The numbers 0..<count in a random order (Durstenfeld's form of Fisher and Yates's shuffle).
  mutating func permutation(_ count: Int) -> [Int32] {
    var numbers = [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer.initializeElement(at: index, to: Int32(index)) }
      initialized = count
    }
    shuffle(&numbers)
    return numbers
  }

  /// Puts numbers in a random order, every order equally likely.
  mutating func shuffle(_ numbers: inout [Int32]) {
    guard numbers.count > 1 else { return }
    for last in stride(from: numbers.count - 1, through: 1, by: -1) {
      numbers.swapAt(last, nextIndex(below: last + 1))
    }
  }
}
