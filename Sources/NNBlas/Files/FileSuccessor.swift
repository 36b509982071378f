import Foundation

/// A file's successor: written beside it, and put in its place once it is whole and on the disk. Until then, and where anything fails,
/// what was there stays as it is.
struct FileSuccessor: ~Copyable {
  private let target: String
  /// Where it is until then.
  private let partial: String
  private let descriptor: Int32
  private var isInPlace = false

  /// - Parameters:
  ///   - target: The file's path.
  ///   - partial: Where the successor is meanwhile, in the same folder; what is there, of a run that was killed, is removed.
  ///   - mode: The permissions of a new file, less what the process's mask takes away.
  /// - Throws: `POSIXError` where it cannot be made.
  init(of target: String, at partial: String, mode: mode_t = 0o666) throws(POSIXError) {
    (self.target, self.partial) = (target, partial)
    unlink(partial)
    descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .last }
  }

  deinit {
    close(descriptor)
    if !isInPlace { unlink(partial) }
  }

  /// Writes bytes at the end.
  ///
  /// - Throws: `POSIXError`, where the disk is full or the file would be larger than a limit allows, too.
  func write(_ bytes: UnsafeRawBufferPointer) throws(POSIXError) { try Self.append(bytes, to: descriptor) }

  /// Gives the file another owner and exact permissions, as far as the system lets it: not every user may give files away, nor does every
  /// file system have permissions, and what is written counts more.
  func take(mode: mode_t, owner: uid_t, group: gid_t) {
    _ = fchown(descriptor, owner, group)
    _ = fchmod(descriptor, mode)
  }

  /// Waits until it is on the disk, and puts it in its place.
  ///
  /// - Throws: `POSIXError`.
  mutating func putInPlace() throws(POSIXError) {
    guard fsync(descriptor) == 0 else { throw .last }
    guard rename(partial, target) == 0 else { throw .last }
    isInPlace = true
    Self.synchronizeFolder(of: target)
  }

  /// Waits until the names in a file's folder are on the disk, where the system can do that.
  static func synchronizeFolder(of path: String) {
    let folder = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// What comes before the last slash, the current folder where there is none.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Writes all bytes at the end of an open file.
  ///
  /// - Parameters:
  ///   - bytes: What to write.
  ///   - descriptor: Of a file that is open.
  /// - Throws: `POSIXError`. A limit on the size of files is one, and not the end of the process.
  static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(POSIXError) {
    try withoutSizeSignal { () throws(POSIXError) in
      var rest = bytes[...]
      while !rest.isEmpty {
        // The system writes less than 2 GiB at once.
        let count = writeSome(UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30)), to: descriptor)
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
      let number = errno
      var now = timespec()
      if !wasPending { sigtimedwait(&size, nil, &now) }
      pthread_sigmask(SIG_SETMASK, &before, nil)
      errno = number
    }
    try body()
  }
}

/// The system's call, where a type's own has its name.
private func writeSome(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

extension POSIXError {
  /// The system's last failure on this thread.
  static var last: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  /// The system's own words.
  var reason: String { String(cString: strerror(code.rawValue)) }
}
