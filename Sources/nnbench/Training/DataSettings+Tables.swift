import NNBlas

// Examples in tables.

extension DataSettings {
  /// Reads a table as the flags say.
  ///
  /// - Throws: `DataError` for what is no table, `UsageError` where it is to be told whether it has names.
  func table(_ path: String) throws -> CSV {
    do throws(DataError) {
      return try csv(path, header)
    } catch {
      guard case .argument(let file, "header", let found, let expected) = error else { throw error }
      throw UsageError("\(file): --header is \(found), expected \(expected)", isInFile: true)
    }
  }

  /// Reads a table that is like another: its first line has names where one of them is a name there.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - columns: Those of the other.
  /// - Returns: The table.
  /// - Throws: As `table(_:)`.
  func table(_ path: String, like columns: TableColumns) throws -> CSV {
    guard header == .automatic, columns.inputNames != nil else { return try table(path) }
    // A line of examples may be no list of names.
    if let named = try? csv(path, .present), columns.haveName(in: named.columnNames ?? []) { return named }
    return try csv(path, .absent)
  }

  private func csv(_ path: String, _ header: CSV.Header) throws(DataError) -> CSV {
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
      let dataset = try table.dataset(targets: columns.targets.map { .index($0) }, inputs: columns.inputColumns)
      try dataset.checkTargets(for: known.cost, named: file)
      return dataset
    }
    try checkClasses(known)
    return try labelled(known, file) { (names) throws(DataError) in
      try table.dataset(label: .index(label), inputs: columns.inputColumns, classNames: names)
    }
  }

  /// How much the examples of a table count.
  ///
  /// - Throws: `DataError.field` for what is no number.
  func weights(of table: CSV, _ columns: TableColumns) throws(DataError) -> Matrix<Double> {
    do throws(DataError) {
      return try table.matrix(.only(columns.weights.map { [.index($0)] } ?? []))
    } catch {
      guard case .field(let file, let line, let column, let name, let found, let expected, _) = error else {
        throw error
      }
      throw .field(
        file: file, line: line, column: column, name: name, found: found, expected: expected,
        remedy: .advice("it is the column of --sample-weights"))
    }
  }

  /// Examples with labels, of as many classes as the network has outputs.
  ///
  /// - Parameters:
  ///   - known: What is known of the classes.
  ///   - file: What the table is called.
  ///   - read: Reads the examples of classes with names, or finds the classes in the table where there are none.
  /// - Returns: The examples.
  /// - Throws: `UsageError` where the classes are not those of the network, and what the closure throws.
  private func labelled(
    _ known: Known, _ file: String, read: ([String]?) throws(DataError) -> Dataset
  ) throws -> Dataset {
    if let names = known.classNames { return try read(names) }
    let found = try read(nil)
    let names = found.classNames ?? []
    func wrong(_ expected: String) -> UsageError {
      UsageError(
        "\(file): \(counted(names.count, "class", "classes")) (\(listing(names))), expected \(expected)", isInFile: true
      )
    }
    guard let outputs = known.outputs else {
      guard names.count > 1 else { throw wrong("two or more to tell apart") }
      return found
    }
    if !known.hasNumberedClasses, names.count == outputs { return found }
    // Not all of the classes may be in the table, where they are numbers.
    let numbers = (0..<outputs).map(String.init)
    guard Set(names).isSubset(of: numbers) else {
      throw wrong(
        known.hasNumberedClasses
          ? "numbers from 0 to \(outputs - 1): the model has no names for its outputs"
          : "\(outputs), one for each output of the network")
    }
    return try read(numbers)
  }

  /// The first of its columns' names.
  func listing(of table: CSV) -> String {
    listing(table.columnNames ?? (0..<table.columnCount).map(String.init))
  }
}
