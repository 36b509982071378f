import Dispatch
import Synchronization

/// Writes a run's checkpoints on a thread of its own, and says when one is due. All but its work belongs to the thread that trains.
final class CheckpointWriter<S: Scalar>: @unchecked Sendable {
  let rule: CheckpointRule
  let folder: CheckpointFolder
  private let queue = DispatchQueue(label: "nnblas checkpoints")
  private let timer: (any DispatchSourceTimer)?
  private let isTimeUp = Atomic(false)
  private let isBusy = Atomic(false)
  private var isDueByStep = false
  /// That of the best epoch, which is written with the next one: where epochs are short, each may be better than the one before.
  var best: Checkpoint<S>?
  let pool = CopyPool<S>()
  private let shared: Mutex<Shared>

  private struct Shared {
    var failure: CheckpointError?
    var cost = CheckpointCost()
    /// What is to be written, with its name.
    var waiting: [(Checkpoint<S>, String)] = []
    /// What is there and kept, the oldest first.
    var kept: [String]
    /// What is there of later steps: damaged, or of a run that did not get there. It goes when there is something better.
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
    shared = Mutex(Shared(kept: names.filter { !isLater($0) }.reversed(), stale: names.filter(isLater)))
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

  /// Whether to make a checkpoint after a step, the run's so manieth. While one is being written none is, though it may be late.
  @inline(__always)
  func isDue(step: Int) -> Bool {
    if let every = rule.everySteps, step % every == 0 { isDueByStep = true }
    return (isDueByStep || isTimeUp.load(ordering: .relaxed)) && !isBusy.load(ordering: .acquiring)
  }

  /// Writes a checkpoint that is due, behind that of the best epoch where there is a better one.
  ///
  /// - Parameters:
  ///   - checkpoint: The checkpoint.
  ///   - preparation: What is done first, on the writer's thread.
  /// - Throws: `CheckpointError.unwritable` where one before it could not be written, and the rule says that this ends the run.
  func write(
    _ checkpoint: Checkpoint<S>, after preparation: @escaping @Sendable () -> Void
  ) throws(CheckpointError) {
    try throwIfFailed()
    isDueByStep = false
    isTimeUp.store(false, ordering: .relaxed)
    isBusy.store(true, ordering: .relaxed)
    let best = best.map { ($0, CheckpointFolder.best) }
    let name = CheckpointFolder.name(steps: Int(checkpoint.record.scalars["batches"] ?? 0))
    shared.withLock { $0.waiting = [best, (checkpoint, name)].compactMap { $0 } }
    self.best = nil
    queue.async { [self] in
      preparation()
      while let (checkpoint, name) = shared.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) {
        put(checkpoint, name)
      }
      // Here nobody holds the copies any longer.
      isBusy.store(false, ordering: .releasing)
    }
  }

  /// Waits for what is being written.
  func wait() { queue.sync {} }

  /// The last failure.
  var failure: CheckpointError? { shared.withLock { $0.failure } }

  /// - Throws: A failure, where the rule says that it ends the run; once.
  func throwIfFailed() throws(CheckpointError) {
    guard rule.failure == .end else { return }
    let failure = shared.withLock { shared in
      defer { shared.failure = nil }
      return shared.failure
    }
    if let failure { throw failure }
  }

  /// What checkpoints have cost so far.
  var cost: CheckpointCost { shared.withLock { $0.cost } }

  /// Makes a checkpoint, for which training waits.
  func timed(_ body: () throws -> Checkpoint<S>) rethrows -> Checkpoint<S> {
    let clock = ContinuousClock()
    let start = clock.now
    // What has been written may be written over.
    _ = isBusy.load(ordering: .acquiring)
    let checkpoint = try body()
    let seconds = (clock.now - start) / .seconds(1)
    shared.withLock { shared in
      shared.cost.count += 1
      shared.cost.waitedSeconds += seconds
    }
    return checkpoint
  }

  private func put(_ checkpoint: Checkpoint<S>, _ name: String) {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(CheckpointError) {
      let bytes = try checkpoint.write(to: folder.path(of: name))
      let seconds = (clock.now - start) / .seconds(1)
      shared.withLock { shared in
        shared.cost.bytes = bytes
        shared.cost.writingSeconds += seconds
      }
    } catch {
      shared.withLock { $0.failure = error }
      return
    }
    shared.withLock { shared in
      if rule.failure == .goOn { shared.failure = nil }
      guard name != CheckpointFolder.best else { return }
      shared.kept.removeAll { $0 == name }
      shared.kept.append(name)
      let superfluous = shared.kept.dropLast(rule.kept) + shared.stale.filter { $0 != name }
      superfluous.forEach(folder.remove)
      (shared.kept, shared.stale) = (shared.kept.suffix(rule.kept), [])
    }
  }
}
