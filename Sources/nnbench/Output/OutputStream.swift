import Foundation
import NNBlas

/// One of the two streams that every process has to write to.
enum OutputStream: String {
  case standardOutput = "standard output"
  case standardError = "standard error"

  /// - Throws: `OutputError`, with the system's reason.
  func write(_ text: String) throws(OutputError) { try write(Data(text.utf8)) }

  /// - Throws: `OutputError`, with the system's reason.
  func write(_ data: Data) throws(OutputError) {
    let handle = self == .standardOutput ? FileHandle.standardOutput : .standardError
    do {
      try handle.write(contentsOf: data)
    } catch {
      throw OutputError(
        description: "\(rawValue): \(systemReason(error))", isBrokenPipe: systemErrorNumber(error) == EPIPE)
    }
  }
}

/// Output that cannot be written.
struct OutputError: Error, CustomStringConvertible {
  /// The stream, and the system's reason.
  let description: String
  /// Whether the reader has gone, as `head` does when it has seen enough.
  let isBrokenPipe: Bool
}
