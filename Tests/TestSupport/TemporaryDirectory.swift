import Foundation

/// A folder of one test's own files.
package struct TemporaryDirectory: Sendable {
  package let path: String

  /// The path of a file in the folder, whether or not it exists.
  package func path(of name: String) -> String { path + "/" + name }

  /// Writes a file, in place of any of that name.
  ///
  /// - Returns: Its path.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = path(of: name)
    // Foundation's own writing waits for the disk, and so do some file systems where a file is truncated: a millisecond
    // each, which thousands of files cannot afford.
    unlink(path)
    guard let file = fopen(path, "wb") else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
    }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      throw CocoaError(.fileWriteOutOfSpace, userInfo: [NSFilePathErrorKey: path])
    }
    return path
  }
}

/// Runs `body` with a new folder, which is deleted with all that is in it afterwards.
package func withTemporaryDirectory<R>(_ body: (TemporaryDirectory) throws -> R) throws -> R {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("NNBlasTests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(TemporaryDirectory(path: url.path))
}
