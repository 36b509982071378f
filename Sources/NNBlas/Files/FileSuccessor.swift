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
  func write(_ bytes: UnsafeRawBufferPointer) throws(POSIXError) { try SystemFile.append(bytes, to: descriptor) }

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
    try SystemFile.synchronizeFolder(of: target)
  }
}
