import Foundation
import NNBlas

/// Where a command writes: figures to standard output, diagnostics to standard error.
///
/// With `--json -` standard output is one JSON document, and what people read goes to standard error.
struct Console {
  /// Whether standard output is kept for a JSON document.
  let keepsOutputForJSON: Bool

  /// Prints lines that people read.
  func print(_ text: String) throws {
    try write(text + "\n", to: keepsOutputForJSON ? .standardError : .standardOutput)
  }

  /// Prints a diagnostic.
  static func diagnose(_ text: String) {
    // Where standard error is closed there is nobody left to tell.
    try? write(text + "\n", to: .standardError)
  }

  private func write(_ text: String, to handle: FileHandle) throws { try Self.write(text, to: handle) }

  fileprivate static func write(_ text: String, to handle: FileHandle) throws {
    try handle.write(contentsOf: Data(text.utf8))
  }

  /// Writes a document as JSON to a file, or to standard output for `-`.
  static func write(_ document: some Encodable, toJSON path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(document) + Data("\n".utf8)
    if path == "-" {
      try FileHandle.standardOutput.write(contentsOf: data)
    } else {
      try OutputFile(path).write(data)
    }
  }
}

/// A line on a terminal that tells how far something long has come; nothing where standard error is no terminal.
final class ProgressLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant
  private var isDirty = false

  init() {
    // What takes less than this needs no line.
    next = clock.now + .milliseconds(500)
  }

  /// Shows a line, at most ten times a second; the text is made only when it is shown.
  func update(_ text: @autoclosure () -> String) {
    guard isShown, clock.now >= next else { return }
    next = clock.now + .milliseconds(100)
    isDirty = true
    try? Console.write("\r\u{1B}[K" + text(), to: .standardError)
  }

  /// Removes the line, before something lasting is printed.
  func clear() {
    guard isDirty else { return }
    isDirty = false
    try? Console.write("\r\u{1B}[K", to: .standardError)
  }
}
