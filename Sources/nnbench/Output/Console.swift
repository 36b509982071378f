import Foundation
import NNBlas

/// Where a command writes: figures to standard output, diagnostics to standard error.
///
/// With `--json -` standard output is one JSON document, and what people read goes to standard error.
struct Console {
  /// Whether standard output is kept for a JSON document.
  let keepsOutputForJSON: Bool

  /// Prints lines that people read.
  ///
  /// - Throws: `OutputError`.
  func print(_ text: String) throws(OutputError) {
    try (keepsOutputForJSON ? OutputStream.standardError : .standardOutput).write(text + "\n")
  }

  /// Prints a diagnostic.
  static func diagnose(_ text: String) {
    // Where standard error is closed there is nobody left to tell.
    try? OutputStream.standardError.write(text + "\n")
  }

  /// Writes a document as JSON to a file, or to standard output for `-`.
  static func write(_ document: some Encodable, toJSON path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(document) + Data("\n".utf8)
    if path == "-" {
      try OutputStream.standardOutput.write(data)
    } else {
      try OutputFile(path).write(data)
    }
  }
}
