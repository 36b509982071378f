import Foundation
import NNBlas

/// The folder of a run, which this process alone has while it lives.
///
/// ```
/// configuration.json     flags with all that was left out, as --config reads them
/// environment.jsonl      a line for each start: when, where, with what
/// metrics.jsonl          a line for each epoch and, if asked, every so many steps: what a run of the same comes to again
/// timings.jsonl          a line for each epoch: seconds and rates
/// checkpoints/           all that is needed to go on
/// learning-curves.svg    confusion.svg    model.safetensors    events.out.tfevents.…    lock
/// ```
final class RunDirectory {
  let path: String
  /// Held by the kernel for as long as the process lives, however it ends.
  private let lock: Int32

  /// Opens the folder of a new run, or of one to be resumed.
  ///
  /// - Throws: `UsageError` where there is a run already, or files that it would write over, or none to be resumed; `RunLocked` where
  ///   another process trains there; `ModelFileError.unwritable` where the folder cannot be made or written to.
  init(_ settings: RunSettings, _ path: String, _ arguments: Arguments) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw ModelFileError.unwritable(file: path, reason: systemReason(error)) }
    lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else { throw ModelFileError.unwritable(file: path, reason: String(cString: strerror(errno))) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { throw RunLocked(folder: path) }
      throw ModelFileError.unwritable(file: path + "/lock", reason: String(cString: strerror(errno)))
    }
    guard !settings.isResumed else { return }
    if try access(configuration, F_OK) == 0 || hasCheckpoints() {
      throw arguments.misfit(
        "run", "is \(path), where there is a run already; go on with it by --resume, or give another folder")
    }
    if let name = Self.results.first(where: { access(file($0), F_OK) == 0 }) {
      throw arguments.misfit("run", "is \(path), where \(name) would be written over; give another folder")
    }
  }

  deinit { close(lock) }

  var configuration: String { RunSettings.configuration(in: path) }
  var checkpoints: String { path + "/checkpoints" }
  var model: String { path + "/model.safetensors" }

  func file(_ name: String) -> String { path + "/" + name }

  /// Whether there is a checkpoint to go on from; a run can be killed before its first one.
  ///
  /// - Throws: `CheckpointError.unreadable` where nobody can tell.
  func hasCheckpoints() throws -> Bool {
    guard access(checkpoints, F_OK) == 0 else { return false }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: checkpoints).contains { $0.hasSuffix(".safetensors") }
    } catch { throw CheckpointError.unreadable(file: checkpoints, reason: systemReason(error)) }
  }

  /// What a run comes to.
  private static let results = [
    "model.safetensors", "metrics.jsonl", "timings.jsonl", "learning-curves.svg", "confusion.svg",
  ]

  /// Removes what says that the run is over, for it goes on.
  func reopen() {
    for name in ["model.safetensors", "confusion.svg"] { unlink(file(name)) }
    // What writers that were killed have left.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.wholeMatch(of: /\.[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/) != nil { unlink(file(name)) }
  }

  /// The command that goes on with the run.
  var remedy: String { "nnbench train --run \(shellWord(path)) --resume" }
}

/// A word as a shell takes it.
func shellWord(_ text: String) -> String {
  let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "/._-+:=,%@".contains($0) }
  return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
