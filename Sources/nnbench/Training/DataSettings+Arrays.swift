import NNBlas

// Examples in files of NumPy.

extension DataSettings {
  /// Reads examples.
  ///
  /// - Parameters:
  ///   - path: The file of inputs.
  ///   - label: That of labels, or nil.
  ///   - target: That of targets.
  ///   - known: What is known of them.
  /// - Returns: The examples.
  /// - Throws: `DataError` for files that cannot be used, `UsageError` where nothing says what is to be learnt, or the network does not fit.
  func arrays(_ path: String, label: String?, target: String?, _ known: Known) throws -> Dataset {
    guard let answers = label ?? target else {
      throw arguments.wrong(
        "data", "is \(fileName), which needs --label, a file of labels, or --target, a file of targets, both .npy")
    }
    let (inputs, answer) = (try NPY(contentsOf: path), try NPY(contentsOf: answers))
    func check(count: Int) throws(DataError) {
      guard let rows = inputs.shape.first, rows != count else { return }
      throw .exampleCounts(name: answer.name, found: count, otherName: inputs.name, expected: rows)
    }
    // Bytes are pixels: byte k stands for k / 255.
    let isBytes = inputs.elementType == .uint8
    let dataset: Dataset
    if label != nil {
      try checkClasses(known)
      let labels = try answer.labels()
      try check(count: labels.count)
      let classes = try known.outputs ?? self.classes(labels, answer.name)
      if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
        throw DataError.label(name: answer.name, label: labels[row], row: row, classes: classes)
      }
      dataset =
        isBytes
        ? try Dataset(inputs: inputs.bytes(), labels: labels, classes: classes)
        : try Dataset(inputs: finite(inputs), labels: labels, classes: classes)
    } else {
      let targets = try finite(answer)
      try check(count: targets.rows)
      try self.check(targets: targets.columns, known, answer.name)
      dataset =
        isBytes
        ? try Dataset(inputs: inputs.bytes(), targets: targets)
        : try Dataset(inputs: finite(inputs), targets: targets)
    }
    try self.check(inputs: dataset.inputWidth, known, inputs.name)
    return dataset
  }

  /// One more than the largest label, and at least two.
  private func classes(_ labels: [Int], _ name: String) throws -> Int {
    let largest = labels.max() ?? 0
    guard largest < Int32.max else {
      throw DataError.label(
        name: name, label: largest, row: labels.firstIndex(of: largest) ?? 0, classes: Int(Int32.max))
    }
    guard largest > 0 else {
      throw UsageError("\(name): 1 class, expected two or more to tell apart", isInFile: true)
    }
    return largest + 1
  }

  /// The numbers of an array.
  ///
  /// - Throws: `DataError.notFinite` for one that is not finite.
  func finite(_ array: NPY) throws -> Matrix<Double> {
    let matrix = try array.matrix(as: Double.self)
    if let index = matrix.elements.firstIndex(where: { !$0.isFinite }) {
      throw DataError.notFinite(
        name: array.name, value: "\(matrix.elements[index])", row: index / matrix.columns,
        column: index % matrix.columns)
    }
    return matrix
  }
}
