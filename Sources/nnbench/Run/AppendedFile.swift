import Foundation
import NNBlas

/// A file that grows by whole records, for whoever reads it while it is written.
///
/// A record is one `write`, so that nothing is lost where the process ends; where only a part of it could be written, that part is
/// taken back, and what comes next continues the last whole record.
package final class AppendedFile {
  package let path: String
  private(set) var descriptor: Int32
  /// What the file holds of whole records.
  private(set) var length: off_t

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
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_EXCL : 0)
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
    do {
      try SystemFile.append(record, to: descriptor)
    } catch {
      // What is no regular file cannot be shortened, and has no parts.
      _ = ftruncate(descriptor, length)
      throw .unwritable(file: path, reason: systemReason(error))
    }
    length += off_t(record.count)
  }

  /// Takes back what follows so many bytes.
  ///
  /// - Throws: `ModelFileError.unwritable` with the system's reason.
  func shorten(to count: Int) throws(ModelFileError) {
    guard count < Int(length) else { return }
    guard ftruncate(descriptor, off_t(count)) == 0 else { throw Self.unwritable(path) }
    length = off_t(count)
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

  private static func unwritable(_ path: String) -> ModelFileError {
    .unwritable(file: path, reason: String(cString: strerror(errno)))
  }
}
