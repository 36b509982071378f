import Foundation
import TestSupport

/// nnbench while it runs.
struct RunningTool {
  let process: Process
  private let output: String
  private let errors: String

  /// Starts it, and waits until a text is printed.
  init(_ arguments: [String], in folder: TemporaryDirectory, until text: String) throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: try Tool.path())
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    (output, errors) = (try folder.write([], to: "stdout"), try folder.write([], to: "stderr"))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    // A line may be there in part, and end within a character.
    let file = URL(fileURLWithPath: output)
    while process.isRunning, try !String(decoding: Data(contentsOf: file), as: UTF8.self).contains(text) {
      usleep(10_000)
    }
  }

  func wait() throws -> Tool {
    process.waitUntilExit()
    return try Tool(
      status: process.terminationStatus, output: String(contentsOfFile: output, encoding: .utf8),
      errors: String(contentsOfFile: errors, encoding: .utf8))
  }
}

extension Process {
  /// Sends a signal.
  func interrupt(with signal: Int32) { kill(processIdentifier, signal) }
}
