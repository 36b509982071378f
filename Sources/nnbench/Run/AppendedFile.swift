import Foundation
import NNBlas
import Synchronization

/// A file that grows by whole lines: a reader, or a run that goes on after a crash, never finds a part of one.
final class AppendedFile: Sendable {
  let path: String
  private let descriptor: Int32
  private let state: Mutex<State>

  private struct State {
    var count: Int
    /// Lines that could not be written, to be tried again.
    var waiting = Data()
  }

  /// Opens a file, or makes it; what follows its last whole line, or so many bytes, goes.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - count: How many bytes of it stay at most, or nil for all whole lines.
  /// - Throws: `RunError.unwritable`.
  init(_ path: String, keeping count: Int? = nil) throws(RunError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
    let length = Self.wholeLines(descriptor, within: count)
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw .unwritable(file: path, reason: reason)
    }
    state = Mutex(State(count: length))
  }

  deinit { close(descriptor) }

  /// How many bytes there are.
  var count: Int { state.withLock { $0.count } }

  /// Appends a line, behind those that are still to be written.
  ///
  /// - Throws: `RunError.unwritable`; the line is kept, and tried again with the next one.
  func append(_ line: Data) throws(RunError) {
    let reason: String? = state.withLock { state in
      state.waiting += line + Data("\n".utf8)
      do {
        try SystemFile.append(state.waiting, to: descriptor)
      } catch {
        // A part of a line may have been written.
        ftruncate(descriptor, off_t(state.count))
        return systemReason(error)
      }
      state.count += state.waiting.count
      state.waiting = Data()
      return nil
    }
    if let reason { throw .unwritable(file: path, reason: reason) }
  }

  /// Waits until all is on the disk.
  func synchronize() { fsync(descriptor) }

  /// The length of what whole lines there are.
  private static func wholeLines(_ descriptor: Int32, within limit: Int?) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return 0 }
    var end = min(Int(status.st_size), limit ?? .max)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while end > 0 {
      let start = max(0, end - buffer.count)
      let found = pread(descriptor, &buffer, end - start, off_t(start))
      guard found > 0 else { return 0 }
      if let newline = buffer[..<found].lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
      end = start
    }
    return 0
  }
}
