extension CSV {
  /// A column: `"species"` by its name, `0` by its index from the first, `-1` by its index from the end.
  public enum Column: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// The column of a name, which the first line has.
    case name(String)
    /// The column at an index from 0, or from the end, where −1 is the last.
    case index(Int)

    /// A column by its name.
    public init(stringLiteral value: String) { self = .name(value) }
    /// A column by its index.
    public init(integerLiteral value: Int) { self = .index(value) }
  }

  /// Which columns are inputs.
  public enum Inputs: Sendable, Hashable {
    /// All that are neither the label nor a target.
    case all
    /// All that are neither the label nor a target nor one of these.
    case allExcept([Column])
    /// These, in this order.
    case only([Column])
  }

  /// What a column is read as.
  enum Role {
    case none
    case label
    /// An element of the input, by its index.
    case input(Int)
    /// An element of the target, by its index.
    case target(Int)
  }

  /// The index of a column, from 0.
  ///
  /// - Throws: `DataError.noColumn` for a name that there is not, `DataError.argument` for an index that there is not, or a name
  ///   where columns have none.
  public func index(of column: Column) throws(DataError) -> Int {
    switch column {
    case .index(let index):
      guard -columnCount <= index, index < columnCount else {
        throw argument("the index of a column", "\(index)", "from \(-columnCount) to \(columnCount - 1)")
      }
      return index < 0 ? index + columnCount : index
    case .name(let name):
      guard let columnNames else {
        throw argument(
          "a column", quoted(name),
          "an index, as columns have no names; pass header: .present if the first line has them")
      }
      guard let index = columnNames.firstIndex(of: name) else {
        throw .noColumn(file: text.name, name: name, columns: columnNames)
      }
      return index
    }
  }

  /// How messages name a column: `"species"`, or `5` by its number from 1 where it has no name.
  func name(ofColumn index: Int) -> String {
    if let name = columnNames?[index], !name.isEmpty { quoted(name) } else { "\(index + 1)" }
  }

  /// What every column is read as, and the number of inputs.
  func roles(label: Column?, targets: [Column], inputs: Inputs) throws(DataError) -> (roles: [Role], inputCount: Int) {
    var roles = [Role](repeating: .none, count: columnCount)
    var isTaken = [Bool](repeating: false, count: columnCount)
    func take(_ column: Column, for use: String) throws(DataError) -> Int {
      let index = try index(of: column)
      guard !isTaken[index] else {
        throw argument(use, "column \(name(ofColumn: index)), which is used already", "every column once")
      }
      isTaken[index] = true
      return index
    }
    if let label { roles[try take(label, for: "label")] = .label }
    for (place, target) in targets.enumerated() { roles[try take(target, for: "targets")] = .target(place) }
    var used: [Int] = []
    switch inputs {
    case .all: used = isTaken.indices.filter { !isTaken[$0] }
    case .allExcept(let columns):
      for column in columns { isTaken[try index(of: column)] = true }
      used = isTaken.indices.filter { !isTaken[$0] }
    case .only(let columns):
      for column in columns { used.append(try take(column, for: "inputs")) }
    }
    for (place, index) in used.enumerated() { roles[index] = .input(place) }
    guard !used.isEmpty else { throw argument("inputs", "no column", "at least 1") }
    return (roles, used.count)
  }

  func argument(_ name: String, _ found: String, _ expected: String) -> DataError {
    .argument(operation: text.name, name: name, found: found, expected: expected)
  }
}
