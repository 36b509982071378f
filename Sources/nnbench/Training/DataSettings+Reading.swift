import Foundation
import NNBlas

// How the data that settings name are read.

extension DataSettings {
  /// Examples, with what is said of them.
  struct Examples {
    var dataset: Dataset
    let inputNames: [String]?
    let targetNames: [String]?
  }

  /// What is known of the data before they are read, from a model or from other data.
  struct Known {
    /// The inputs' columns, where they have names.
    var inputNames: [String]?
    var classNames: [String]?
    /// The targets' columns, where they have names.
    var targetNames: [String]?
    /// How many classes there are, where they have no names.
    var classes: Int?
  }

  /// Reads the examples of a table or of arrays; those of `--data` with their weights.
  ///
  /// - Parameters:
  ///   - file: The file, or nil for that of `--data`.
  ///   - targets: For arrays, the file of labels or targets, or nil for that of `--label` or `--target`.
  ///   - known: What is known of them.
  /// - Returns: The examples.
  /// - Throws: `DataError` for files that cannot be used, `UsageError` where nothing says what is to be learnt.
  func examples(_ file: String? = nil, targets: String? = nil, known: Known) throws -> Examples {
    let path = file ?? path ?? ""
    if Self.isArray(path) {
      var dataset = try arrays(path, targets: targets, known)
      if file == nil { dataset = try weighted(dataset) { try NPY(contentsOf: $0).matrix() } }
      return Examples(dataset: dataset, inputNames: nil, targetNames: nil)
    }
    let table = try table(path)
    var examples = try examples(of: table, path, known)
    if file == nil {
      examples.dataset = try weighted(examples.dataset) {
        try table.matrix(.only([column("sample-weights", $0, of: table)]))
      }
    }
    return examples
  }

  private func examples(of table: CSV, _ path: String, _ known: Known) throws -> Examples {
    let inputs = try inputs(of: table, known: known.inputNames)
    let inputNames = try names(of: inputs, in: table)
    if let label {
      return Examples(
        dataset: try table.dataset(
          label: column("label", label, of: table), inputs: inputs, classNames: known.classNames),
        inputNames: inputNames, targetNames: nil)
    }
    guard isRegression else {
      throw UsageError(
        "\((path as NSString).lastPathComponent) needs --label, the column that names classes, or --target, those to come close "
          + "to; its columns are \(listing(of: table))")
    }
    let columns = try target.map { try column("target", $0, of: table) }
    let targetNames = try names(of: .only(columns), in: table)
    if let known = known.targetNames, let targetNames, known != targetNames {
      throw arguments.wrong(
        "target",
        "is \(targetNames.joined(separator: ",")), but the model's outputs are \(known.joined(separator: ",")), in that order"
      )
    }
    return Examples(
      dataset: try table.dataset(targets: columns, inputs: inputs), inputNames: inputNames, targetNames: targetNames)
  }

