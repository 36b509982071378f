import Foundation

/// A file that can be read from front to back.
///
/// A pipe or a device is not one: it has no length to hold a header against, and might never end.
package enum RegularFile {
  /// The file's length in bytes.
  ///
  /// - Throws: `Obstacle`, in the system's words why it is not to be read.
  package static func byteCount(of path: String) throws(Obstacle) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Obstacle(reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Obstacle(reason: "not a regular file") }
    return Int(status.st_size)
  }

  /// What stands in the way of reading.
  package struct Obstacle: Error {
    package let reason: String
  }
}
