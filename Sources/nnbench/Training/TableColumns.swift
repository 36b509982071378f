import Foundation
import NNBlas

/// Which columns of a table are what, by their places from 0.
struct TableColumns {
  let inputs: [Int]
  let label: Int?
  let targets: [Int]
  /// How much examples count.
  let weights: Int?
  private let count: Int
  /// Those of all columns, or nil where they have none.
  private let names: [String]?

  /// - Parameters:
  ///   - settings: The flags that name columns.
  ///   - table: The table.
  ///   - inputNames: The names of inputs, where a model has some: they are the inputs then, in that order.
  /// - Throws: `DataError` for a column that there is not, or an input without a name among others; `UsageError` for a name where columns
  ///   have none, or for an input of the model that is to be something else.
  init(_ settings: DataSettings, of table: CSV, inputNames: [String]?) throws {
    func place(_ flag: String, _ text: String) throws -> Int { try Self.place(flag, text, settings, table) }
    label = try settings.label.map { try place("label", $0) }
    targets = try settings.target.map { try place("target", $0) }
    weights = try settings.sampleWeights.map { try place("sample-weights", $0) }
    let ignored = try settings.ignored.map { try place("ignore", $0) }
    (count, names) = (table.columnCount, table.columnNames)
    var flags: [Int: String] = [:]
    for (flag, columns) in [
      ("label", label.map { [$0] } ?? []), ("target", targets), ("ignore", ignored),
      ("sample-weights", weights.map { [$0] } ?? []),
    ] {
      for column in columns {
        guard let other = flags.updateValue(flag, forKey: column) else { continue }
        throw settings.arguments.wrong(
          flag, "has \(Self.name(column, names)), which --\(other) has already; leave one out")
      }
    }
    inputs =
      if let inputNames, let names {
        try Self.inputs(inputNames, in: table, names, flags, settings)
      } else {
        try Self.inputs(of: table, besides: flags, settings)
      }
  }

  /// The column that a flag names: a number is a name, or else an index.
  private static func place(
    _ flag: String, _ text: String, _ settings: DataSettings, _ table: CSV
  ) throws(UsageError) -> Int {
    let (arguments, count) = (settings.arguments, table.columnCount)
    if let index = Int(text), table.columnNames?.contains(text) != true {
      guard -count <= index, index < count else {
        throw arguments.misfit(
          flag, "is \(text), expected \(-count) to \(count - 1), the columns of \(settings.fileName)\(hint(table))")
      }
      return index < 0 ? index + count : index
    }
    guard table.columnNames != nil else {
      throw arguments.wrong(
        flag, "is '\(text)', but the table's columns have no names; give a number from 0, or --header present")
    }
    do throws(DataError) {
      return try table.index(of: .name(text))
    } catch {
      throw arguments.misfit(flag, "names no column: \(NNBench.describe(error))")
    }
  }

  /// The inputs of a model, none of which a flag has for something else.
  private static func inputs(
    _ inputNames: [String], in table: CSV, _ names: [String], _ flags: [Int: String], _ settings: DataSettings
  ) throws -> [Int] {
    let inputs = try places(of: inputNames, in: table)
    for column in inputs {
      guard let flag = flags[column] else { continue }
      throw settings.arguments.wrong(
        flag, "has \(name(column, names)), which is an input of the model; leave it out")
    }
    return inputs
  }

  /// All that no flag has for something else.
  private static func inputs(
    of table: CSV, besides flags: [Int: String], _ settings: DataSettings
  ) throws(UsageError) -> [Int] {
    let (names, count) = (table.columnNames, table.columnCount)
    let inputs = (0..<count).filter { flags[$0] == nil }
    guard !inputs.isEmpty else {
      throw UsageError("\(settings.fileName): no column is left for inputs\(hint(table))", isInFile: true)
    }
    if let nameless = inputs.first(where: { names?[$0].isEmpty == true }) {
      let number = names?.contains("\(nameless)") == true ? nameless - count : nameless
      throw UsageError(
        "\(settings.fileName): column \(nameless) has no name, but others have; give it one, or leave it out with "
          + "--ignore \(number)", isInFile: true)
    }
    return inputs
  }

  /// A table of one column may be one of another separator.
  private static func hint(_ table: CSV) -> String {
    table.suspectedSeparator.map { "; " + NNBench.flagWords(.separator($0)) } ?? ""
  }

  private static func name(_ column: Int, _ names: [String]?) -> String {
    names.map { $0[column] }.flatMap { $0.isEmpty ? nil : "'\($0)'" } ?? "column \(column)"
  }

  private init(inputs: [Int], label: Int?, targets: [Int], of table: CSV) {
    (self.inputs, self.label, self.targets, weights) = (inputs, label, targets, nil)
    (count, names) = (table.columnCount, table.columnNames)
  }

  /// The same columns of another table: by their names where both have some, or else by their places.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - file: What it is called.
  /// - Returns: Their places there.
  /// - Throws: `DataError.noColumn` for one that is not there, `UsageError` where places say nothing.
  func same(in table: CSV, _ file: String) throws -> TableColumns {
    func places(_ columns: [Int]) throws -> [Int] {
      if let names, table.columnNames != nil {
        if let nameless = columns.first(where: { names[$0].isEmpty }) {
          throw UsageError(
            "\(file): column \(nameless) of --data has no name by which to find it here; give it one in both",
            isInFile: true)
        }
        return try Self.places(of: columns.map { names[$0] }, in: table)
      }
      guard table.columnCount == count else {
        throw UsageError(
          "\(file): \(counted(table.columnCount, "column")), expected \(count) as in --data; give both tables the names of their "
            + "columns to have them found", isInFile: true)
      }
      return columns
    }
    return TableColumns(
      inputs: try places(inputs), label: try label.map { try places([$0])[0] }, targets: try places(targets), of: table)
  }

  /// Tables may have very many columns.
  private static func places(of names: [String], in table: CSV) throws(DataError) -> [Int] {
    let places = Dictionary((table.columnNames ?? []).enumerated().map { ($1, $0) }) { first, _ in first }
    return try names.map { (name) throws(DataError) in
      if let place = places[name] { return place }
      return try table.index(of: .name(name))
    }
  }

  /// Whether one of the table's columns is called as one of these.
  func haveName(in others: [String]) -> Bool {
    names.map { !Set(others).subtracting([""]).isDisjoint(with: $0) } ?? false
  }

  /// What the inputs are called, or nil where they have no names.
  var inputNames: [String]? { names.map { names in inputs.map { names[$0] } } }

  /// `4 inputs (a, b, c, d), label kind`; by number where there are no names.
  var summary: String {
    func listing(_ columns: [Int]) -> String {
      let shown = columns.prefix(8).map { column in
        names.map { $0[column] }.flatMap { $0.isEmpty ? nil : $0 } ?? "\(column)"
      }
      return shown.joined(separator: ", ") + (columns.count > 8 ? " and \(columns.count - 8) more" : "")
    }
    let answers = label.map { "label \(listing([$0]))" } ?? "\(counted(targets.count, "target")) (\(listing(targets)))"
    return "\(counted(inputs.count, "input")) (\(listing(inputs))), \(answers)"
      + (names == nil ? "; the first line is an example, not names" : "")
  }

  /// What the targets are called, or nil where one of them has no name.
  var targetNames: [String]? {
    guard let names, !targets.isEmpty, targets.allSatisfy({ !names[$0].isEmpty }) else { return nil }
    return targets.map { names[$0] }
  }

  /// The inputs as the table takes them.
  var inputColumns: CSV.Inputs { .only(inputs.map { .index($0) }) }
}
