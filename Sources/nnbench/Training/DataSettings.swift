import Foundation
import NNBlas

/// Where examples come from, and what is done with them before a network sees them.
struct DataSettings {
  static let options: [CommandSyntax.Option] = [
    .init(
      "data", "path",
      help:
        "A folder with the four files of MNIST, each with or without .gz; a table, .csv or .tsv, also .gz; or inputs as an "
        + "array, .npy. (default: embedded synthetic digits)"),
    .init(
      "label", "column",
      help:
        "The column of a table that names classes, by name or by number from 0, from the end if negative; for .npy the file of "
        + "labels."),
    .init(
      "target", "columns", help: "The columns of a table to come close to, with commas; for .npy the file of targets."),
    .init("ignore", "columns", help: "Columns of a table that are no inputs, with commas."),
    .init(
      "separator", "c",
      help: "Between a table's fields: comma, semicolon, tab or one character. (default: comma, tab for .tsv)"),
    .init(
      "header", "kind",
      help: "Whether a table's first line has names: automatic, present or absent. (default: automatic)"),
  ]

  let path: String?
  let label: String?
  private let target: [String]
  private let ignored: [String]
  private let separator: Unicode.Scalar?
  private let header: CSV.Header
  private let headerText: String?
  private let separatorText: String?

  init(_ arguments: Arguments) throws(UsageError) {
    path = arguments.string("data")
    label = arguments.string("label")
    func names(_ flag: String) -> [String] {
      arguments.string(flag)?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
    }
    (target, ignored) = (names("target"), names("ignore"))
    (headerText, separatorText) = (arguments.string("header"), arguments.string("separator"))
    header =
      switch headerText {
      case nil, "automatic": .automatic
      case "present": .present
      case "absent": .absent
      case let other?: throw arguments.wrong("header", "is '\(other)', expected automatic or present or absent")
      }
    separator =
      switch separatorText {
      case nil: nil
      case "comma": ","
      case "semicolon": ";"
      case "tab": "\t"
      case let text?:
        if text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first, scalar.isASCII {
          scalar
        } else {
          throw arguments.wrong("separator", "is '\(text)', expected comma, semicolon, tab or one ASCII character")
        }
      }
    if label != nil, !target.isEmpty { throw arguments.contradiction("label", "target") }
    if !isTable {
      for flag in ["ignore", "separator", "header"] where arguments.has(flag) {
        throw arguments.wrong(flag, "is for tables, expected one with --data: a .csv or .tsv file")
      }
    }
    if !isTable, !isArray {
      for flag in ["label", "target"] where arguments.has(flag) {
        throw arguments.wrong(flag, "is for tables and arrays, and these data have labels; leave it out")
      }
    }
  }

  var isTable: Bool { name.map { $0.hasSuffix(".csv") || $0.hasSuffix(".tsv") } ?? false }
  var isArray: Bool { name?.hasSuffix(".npy") ?? false }
  private var name: String? {
    path.map { $0.lowercased() }.map { $0.hasSuffix(".gz") ? String($0.dropLast(3)) : $0 }
  }

  /// Examples, with what is said of them.
  struct Examples {
    var dataset: Dataset
    let inputNames: [String]?
  }

  /// Reads the examples of a table or of arrays.
  ///
  /// - Parameters:
  ///   - file: The file, or nil for that of `--data`.
  ///   - classNames: Those that labels are to have, or nil for the file's own.
  /// - Returns: The examples.
  /// - Throws: `DataError` for files that cannot be used, `UsageError` where nothing says what is to be learnt.
  func examples(_ file: String? = nil, classNames: [String]? = nil) throws -> Examples {
    let path = file ?? path ?? ""
    if isArray { return try arrays(path) }
    let table = try CSV(contentsOf: path, header: header, separator: separator(of: path))
    let used = (label.map { [$0] } ?? []) + target + ignored
    let outside = try Set(used.map { try table.index(of: column($0)) })
    let names = table.columnNames.map { names in names.indices.filter { !outside.contains($0) }.map { names[$0] } }
    let inputs = CSV.Inputs.allExcept(ignored.map(column))
    if let label {
      return Examples(
        dataset: try table.dataset(label: column(label), inputs: inputs, classNames: classNames), inputNames: names)
    }
    guard !target.isEmpty else {
      throw UsageError(
        "\((path as NSString).lastPathComponent) needs --label, the column that names classes, or --target, those to come close "
          + "to; its columns are \(columns(of: table))")
    }
    return Examples(dataset: try table.dataset(targets: target.map(column), inputs: inputs), inputNames: names)
  }

  /// The inputs alone, of all columns that are neither label nor target nor ignored.
  func inputs(_ file: String) throws -> Matrix<Double> {
    if isArray { return try NPY(contentsOf: file).matrix(as: Double.self) }
    let table = try CSV(contentsOf: file, header: header, separator: separator(of: file))
    return try table.matrix(.allExcept(((label.map { [$0] } ?? []) + target + ignored).map(column)))
  }

  private func arrays(_ path: String) throws -> Examples {
    let array = try NPY(contentsOf: path)
    if let label {
      let labels = try NPY(contentsOf: label).labels()
      let classes = (labels.max() ?? 0) + 1
      // Bytes are pixels.
      return Examples(
        dataset: array.elementType == .uint8
          ? try Dataset(inputs: array.bytes(), labels: labels, classes: classes)
          : try Dataset(inputs: array.matrix(as: Double.self), labels: labels, classes: classes), inputNames: nil)
    }
    guard let target = target.first else {
      throw UsageError(
        "\((path as NSString).lastPathComponent) needs --label, a file of labels, or --target, a file of targets, both .npy"
      )
    }
    return Examples(
      dataset: try Dataset(
        inputs: array.matrix(as: Double.self), targets: NPY(contentsOf: target).matrix(as: Double.self)),
      inputNames: nil)
  }

  private func separator(of path: String) -> Unicode.Scalar {
    separator ?? (path.lowercased().contains(".tsv") ? "\t" : ",")
  }

  /// A number is a column's index where it is one.
  private func column(_ text: String) -> CSV.Column { Int(text).map { .index($0) } ?? .name(text) }

  private func columns(of table: CSV) -> String {
    let names = table.columnNames ?? (0..<table.columnCount).map(String.init)
    return names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", and \(names.count - 12) more" : "")
  }

  /// The flags that give the same.
  var resolved: [String: String] {
    var values: [String: String] = [:]
    (values["data"], values["label"]) = (path, label)
    if !target.isEmpty { values["target"] = target.joined(separator: ",") }
    if !ignored.isEmpty { values["ignore"] = ignored.joined(separator: ",") }
    (values["header"], values["separator"]) = (headerText, separatorText)
    return values
  }
}
