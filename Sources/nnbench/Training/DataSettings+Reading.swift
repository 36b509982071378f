import Foundation
import NNBlas

// How the data that settings name are read.

extension DataSettings {
  /// Examples, with what is said of them.
  struct Examples {
    var dataset: Dataset
    /// Those of a table.
    var columns: TableColumns?
    /// What was known of them.
    let known: Known
  }

  /// What is known of the data before they are read, from a model or from other data.
  struct Known {
    /// The numbers in an input, and in an answer.
    var inputs: Int?
    var outputs: Int?
    /// The inputs' columns, where they have names.
    var inputNames: [String]?
    var classNames: [String]?
    /// The targets' columns, where they have names.
    var targetNames: [String]?
    /// What is made smaller: targets are to be such as it is defined for.
    var cost = Cost.quadratic
    /// Whether classes without names are the numbers from 0 on: those of a model have their order.
    var hasNumberedClasses = false
  }

  /// Reads the examples of `--data`, a table or arrays, with their weights.
  ///
  /// - Parameter known: What is known of them.
  /// - Returns: The examples.
  /// - Throws: `DataError` for files that cannot be used, `UsageError` where nothing says what is to be learnt, or where they do not fit.
  func examples(known: Known) throws -> Examples {
    let path = path ?? ""
    if isArray {
      let dataset = try arrays(path, label: label, target: target.first, known)
      return Examples(dataset: try weighted(dataset) { try NPY(contentsOf: $0).matrix() }, known: known)
    }
    let table = try table(path)
    guard label != nil || isRegression else {
      throw arguments.wrong(
        "data",
        "is \(fileName), which needs --label, the column that names classes, or --target, those to come close to; its columns "
          + "are \(listing(of: table))")
    }
    let columns = try TableColumns(self, of: table, inputNames: known.inputNames)
    if let known = known.targetNames, let found = columns.targetNames {
      // Other names may be those of other data; the same ones elsewhere are a mistake.
      for (place, name) in found.enumerated() where known.firstIndex(of: name) ?? place != place {
        let outputs = known.map(Arguments.listItem).joined(separator: ",")
        throw arguments.wrong(
          "target",
          "is \(found.joined(separator: ",")), but the model's outputs are \(outputs); give them in that order")
      }
    }
    let dataset = try weighted(try self.dataset(table, columns, known, fileName)) { _ in
      try weights(of: table, columns)
    }
    return Examples(dataset: dataset, columns: columns, known: known)
  }

  /// Reads what is to be measured on: examples of the same columns and classes as those of `--data`, in whatever order.
  ///
  /// - Parameters:
  ///   - path: The file of the inputs, or the table.
  ///   - targets: For arrays, the file of labels or targets.
  ///   - examples: Those of `--data`.
  /// - Returns: The examples, without weights.
  /// - Throws: As `examples(known:)`.
  func tests(_ path: String, targets: String?, like examples: Examples) throws -> Dataset {
    let dataset = examples.dataset
    let known = Known(
      inputs: dataset.inputWidth, outputs: dataset.targetWidth,
      classNames: dataset.classNames ?? examples.known.classNames, cost: examples.known.cost)
    guard let columns = examples.columns else {
      return try arrays(path, label: isRegression ? nil : targets, target: isRegression ? targets : nil, known)
    }
    let (table, name) = (try table(path, like: columns), (path as NSString).lastPathComponent)
    return try self.dataset(table, columns.same(in: table, name), known, name)
  }

  /// Reads inputs alone.
  ///
  /// - Parameter known: What a model knows of them.
  /// - Returns: One example a row.
  /// - Throws: As `examples(known:)`; `DataError.notFinite` for an element of an array.
  func inputs(known: Known) throws -> Matrix<Double> {
    let path = path ?? ""
    if isArray {
      let array = try NPY(contentsOf: path)
      let matrix = try finite(array)
      try check(inputs: matrix.columns, known, fileName)
      guard array.elementType == .uint8 else { return matrix }
      return try Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { $0 / 255 })
    }
    let table = try table(path)
    let columns = try TableColumns(self, of: table, inputNames: known.inputNames)
    try check(inputs: columns.inputs.count, known, fileName, names: columns.inputNames)
    return try table.matrix(columns.inputColumns)
  }

  /// The name of the file of `--data`.
  var fileName: String { ((path ?? "") as NSString).lastPathComponent }

  /// The examples, each counting as `--sample-weights` says.
  ///
  /// - Parameters:
  ///   - dataset: The examples.
  ///   - numbers: Makes a weight for each of what stands behind the flag.
  /// - Returns: The examples.
  /// - Throws: `UsageError` for weights that cannot be, and what the closure throws.
  private func weighted(_ dataset: Dataset, _ numbers: (String) throws -> Matrix<Double>) throws -> Dataset {
    let flag = "sample-weights"
    guard let text = sampleWeights else { return dataset }
    let weights = try numbers(text)
    func wrong(_ problem: String) -> UsageError { arguments.misfit(flag, "\(text) \(problem)") }
    guard weights.columns == 1 else { throw wrong("has \(weights.columns) numbers for an example, expected one") }
    guard weights.rows == dataset.count else {
      throw wrong("has \(counted(weights.rows, "number")), expected one for each of \(dataset.count) examples")
    }
    let elements = weights.elements
    if let row = elements.firstIndex(where: { !($0 >= 0 && Float($0).isFinite) }) {
      throw wrong("has \(elements[row]) for example \(row), expected a number from 0 on, finite in f32")
    }
    return try dataset.weighted(by: elements)
  }

  /// Digits fit a network.
  ///
  /// - Parameters:
  ///   - digits: Examples of them.
  ///   - name: What they are called.
  ///   - known: What is known of the network.
  /// - Throws: `UsageError` where they do not.
  func check(digits: Dataset, _ name: String, _ known: Known) throws(UsageError) {
    try check(inputs: digits.inputWidth, known, name)
    if let names = known.classNames, names != (0..<digits.targetWidth).map(String.init) {
      throw UsageError(
        "\(name): the digits 0 to 9, expected the classes \(listing(names)) of the model", isInFile: true)
    }
    guard let outputs = known.outputs, digits.targetWidth != outputs else { return }
    throw UsageError(
      "\(name): \(counted(digits.targetWidth, "class", "classes")), expected \(outputs), one for each output of the network",
      isInFile: true)
  }

  // MARK: What has to fit

  /// The network has as many inputs.
  func check(inputs found: Int, _ known: Known, _ file: String, names: [String]? = nil) throws(UsageError) {
    guard let expected = known.inputs, found != expected else { return }
    let remedy = isTable && found > expected ? "; leave columns out with --ignore" : ""
    throw UsageError(
      "\(file): \(counted(found, "input"))\(names.map { " (\(listing($0)))" } ?? ""), expected \(counted(expected, "input")) as the "
        + "network has\(remedy)", isInFile: true)
  }

  /// The network has as many outputs as there are targets.
  func check(targets found: Int, _ known: Known, _ file: String) throws(UsageError) {
    guard let expected = known.outputs, found != expected else { return }
    throw UsageError(
      "\(file): \(counted(found, "target")), expected \(expected), one for each output of the network", isInFile: true)
  }

  /// The network has an output for each class.
  func checkClasses(_ known: Known) throws(UsageError) {
    guard known.outputs == 1 else { return }
    throw arguments.wrong(
      "label",
      "is for classes, an output each, but the network has one output; give it more, or learn numbers, such as 0 and 1, with --target"
    )
  }

  /// The first of some names.
  func listing(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", and \(names.count - 12) more" : "")
  }
}
