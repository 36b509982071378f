import Foundation
import NNBlas

/// Where examples come from, and what is done with them before a network sees them.
struct DataSettings {
  static let options = options(
    data:
      "A folder with the four files of MNIST, each with or without .gz; a table, .csv or .tsv, also .gz; or inputs as an "
      + "array, .npy. (default: embedded synthetic digits)",
    label:
      "The column of a table that names classes, by name or else by number from 0, from the end if negative; for .npy the file of "
      + "labels.",
    target:
      "The columns of a table to come close to, with commas, and quotes around a name with a comma; for .npy the file of targets."
  )

  /// The flags, with what a command says of some.
  static func options(data: String, label: String, target: String) -> [CommandSyntax.Option] {
    [
      .init("data", "path", help: data), .init("label", "column", help: label),
      .init("target", "columns", isList: true, help: target),
    ] + others
  }

  private static let others: [CommandSyntax.Option] = [
    .init("ignore", "columns", isList: true, help: "Columns of a table that are no inputs, with commas."),
    .init(
      "separator", "c",
      help: "Between a table's fields: comma, semicolon, tab or one character. (default: comma, tab for .tsv)"),
    .init(
      "header", "kind",
      help: "Whether a table's first line has names: automatic, present or absent. (default: automatic)"),
  ]

  let path: String?
  let label: String?
  let target: [String]
  let ignored: [String]
  let separator: Unicode.Scalar?
  let header: CSV.Header
  /// The column, or the file, that says how much examples count.
  let sampleWeights: String?
  private let headerText: String?
  private let separatorText: String?
  let arguments: Arguments

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    path = arguments.string("data")
    label = arguments.string("label")
    sampleWeights = arguments.string("sample-weights")
    (target, ignored) = (try arguments.names("target"), try arguments.names("ignore"))
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
        if text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first, CSV.canSeparate(scalar) {
          scalar
        } else {
          throw arguments.wrong(
            "separator", "is '\(text)', expected comma, semicolon, tab or one ASCII character that is in no number")
        }
      }
    if let path, !isTable, !isArray, FileManager.default.isFile(path) {
      throw arguments.misfit(
        "data",
        "is \(path), a file, expected a table that ends in .csv or .tsv, an array in .npy, or a folder with MNIST's files"
      )
    }
    if label != nil, !target.isEmpty { throw arguments.contradiction("label", "target") }
    if !isTable {
      for flag in ["ignore", "separator", "header"] where arguments.has(flag) {
        throw arguments.wrong(flag, "is for tables, expected one with --data: a .csv or .tsv file")
      }
    }
    if isArray, target.count > 1 {
      throw arguments.wrong("target", "is \(target.count) files, expected one .npy with a column for each output")
    }
    if !isTable, !isArray {
      for flag in ["label", "target", "sample-weights"] where arguments.has(flag) {
        if let path, !FileManager.default.fileExists(atPath: path) {
          throw arguments.misfit(
            "data", "is \(path), which is not there, expected a table that ends in .csv or .tsv, or an array in .npy")
        }
        throw arguments.wrong(flag, "is for tables and arrays, and these data have labels; leave it out")
      }
    }
  }

  /// Targets are of the kind that a model was trained on.
  func check(_ task: ModelTask) throws(UsageError) {
    switch task {
    case .classification where isRegression:
      throw arguments.wrong("target", "is for numbers, but the model names classes; give their column to --label")
    case .regression where label != nil:
      throw arguments.wrong("label", "is for classes, but the model's outputs are numbers; give theirs to --target")
    case .regression where !(isTable || isArray):
      throw arguments.wrong(
        "data",
        "is \(path ?? "missing"), and digits are classes, but the model's outputs are numbers; give a table or array")
    case .classification, .regression: break
    }
  }

  var isTable: Bool { path.map(Self.isTable) ?? false }
  var isArray: Bool { path.map(Self.isArray) ?? false }
  /// Whether targets are numbers to come close to.
  var isRegression: Bool { !target.isEmpty }

  static func isTable(_ path: String) -> Bool { ending(of: path) == "csv" || ending(of: path) == "tsv" }
  static func isArray(_ path: String) -> Bool { ending(of: path) == "npy" }

  static func ending(of path: String) -> String {
    let name = path.lowercased() as NSString
    return name.pathExtension == "gz" ? (name.deletingPathExtension as NSString).pathExtension : name.pathExtension
  }

  /// The flags that give the same.
  var resolved: [String: String] {
    var values: [String: String] = [:]
    (values["data"], values["label"]) = (path, label)
    if !target.isEmpty { values["target"] = target.map(Arguments.listItem).joined(separator: ",") }
    if !ignored.isEmpty { values["ignore"] = ignored.map(Arguments.listItem).joined(separator: ",") }
    (values["header"], values["separator"]) = (headerText, separatorText)
    return values
  }
}

extension FileManager {
  /// Whether there is a file, and no folder, at a path.
  fileprivate func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}
