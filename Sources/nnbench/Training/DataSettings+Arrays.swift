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
      var labels = try answer.labels()
      try check(count: labels.count)
      if let names = known.classNames { labels = try places(of: labels, among: names, answer.name) }
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
    for (name, width) in [(inputs.name, dataset.inputWidth), (answer.name, dataset.targetWidth)] where width < 1 {
      throw UsageError("\(name): 0 numbers for an example, expected at least 1", isInFile: true)
    }
    try dataset.checkTargets(for: known.cost, named: answer.name)
    return dataset
  }

  /// The classes of labels where their names are numbers, as of a table; other names have the labels' order.
  private func places(of labels: [Int], among names: [String], _ file: String) throws(UsageError) -> [Int] {
    let numbers = names.compactMap { Int($0) }
    guard !numbers.isEmpty else { return labels }
    guard numbers.count == names.count else {
      throw UsageError(
        "\(file): labels are numbers, but the classes are \(listing(names)), of which some are; give a table that names them",
        isInFile: true)
    }
    let places = Dictionary(zip(numbers, numbers.indices)) { first, _ in first }
    if let row = labels.firstIndex(where: { places[$0] == nil }) {
      throw UsageError(
        "\(file): label \(labels[row]) in row \(row), expected one of the classes \(listing(names))", isInFile: true)
    }
    return labels.map { places[$0] ?? 0 }
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
