import NNBlas

// Examples in tables.

extension DataSettings {
  /// Reads a table as the flags say.
  func table(_ path: String) throws(DataError) -> CSV {
    try CSV(
      contentsOf: path, header: header, separator: separator ?? (Self.ending(of: path) == "tsv" ? "\t" : ","))
  }

  /// The examples of a table.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - columns: What its columns are.
  ///   - known: What is known of them.
  ///   - file: What it is called.
  /// - Returns: The examples.
  /// - Throws: `DataError` for fields that cannot be used, `UsageError` where the network does not fit.
  func dataset(_ table: CSV, _ columns: TableColumns, _ known: Known, _ file: String) throws -> Dataset {
    try check(inputs: columns.inputs.count, known, file, names: columns.inputNames)
    guard let label = columns.label else {
      try check(targets: columns.targets.count, known, file)
      return try table.dataset(targets: columns.targets.map { .index($0) }, inputs: columns.inputColumns)
    }
    try checkClasses(known)
    func dataset(_ classNames: [String]?) throws(DataError) -> Dataset {
      try table.dataset(label: .index(label), inputs: columns.inputColumns, classNames: classNames)
    }
    if let names = known.classNames { return try dataset(names) }
    guard let outputs = known.outputs else {
      let found = try dataset(nil)
      guard found.targetWidth > 1 else {
        throw UsageError(
          "\(file): one class, \(listing(found.classNames ?? [])), expected two or more to tell apart", isInFile: true)
      }
      return found
    }
    let found = try dataset(nil)
    if !known.hasNumberedClasses, found.targetWidth == outputs { return found }
    // Not all of the classes may be in the table, where they are numbers.
    let (names, numbers) = (found.classNames ?? [], (0..<outputs).map(String.init))
    guard Set(names).isSubset(of: numbers) else {
      let expected =
        known.hasNumberedClasses
        ? "numbers from 0 to \(outputs - 1): the model has no names for its outputs"
        : "\(outputs), one for each output of the network"
      throw UsageError(
        "\(file): \(counted(names.count, "class", "classes")) (\(listing(names))), expected \(expected)", isInFile: true
      )
    }
    return try dataset(numbers)
  }

  /// The first of its columns' names.
  func listing(of table: CSV) -> String {
    listing(table.columnNames ?? (0..<table.columnCount).map(String.init))
  }
}
