extension CSV {
  /// Examples with labels: inputs (examples × columns used) and the class of each, with the names of classes.
  ///
  /// Labels that are whole numbers are classes in ascending order, so that 0 to k − 1, all present, stay what they are; other
  /// labels are classes in the order of their text.
  ///
  /// - Parameters:
  ///   - label: The label's column.
  ///   - inputs: The columns of inputs.
  ///   - classNames: The names of the classes in the order of labels, such as those of the data that a network has learned
  ///     from; nil to find them in the file.
  /// - Returns: The data set.
  /// - Throws: `DataError.field` for a field that is not what it is used as, and what `index(of:)` throws.
  public func dataset(
    label: Column, inputs: Inputs = .all, classNames: [String]? = nil
  ) throws(DataError) -> Dataset {
    let labelColumn = try index(of: label)
    var labels = CSVLabels()
    labels.codes.reserveCapacity(rowCount)
    let read = try read(try roles(label: label, targets: [], inputs: inputs), targetCount: 0, labels: &labels)
    let (numbers, names) = try labels.classes(of: self, column: labelColumn, known: classNames)
    return try Dataset(inputs: read.inputs, labels: numbers, classes: names.count).naming(classes: names)
  }

  /// Examples with numbers as targets: inputs (examples × columns used), targets (examples × targets).
  ///
  /// - Parameters:
  ///   - targets: The targets' columns, in this order.
  ///   - inputs: The columns of inputs.
  /// - Returns: The data set.
  /// - Throws: `DataError.field` for a field that is not a finite number, and what `index(of:)` throws.
  public func dataset(targets: [Column], inputs: Inputs = .all) throws(DataError) -> Dataset {
    guard !targets.isEmpty else { throw argument("targets", "no column", "at least 1") }
    var labels = CSVLabels()
    let read = try read(
      try roles(label: nil, targets: targets, inputs: inputs), targetCount: targets.count, labels: &labels)
    return try Dataset(inputs: read.inputs, targets: read.targets)
  }

  /// Inputs alone, for predictions (examples × columns used).
  ///
  /// - Parameter inputs: The columns of inputs.
  /// - Returns: The matrix.
  /// - Throws: `DataError.field` for a field that is not a finite number, and what `index(of:)` throws.
  public func matrix(_ inputs: Inputs = .all) throws(DataError) -> Matrix<Double> {
    var labels = CSVLabels()
    return try read(try roles(label: nil, targets: [], inputs: inputs), targetCount: 0, labels: &labels).inputs
  }

  /// Reads all examples, each field as what its column is.
  private func read(
    _ columns: (roles: [Role], inputCount: Int), targetCount: Int, labels: inout CSVLabels
  ) throws(DataError) -> (inputs: Matrix<Double>, targets: Matrix<Double>) {
    var failure: DataError?
    var targets: Matrix<Double>?
    let inputs: Matrix<Double> = try NativeMatrix.filled(rows: rowCount, columns: columns.inputCount, in: text.name) {
      x in
      do throws(DataError) {
        targets = try NativeMatrix.filled(rows: rowCount, columns: targetCount, in: text.name) { y in
          do throws(DataError) {
            try read(
              columns, targetCount, x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self),
              &labels)
          } catch { failure = error }
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    guard let targets else { invariantBroken("a table was read without its targets") }
    return (inputs, targets)
  }

  private func read(
    _ columns: (roles: [Role], inputCount: Int), _ targetCount: Int, _ x: UnsafeMutablePointer<Double>,
    _ y: UnsafeMutablePointer<Double>, _ labels: inout CSVLabels
  ) throws(DataError) {
    try text.scan(from: firstRow) { (scanner) throws(DataError) in
      var (x, y) = (x, y)
      for _ in 0..<rowCount {
        for column in 0..<columnCount {
          switch columns.roles[column] {
          case .none: _ = try scanner.readField()
          case .label: labels.append(try scanner.readField(), of: text)
          case .input(let place): x[place] = try number(&scanner, column: column, isTarget: false)
          case .target(let place): y[place] = try number(&scanner, column: column, isTarget: true)
          }
          scanner.skipFieldEnd()
        }
        x += columns.inputCount
        y += targetCount
      }
    }
  }

  @inline(__always)
  private func number(_ scanner: inout CSVScanner, column: Int, isTarget: Bool) throws(DataError) -> Double {
    if let value = scanner.readNumber() { return value }
    throw try noNumber(&scanner, column: column, isTarget: isTarget)
  }

  /// What is wrong with a field that is no finite number.
  @inline(never)
  private func noNumber(_ scanner: inout CSVScanner, column: Int, isTarget: Bool) throws(DataError) -> DataError {
    let field = try scanner.readField()
    let found = text.string(field)
    let isFinite = DecimalNumber.parse(found)?.isFinite ?? true
    let isMissing =
      CSV.isMissing(found)
      || ["null", "none", "inf", "+inf", "-inf", "infinity", "-infinity"].contains(found.lowercased())
    return self.field(
      field, column, found: found.isEmpty ? "empty" : quoted(found),
      expected: isMissing ? "a finite number" : isFinite ? "a number" : "a number that is finite in double precision",
      remedy: isMissing
        ? .advice("clean or impute the data first") : isFinite ? remedy(for: found, field, isTarget) : nil)
  }

  private func remedy(for found: String, _ field: CSVScanner.Field, _ isTarget: Bool) -> DataError.Remedy {
    if columnCount == 1, let other = separator(in: found) { return .separator(other) }
    if DecimalNumber.parse(found.replacingOccurrences(of: ",", with: ".")) != nil {
      return .advice("write decimals with a point")
    }
    if columnNames == nil, text.place(of: field.place).line == 1 { return .header }
    return isTarget ? .label : .exclusion
  }

  /// A field that is not what its column is used as.
  func field(
    _ field: CSVScanner.Field, _ column: Int, found: String, expected: String, remedy: DataError.Remedy?
  ) -> DataError {
    let place = text.place(of: field.place)
    return .field(
      file: text.name, line: place.line, column: place.column, name: name(ofColumn: column), found: found,
      expected: expected, remedy: remedy)
  }
}