  /// The inputs alone.
  ///
  /// - Parameter known: The columns' names, where a model knows them.
  /// - Returns: One example a row.
  /// - Throws: As `examples(_:targets:known:)`; `DataError.notFinite` for an element of an array.
  func inputs(known: [String]?) throws -> Matrix<Double> {
    let path = path ?? ""
    guard Self.isArray(path) else {
      let table = try table(path)
      return try table.matrix(inputs(of: table, known: known))
    }
    let array = try NPY(contentsOf: path)
    let matrix = try array.matrix(as: Double.self)
    if let index = matrix.elements.firstIndex(where: { !$0.isFinite }) {
      throw DataError.notFinite(
        name: array.name, value: "\(matrix.elements[index])", row: index / matrix.columns,
        column: index % matrix.columns)
    }
    guard array.elementType == .uint8 else { return matrix }
    return try Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { $0 / 255 })
  }

  /// The examples, each counting as `--sample-weights` says.
  ///
  /// - Parameters:
  ///   - dataset: The examples.
  ///   - numbers: Makes a weight for each of what stands behind the flag.
  /// - Returns: The examples.
  /// - Throws: `UsageError` for weights that cannot be, and what the closure throws.
  private func weighted(_ dataset: Dataset, _ numbers: (String) throws -> Matrix<Double>) throws -> Dataset {
    let flag = "sample-weights"
    guard let text = arguments.string(flag) else { return dataset }
    let weights = try numbers(text)
    guard weights.columns == 1 else {
      throw arguments.wrong(flag, "has \(weights.columns) numbers for an example, expected one")
    }
    guard weights.rows == dataset.count else {
      throw arguments.wrong(
        flag, "has \(counted(weights.rows, "number")), expected one for each of \(dataset.count) examples")
    }
    let elements = weights.elements
    if let row = elements.firstIndex(where: { !($0 >= 0 && Float($0).isFinite) }) {
      throw arguments.wrong(flag, "has \(elements[row]) for example \(row), expected a number from 0 on, finite in f32")
    }
    guard elements.contains(where: { $0 > 0 }) else {
      throw arguments.wrong(flag, "has no number above 0, so that nothing would be learnt")
    }
    return try dataset.weighted(by: elements)
  }

  // MARK: Arrays

  private func arrays(_ path: String, targets: String?, _ known: Known) throws -> Dataset {
    let array = try NPY(contentsOf: path)
    // Bytes are pixels: byte k stands for k / 255.
    let isBytes = array.elementType == .uint8
    if let file = label.map({ targets ?? $0 }) {
      let labels = try NPY(contentsOf: file).labels()
      let largest = labels.max() ?? 0
      guard largest < Int32.max else {
        let row = labels.firstIndex(of: largest) ?? 0
        throw DataError.label(
          name: (file as NSString).lastPathComponent, label: largest, row: row, classes: known.classes ?? Int(Int32.max)
        )
      }
      let classes = known.classes ?? max(largest + 1, 1)
      return isBytes
        ? try Dataset(inputs: array.bytes(), labels: labels, classes: classes)
        : try Dataset(inputs: array.matrix(as: Double.self), labels: labels, classes: classes)
    }
    guard let file = targets ?? target.first else {
      throw UsageError(
        "\((path as NSString).lastPathComponent) needs --label, a file of labels, or --target, a file of targets, both .npy"
      )
    }
    let numbers = try NPY(contentsOf: file).matrix(as: Double.self)
    return isBytes
      ? try Dataset(inputs: array.bytes(), targets: numbers)
      : try Dataset(inputs: array.matrix(as: Double.self), targets: numbers)
  }

  // MARK: Tables

  private func table(_ path: String) throws(DataError) -> CSV {
    try CSV(
      contentsOf: path, header: header, separator: separator ?? (Self.ending(of: path) == "tsv" ? "\t" : ","))
  }

  /// Those that a model names, or all that are nothing else.
  private func inputs(of table: CSV, known names: [String]?) throws -> CSV.Inputs {
    if let names, table.columnNames != nil { return .only(names.map { .name($0) }) }
    let others = [
      ("label", label.map { [$0] } ?? []), ("target", target), ("ignore", ignored),
      ("sample-weights", arguments.string("sample-weights").map { [$0] } ?? []),
    ]
    return .allExcept(
      try others.flatMap { flag, columns in try columns.map { try column(flag, $0, of: table) } })
  }

  /// The names of columns, or nil where one of them has none.
  private func names(of inputs: CSV.Inputs, in table: CSV) throws -> [String]? {
    guard let names = table.columnNames else { return nil }
    let found: [String]
    switch inputs {
    case .all: found = names
    case .only(let columns): found = try columns.map { names[try table.index(of: $0)] }
    case .allExcept(let columns):
      let outside = Set(try columns.map { try table.index(of: $0) })
      found = names.indices.filter { !outside.contains($0) }.map { names[$0] }
    }
    return found.contains("") ? nil : found
  }

  /// A number is a column's index where it is one.
  private func column(_ flag: String, _ text: String, of table: CSV) throws(UsageError) -> CSV.Column {
    if let index = Int(text) { return .index(index) }
    guard table.columnNames != nil else {
      throw arguments.wrong(
        flag, "is '\(text)', but the table's columns have no names; give a number from 0, or --header present")
    }
    return .name(text)
  }

  private func listing(of table: CSV) -> String {
    let names = table.columnNames ?? (0..<table.columnCount).map(String.init)
    return names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", and \(names.count - 12) more" : "")
  }
}
