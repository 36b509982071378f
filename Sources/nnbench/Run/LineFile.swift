import Foundation
import NNBlas
import Synchronization

/// A file that grows by whole lines: a reader, or a run that goes on after a crash, never finds a part of one.
final class LineFile: Sendable {
  let path: String
  private let descriptor: Int32
  private let state: Mutex<State>

  private struct State {
    let file: AppendedFile
    /// Lines that could not be written, to be tried again.
    var waiting: [UInt8] = []
  }

  /// How far a file is: how many bytes it has, and the lines that are still to be written.
  struct Mark: Sendable, Equatable {
    var count = 0
    var waiting = ""
  }

  /// Opens a file, or makes it; what follows its last whole line, or a mark, goes.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - mark: How far it was, or nil for all whole lines.
  /// - Throws: `ModelFileError.unwritable`.
  init(_ path: String, at mark: Mark? = nil) throws(ModelFileError) {
    self.path = path
    let file = try AppendedFile(path)
    descriptor = file.descriptor
    let length = try Self.wholeLines(file.descriptor, within: min(Int(file.length), mark?.count ?? .max), path)
    try file.shorten(to: length)
    state = Mutex(State(file: file, waiting: Array((mark?.waiting ?? "").utf8)))
  }

  /// How far the file is.
  var mark: Mark {
    state.withLock { Mark(count: Int($0.file.length), waiting: String(decoding: $0.waiting, as: UTF8.self)) }
  }

  /// Writes what is still to be written.
  ///
  /// - Throws: `ModelFileError.unwritable`.
  func flush() throws(ModelFileError) {
    try state.withLock { (state) throws(ModelFileError) in
      guard !state.waiting.isEmpty else { return }
      try state.file.append(state.waiting)
      state.waiting = []
    }
  }

  /// Appends a line, behind those that are still to be written.
  ///
  /// - Throws: `ModelFileError.unwritable`; the line is kept, and tried again with the next one.
  func append(_ line: Data) throws(ModelFileError) {
    try state.withLock { (state) throws(ModelFileError) in
      state.waiting += [UInt8](line) + [UInt8(ascii: "\n")]
      try state.file.append(state.waiting)
      state.waiting = []
    }
  }

  /// Waits until all is on the disk.
  ///
  /// - Throws: `ModelFileError.unwritable`, where what was written is not there after all.
  func synchronize() throws(ModelFileError) {
    guard fsync(descriptor) == 0 else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
  }

  /// The length of what whole lines there are within so many bytes.
  private static func wholeLines(
    _ descriptor: Int32, within limit: Int, _ path: String
  ) throws(ModelFileError) -> Int {
    var end = limit
    var buffer = [UInt8](repeating: 0, count: 4096)
    while end > 0 {
      let start = max(0, end - buffer.count)
      let found = pread(descriptor, &buffer, end - start, off_t(start))
      if found < 0, errno == EINTR { continue }
      guard found > 0 else { throw .unreadable(file: path, reason: String(cString: strerror(errno))) }
      if let newline = buffer[..<found].lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
      end = start
    }
    return 0
  }
}
