import Foundation
import NNBlas

/// A file that grows by whole records, for whoever reads it while it is written.
///
/// A record is one `write`, so that nothing is lost where the process ends; where only a part of it could be written, that part is
/// taken back, and what comes next continues the last whole record.
package final class AppendedFile {
  package let path: String
  private var descriptor: Int32
  /// What the file holds of whole records.
  private var length: off_t

  /// Opens a file at its end.
  ///
  /// - Parameters:
  ///   - path: The file; it is made where it does not exist.
  ///   - isNew: Whether it must not exist.
  /// - Throws: `ModelFileError.unwritable` with the system's reason.
  package convenience init(_ path: String, isNew: Bool = false) throws(ModelFileError) {
    guard let file = try Self.opened(path, isNew: isNew) else {
      throw .unwritable(file: path, reason: String(cString: strerror(EEXIST)))
    }
    self.init(path, file)
  }

  /// Makes a file of a name that is free.
  ///
  /// - Returns: The file, or nil where there is one of that name.
  /// - Throws: `ModelFileError.unwritable` with the system's reason.
  package static func new(_ path: String) throws(ModelFileError) -> AppendedFile? {
    try opened(path, isNew: true).map { AppendedFile(path, $0) }
  }

  private init(_ path: String, _ file: (descriptor: Int32, length: off_t)) {
    self.path = path
    (descriptor, length) = file
  }

  deinit { if descriptor >= 0 { Foundation.close(descriptor) } }

  private static func opened(
    _ path: String, isNew: Bool
  ) throws(ModelFileError) -> (descriptor: Int32, length: off_t)? {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_EXCL : 0)
    let descriptor = open(path, flags, 0o666)
    if descriptor < 0 && errno == EEXIST { return nil }
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw unwritable(path) }
    return (descriptor, status.st_size)
  }

  /// Adds a record.
  ///
  /// - Throws: `ModelFileError.unwritable` with the system's reason; the file is then as it was.
  package func append(_ record: [UInt8]) throws(ModelFileError) {
    var written = 0
    while written < record.count {
      let count = record.withUnsafeBytes {
        write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count > 0 { written += count }
      guard count <= 0 else { continue }
      let number = count == 0 ? EIO : errno
      if number == EINTR { continue }
      // What is no regular file cannot be shortened, and has no parts.
      if written > 0 { _ = ftruncate(descriptor, length) }
      throw Self.unwritable(path, number)
    }
    length += off_t(written)
  }

  /// Closes the file; nothing can be added any more.
  ///
  /// - Throws: `ModelFileError.unwritable` with the system's reason, where some file systems tell only now.
  package func close() throws(ModelFileError) {
    guard descriptor >= 0 else { return }
    let old = descriptor
    descriptor = -1
    // Linux closes it in any case, interrupted or not.
    guard Foundation.close(old) == 0 || errno == EINTR else { throw Self.unwritable(path) }
  }

  private static func unwritable(_ path: String, _ number: Int32 = errno) -> ModelFileError {
    .unwritable(file: path, reason: String(cString: strerror(number)))
  }
}
