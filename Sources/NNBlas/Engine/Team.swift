import Foundation

/// Something that a team does together, round after round.
protocol TeamJob: AnyObject {
  /// A worker's share of one round. Workers may meet at the barrier, every one as often as every other.
  func execute(worker: Int, barrier: Barrier)
}

/// The threads that run a step: the caller's own, which is worker 0, and others that wait for it.
///
/// They are started once, compute with the engine's floating-point control, leave signals to the host's threads, and are
/// joined when the team goes.
final class Team: Sendable {
  /// The number of workers, the caller's thread included.
  let count: Int
  private let shared: Shared
  private let threads: [pthread_t]
  /// For rounds of worker 0 alone.
  private let alone = Barrier(threads: 1, spins: 0)

  /// What the threads see. They do not keep the team, so that it can go.
  private final class Shared: @unchecked Sendable {
    /// Holds the threads until the barrier is there, which is made for as many as could be started.
    let gate = DispatchSemaphore(value: 0)
    var barrier = Barrier(threads: 1, spins: 0)
    /// Written by worker 0 before the others pass the barrier; nil ends them. Whoever runs it holds it.
    unowned(unsafe) var job: (any TeamJob)?

    func work(_ worker: Int) {
      gate.wait()
      let barrier = barrier
      let control = FloatingPointControl.enterEngine()
      defer { control.restore() }
      var isSingle = false
      while true {
        barrier.follow(worker)
        // Not before: until somebody computes, the number is the host's.
        if !isSingle { BLASThreads.setSingleForever() }
        isSingle = true
        guard execute(worker, barrier) else { return }
        barrier.leave(worker)
      }
    }

    /// One round; false when there are no more.
    ///
    /// A function of its own, which has let go of the job when the end of the round is told: whoever lets go of it last ends
    /// the team, and a worker cannot wait for itself.
    @inline(never)
    private func execute(_ worker: Int, _ barrier: Barrier) -> Bool {
      guard let job else { return false }
      job.execute(worker: worker, barrier: barrier)
      return true
    }
  }

  /// - Parameter wanted: The number of workers. Where the system gives fewer threads there are fewer: results do not
  ///   depend on their number.
  init(workers wanted: Int) {
    let shared = Shared()
    var threads: [pthread_t] = []
    while threads.count < wanted - 1 {
      let worker = threads.count + 1
      guard let thread = NativeThread.start("nnblas \(worker)", { shared.work(worker) }) else { break }
      threads.append(thread)
    }
    count = threads.count + 1
    // Who waits in the middle of a step does so for microseconds. Where there are more threads than processors, one that
    // spins keeps another from coming.
    shared.barrier = Barrier(threads: count, spins: count <= Processors.available ? 2_000 : 20)
    for _ in threads { shared.gate.signal() }
    (self.shared, self.threads) = (shared, threads)
  }

  deinit {
    shared.job = nil
    if count > 1 { shared.barrier.open() }
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Does one round of a job.
  ///
  /// - Parameters:
  ///   - job: What is done.
  ///   - isAlone: Whether worker 0 does it alone, and the others go on waiting.
  @inline(__always)
  func run(_ job: any TeamJob, alone isAlone: Bool = false) {
    let isShared = count > 1 && !isAlone
    if isShared {
      shared.job = job
      shared.barrier.open()
    }
    let control = FloatingPointControl.enterEngine()
    job.execute(worker: 0, barrier: isShared ? shared.barrier : alone)
    if isShared { shared.barrier.wait(0) }
    control.restore()
  }
}
