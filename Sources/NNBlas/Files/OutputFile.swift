import Foundation

/// A place to write a file to, checked before the work whose result is to be written there.
///
/// A regular file is replaced whole or not at all, and keeps its permissions: its successor is written beside it and renamed. A link is followed, and
/// what is no regular file, a device or a pipe, is written into and never replaced.
package struct OutputFile: Sendable {
  private let path: String
  /// Where the bytes go, links resolved.
  private let target: String
  private let isReplaceable: Bool
  /// The permissions and the owner of the file that is there already.
  private let old: (mode: mode_t, owner: uid_t, group: gid_t)?

  /// - Throws: `ModelFileError.unwritable` when the path is empty, a folder or a link to what does not exist,
  ///   or its folder is missing or not writable.
  package init(_ path: String) throws(ModelFileError) {
    self.path = path
    guard !path.isEmpty else { throw .unwritable(file: "''", reason: "the path is empty") }
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw .unwritable(file: path, reason: "it is a folder") }
      guard access(path, W_OK) == 0 else { throw .unwritable(file: path, reason: Self.lastError()) }
      isReplaceable = status.st_mode & S_IFMT == S_IFREG
      old = (status.st_mode & 0o777, status.st_uid, status.st_gid)
      target = Self.resolved(path)
    } else {
      guard errno == ENOENT else { throw .unwritable(file: path, reason: Self.lastError()) }
      guard lstat(path, &status) != 0 else {
        throw .unwritable(file: path, reason: "it is a link to what does not exist")
      }
      guard !path.hasSuffix("/") else { throw .unwritable(file: path, reason: "it names a folder") }
      isReplaceable = true
      old = nil
      target = path
    }
    let folder = SystemFile.folder(of: target)
    guard !isReplaceable || access(folder, W_OK | X_OK) == 0 else {
      throw .unwritable(file: path, reason: "its folder does not exist or is not writable")
    }
  }

  /// - Throws: `ModelFileError.unwritable` with the system's reason.
  package func write(_ data: Data) throws(ModelFileError) {
    do {
      if isReplaceable {
        try replace(with: data)
      } else {
        try FileHandle(forWritingTo: URL(fileURLWithPath: target)).write(contentsOf: data)
      }
    } catch {
      throw .unwritable(file: path, reason: systemReason(error))
    }
  }

  /// Writes a successor beside the file, with its permissions and owner, and renames it when it is whole and on the disk.
  private func replace(with data: Data) throws {
    var successor = try FileSuccessor(
      of: target, at: SystemFile.folder(of: target) + "/.\(UUID().uuidString)",
      mode: old.map { $0.mode & 0o600 } ?? 0o666)
    try data.withUnsafeBytes { try successor.write($0) }
    if let old { successor.take(mode: old.mode, owner: old.owner, group: old.group) }
    try successor.putInPlace()
  }

  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}

/// The system's own words for a failure of a file, without Foundation's around them.
package func systemReason(_ error: any Error) -> String {
  systemErrorNumber(error).map { String(cString: strerror($0)) } ?? error.localizedDescription
}

/// The system's number for a failure of a file, `errno`, inside Foundation's error.
package func systemErrorNumber(_ error: any Error) -> Int32? {
  let outer = error as NSError
  // Underneath lies an error of some Swift type, which is no NSError before it is bridged.
  let inner = (outer.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
  return [outer, inner].compactMap { $0 }.first { $0.domain == NSPOSIXErrorDomain }
    .map { Int32(truncatingIfNeeded: $0.code) }
}
