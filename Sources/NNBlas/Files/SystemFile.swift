import Foundation

/// Files by their descriptors.
package enum SystemFile {
  /// Writes all bytes at the end of an open file.
  ///
  /// - Throws: `POSIXError`. A limit on the size of files is one, and not the end of the process.
  package static func append(_ bytes: [UInt8], to descriptor: Int32) throws {
    try bytes.withUnsafeBytes { try append($0, to: descriptor) }
  }

  /// The same of memory.
  ///
  /// - Throws: `POSIXError`.
  static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(POSIXError) {
    try withoutSizeSignal { () throws(POSIXError) in
      var rest = bytes[...]
      while !rest.isEmpty {
        // The system writes less than 2 GiB at once.
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, min(rest.count, 1 << 30))
        if count < 0 {
          guard errno == EINTR else { throw .last }
        } else {
          rest = rest.dropFirst(count)
        }
      }
    }
  }

  /// Where a file becomes larger than a limit allows, the system sends the thread a signal that ends the process: it is held back here.
  private static func withoutSizeSignal(_ body: () throws(POSIXError) -> Void) throws(POSIXError) {
    var (size, before, pending) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&size)
    sigaddset(&size, SIGXFSZ)
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGXFSZ) == 1
    pthread_sigmask(SIG_BLOCK, &size, &before)
    defer {
      var now = timespec()
      if !wasPending { sigtimedwait(&size, nil, &now) }
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    try body()
  }

  /// Waits until the names in a file's folder are on the disk, where the file system can do that.
  ///
  /// - Throws: `POSIXError`.
  static func synchronizeFolder(of path: String) throws(POSIXError) {
    let folder = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder may be one to write to and not to read.
    guard folder >= 0 else { return }
    defer { close(folder) }
    guard fsync(folder) == 0 || [EINVAL, ENOTSUP, EROFS].contains(errno) else { throw .last }
  }

  /// What comes before the last slash, the current folder where there is none.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension POSIXError {
  /// The system's last failure on this thread.
  static var last: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  /// The system's own words.
  var reason: String { String(cString: strerror(code.rawValue)) }
}
