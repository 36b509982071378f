import Foundation
import NNBlas

/// Where a command writes: figures to standard output, diagnostics to standard error.
///
/// With `--json -` standard output is one JSON document, and what people read goes to standard error.
final class Console {
  private let keepsOutputForJSON: Bool
  private let hasResultFile: Bool
  private var firstError: OutputError?

  /// - Parameters:
  ///   - keepsOutputForJSON: Whether standard output is kept for a JSON document.
  ///   - hasResultFile: Whether the result goes to a file: then the work outlives whoever reads the lines.
  init(keepsOutputForJSON: Bool = false, hasResultFile: Bool = false) {
    self.keepsOutputForJSON = keepsOutputForJSON
    self.hasResultFile = hasResultFile
  }

  /// Prints lines that people read.
  ///
  /// - Throws: `OutputError`, at once where the lines are the result, else from `close()`.
  func print(_ text: String) throws(OutputError) {
    // Beside a document the lines are a courtesy.
    if keepsOutputForJSON { return Self.diagnose(text) }
    do {
      try OutputStream.standardOutput.write(text + "\n")
    } catch {
      guard hasResultFile else { throw error }
      firstError = firstError ?? error
    }
  }

  /// Ends the output, after the result has gone to its file.
  ///
  /// - Throws: `OutputError` where lines could not be printed.
  func close() throws(OutputError) {
    if let firstError { throw firstError }
  }

  /// Prints a line to standard error.
  static func diagnose(_ text: String) {
    // Where standard error is closed there is nobody left to tell.
    try? OutputStream.standardError.write(text + "\n")
  }

  /// Prints a warning to standard error.
  static func warn(_ text: String) { diagnose("nnbench: warning: \(text)") }

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
