import Foundation

/// The checkpoints of one run: `checkpoint-0000001250.safetensors`, named by the steps before it, and `best.safetensors`.
struct CheckpointFolder {
  let path: String

  static let best = "best.safetensors"
  private static let (prefix, suffix, digits) = ("checkpoint-", ".safetensors", 10)

  static func name(steps: Int) -> String {
    let number = String(steps)
    return prefix + String(repeating: "0", count: max(digits - number.count, 0)) + number + suffix
  }

  /// The steps before a checkpoint of that name, or nil for another file.
  static func steps(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    let number = name.dropFirst(prefix.count).dropLast(suffix.count)
    return number.allSatisfy(\.isNumber) ? Int(number) : nil
  }

  /// The names of all checkpoints but the best, the last steps' first.
  ///
  /// - Throws: `CheckpointError.unreadable`.
  func names() throws(CheckpointError) -> [String] {
    let all: [String]
    do { all = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw .unreadable(file: path, reason: systemReason(error))
    }
    return all.filter { Self.steps(of: $0) != nil }.sorted { (Self.steps(of: $0) ?? 0) > (Self.steps(of: $1) ?? 0) }
  }

  func path(of name: String) -> String { path + "/" + name }

  func remove(_ name: String) { unlink(path(of: name)) }

  /// Gives a checkpoint a name by which it is none of the run any longer.
  func abandon(_ name: String) { rename(path(of: name), path(of: "abandoned-" + name)) }

  /// Whether a path leads to the same folder.
  func isSame(as other: String) -> Bool {
    var (one, two) = (stat(), stat())
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }

  /// A folder that one trainer alone writes to. The kernel holds it for as long as somebody has this, however the process ends.
  final class Lock {
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit {
      // A program that another thread is starting may have inherited the file, and the lock with it.
      flock(descriptor, LOCK_UN)
      close(descriptor)
    }
  }

  /// - Throws: `CheckpointError.inUse` where somebody else has it, `.unwritable` where there is none to be had.
  func lock() throws(CheckpointError) -> Lock {
    let file = path + "/.lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
    let lock = Lock(descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK
        ? .inUse(folder: path) : .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
    return lock
  }

  /// Whether there is a checkpoint of any kind.
  var isOccupied: Bool {
    !((try? names()) ?? []).isEmpty || access(path(of: Self.best), F_OK) == 0
  }

  /// Makes the folder where there is none.
  ///
  /// - Throws: `CheckpointError.unwritable` where it cannot be made or written to.
  func make() throws(CheckpointError) {
    let isNew = access(path, F_OK) != 0
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      if isNew { try SystemFile.synchronizeFolder(of: path) }
    } catch { throw .unwritable(file: path, reason: systemReason(error)) }
    guard access(path, W_OK | X_OK) == 0 else {
      throw .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
  }
}
