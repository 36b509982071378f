import Foundation
import Synchronization

/// Writes a run's checkpoints on a thread of its own, and says when one is due. All but its work belongs to the thread that trains.
final class CheckpointWriter<S: Scalar>: @unchecked Sendable {
  let rule: CheckpointRule
  let folder: CheckpointFolder
  private let queue = DispatchQueue(label: "nnblas checkpoints")
  private let timer: (any DispatchSourceTimer)?
  private let isTimeUp = Atomic(false)
  private let isBusy = Atomic(false)
  private let hasFailed = Atomic(false)
  private var lock: CheckpointFolder.Lock?
  private var isDueByStep = false
  /// That of the best epoch, which is written with the next one: where epochs are short, each may be better than the one before.
  var best: Checkpoint<S>?
  let pool = CopyPool<S>()
  /// No `Mutex`: the thread sanitizer does not see how that locks.
  private let sharing = NSLock()
  private var unlocked: Shared

  private struct Shared {
    var failure: CheckpointError?
    var cost = CheckpointCost()
    /// What is to be written: of the best epoch, and the last one, with its name.
    var best: Checkpoint<S>?
    var last: (checkpoint: Checkpoint<S>, name: String)?
    /// What is there and kept, the oldest first.
    var kept: [String]
    /// What is there of later steps: damaged, or of a course that was given up. It gets another name when there is something newer.
    var stale: [String]
  }

  /// - Parameters:
  ///   - rule: When and where.
  ///   - steps: How many the run has taken.
  /// - Throws: `CheckpointError` where the folder cannot be used.
  init(_ rule: CheckpointRule, steps: Int) throws(CheckpointError) {
    self.rule = rule
    folder = CheckpointFolder(path: rule.folder)
    try folder.make()
    let names = try folder.names()
    func isLater(_ name: String) -> Bool { CheckpointFolder.steps(of: name) ?? 0 > steps }
    unlocked = Shared(kept: names.filter { !isLater($0) }.reversed(), stale: names.filter(isLater))
    guard let seconds = rule.everySeconds else {
      timer = nil
      return
    }
    // A queue of its own: that of the files may be busy.
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "nnblas checkpoint timer"))
    self.timer = timer
    timer.schedule(deadline: .now() + seconds, repeating: seconds)
    timer.setEventHandler { [weak self] in self?.isTimeUp.store(true, ordering: .relaxed) }
    timer.resume()
  }

  deinit { timer?.cancel() }

  private func withShared<Result>(_ body: (inout Shared) -> Result) -> Result {
    sharing.withLock { body(&unlocked) }
  }

  /// Begins to write again in a call of training, as the only one in the folder.
  ///
  /// - Throws: `CheckpointError.inUse` where another trainer writes there.
  func resume() throws(CheckpointError) {
    withShared { $0.failure = nil }
    hasFailed.store(false, ordering: .relaxed)
    lock = try folder.lock()
  }

  /// Ends to write, once what is being written is there.
  func pause() {
    wait()
    lock = nil
  }

  /// Whether to make a checkpoint after a step, the run's so manieth, or to tell that one could not be written. While one is being
  /// written none is, though it may be late.
  @inline(__always)
  func isDue(step: Int) -> Bool {
    if let every = rule.everySteps, step % every == 0 { isDueByStep = true }
    return (isDueByStep || isTimeUp.load(ordering: .relaxed) || hasFailed.load(ordering: .relaxed))
      && !isBusy.load(ordering: .acquiring)
  }

  /// Writes a checkpoint, behind that of the best epoch where there is a better one.
  ///
  /// - Parameters:
  ///   - checkpoint: The checkpoint.
  ///   - preparation: What is done first, on the writer's thread; without it there is no checkpoint.
  func write(_ checkpoint: Checkpoint<S>, after preparation: @escaping @Sendable () throws -> Void) {
    isDueByStep = false
    isTimeUp.store(false, ordering: .relaxed)
    isBusy.store(true, ordering: .relaxed)
    let name = CheckpointFolder.name(steps: Int(checkpoint.record.scalars["batches"] ?? 0))
    withShared { shared in
      // One that could not be written is tried again, unless there is a better one.
      if let best { shared.best = best }
      shared.last = (checkpoint, name)
    }
    best = nil
    queue.async { [self] in
      do {
        try preparation()
        writeWaiting()
      } catch {
        withShared { $0.last = nil }
        fail(.unwritable(file: folder.path(of: name), reason: "\(error)"))
      }
      // Here nobody holds the copies any longer.
      isBusy.store(false, ordering: .releasing)
    }
  }

  private func writeWaiting() {
    if let best = withShared({ $0.best }), put(best, CheckpointFolder.best) { withShared { $0.best = nil } }
    let last = withShared { shared in
      defer { shared.last = nil }
      return shared.last
    }
    guard let last, put(last.checkpoint, last.name) else { return }
    withShared { shared in
      // Now there is something newer than all of these.
      if shared.best == nil { shared.failure = nil }
      hasFailed.store(shared.failure != nil && rule.failure == .end, ordering: .relaxed)
      shared.kept.removeAll { $0 == last.name }
      shared.kept.append(last.name)
      shared.kept.dropLast(rule.kept).forEach(folder.remove)
      shared.stale.filter { $0 != last.name }.forEach(folder.abandon)
      (shared.kept, shared.stale) = (shared.kept.suffix(rule.kept), [])
    }
  }

  /// Waits for what is being written.
  func wait() { queue.sync {} }

  /// Why the last checkpoint could not be written, or that of the best epoch.
  var failure: CheckpointError? { withShared { $0.failure } }

  /// - Throws: A failure, where the rule says that it ends the run.
  func throwIfFailed() throws(CheckpointError) {
    if rule.failure == .end, let failure { throw failure }
  }

  /// What checkpoints have cost so far.
  var cost: CheckpointCost { withShared { $0.cost } }

  /// Makes a checkpoint, for which training waits.
  func timed(_ body: () throws -> Checkpoint<S>) rethrows -> Checkpoint<S> {
    let clock = ContinuousClock()
    let start = clock.now
    // What has been written may be written over.
    _ = isBusy.load(ordering: .acquiring)
    let checkpoint = try body()
    let seconds = (clock.now - start) / .seconds(1)
    withShared { shared in
      shared.cost.copies += 1
      shared.cost.waitedSeconds += seconds
    }
    return checkpoint
  }

  /// Writes one.
  ///
  /// - Returns: Whether it is there.
  private func put(_ checkpoint: Checkpoint<S>, _ name: String) -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(CheckpointError) {
      let bytes = try checkpoint.write(to: folder.path(of: name))
      let seconds = (clock.now - start) / .seconds(1)
      withShared { shared in
        shared.cost.count += 1
        shared.cost.bytes = bytes
        shared.cost.writingSeconds += seconds
      }
      return true
    } catch {
      fail(error)
      return false
    }
  }

  private func fail(_ error: CheckpointError) {
    withShared { $0.failure = error }
    hasFailed.store(rule.failure == .end, ordering: .relaxed)
  }
}
