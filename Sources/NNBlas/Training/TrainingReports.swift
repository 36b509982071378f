import Foundation
import Synchronization

extension Trainer {
  /// Trains on a thread of its own and hands out the report on every epoch, for callers that must not block:
  ///
  /// ```swift
  /// for try await report in trainer.reports(epochs: 30, on: digits.training) { print(report) }
  /// ```
  ///
  /// Training starts with the iteration. It goes on while reports wait to be taken, and is over when the loop is: cancelling the
  /// task, or leaving the loop, ends it after its current step or evaluation, and only then the loop. Meanwhile nothing of the
  /// trainer may be used but `stopper`.
  ///
  /// - Parameters: As those of `train(epochs:on:evaluating:order:report:progress:)`.
  /// - Returns: A report an epoch. The iteration throws what training throws, `TrainingError.noThread` where the system
  ///   gives no thread, and `CancellationError` where the task is cancelled.
  public func reports(
    epochs: Int, on dataset: Dataset, evaluating evaluation: Dataset? = nil, order: ExampleOrder = .shuffled
  ) -> TrainingReports {
    // The thread has the trainer to itself: who iterates waits, or is on its way out.
    nonisolated(unsafe) let trainer = self
    return TrainingReports { mailbox in
      try trainer.train(epochs: epochs, on: dataset, evaluating: evaluation, order: order) { report in
        mailbox.put(report)
        if mailbox.isCancelled { trainer.requestStop() }
      } progress: { _ in
        if mailbox.isCancelled { trainer.requestStop() }
      }
    }
  }
}

/// The reports of a training that runs on a thread of its own; see `Trainer.reports(epochs:on:evaluating:order:)`.
public struct TrainingReports: AsyncSequence {
  /// The report on an epoch.
  public typealias Element = TrainingReport

  fileprivate let train: @Sendable (Mailbox) throws -> Void

  /// Starts the training.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(train) }

  /// Takes one report after another; ends the training when it goes.
  public final class AsyncIterator: AsyncIteratorProtocol {
    private let mailbox = Mailbox()
    private let isOver = DispatchSemaphore(value: 0)

    fileprivate init(_ train: @escaping @Sendable (Mailbox) throws -> Void) {
      let thread = NativeThread.start("nnblas train") { [mailbox, isOver] in
        mailbox.close(Result { if !mailbox.isCancelled { try train(mailbox) } })
        isOver.signal()
      }
      if let thread {
        pthread_detach(thread)
      } else {
        mailbox.close(.failure(TrainingError.noThread))
        isOver.signal()
      }
    }

    deinit {
      mailbox.cancel()
      isOver.wait()
    }

    /// The next report, or nil after the last.
    ///
    /// - Throws: What training throws; `TrainingError.noThread`; `CancellationError` where the task is cancelled, when training has stopped.
    public func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> TrainingReport? {
      let report = try await withTaskCancellationHandler {
        try await mailbox.take()
      } onCancel: { [mailbox] in
        mailbox.cancel()
      }
      if report == nil { try Task.checkCancellation() }
      return report
    }

    /// The next report, or nil after the last.
    ///
    /// - Throws: As `next(isolation:)`.
    public func next() async throws -> TrainingReport? { try await next(isolation: nil) }
  }
}

/// What the thread that trains leaves for the task that reads.
private final class Mailbox: Sendable {
  private let cancelled = Atomic(false)
  private let contents = Contents()

  /// Behind a lock.
  private final class Contents: @unchecked Sendable {
    let lock = NSLock()
    var reports: [TrainingReport] = []
    var end: Result<Void, any Error>?
    var reader: CheckedContinuation<TrainingReport?, any Error>?

    /// Serves who waits, if there is something to be had. Called with the lock.
    func deliver() {
      guard let reader else { return }
      if !reports.isEmpty {
        reader.resume(returning: reports.removeFirst())
      } else if let end {
        reader.resume(with: end.map { nil })
      } else {
        return
      }
      self.reader = nil
    }
  }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  func put(_ report: TrainingReport) {
    contents.lock.withLock {
      contents.reports.append(report)
      contents.deliver()
    }
  }

  func close(_ end: Result<Void, any Error>) {
    contents.lock.withLock {
      contents.end = end
      contents.deliver()
    }
  }

  func take(isolation: isolated (any Actor)? = #isolation) async throws -> TrainingReport? {
    try await withCheckedThrowingContinuation { reader in
      contents.lock.withLock {
        contents.reader = reader
        contents.deliver()
      }
    }
  }
}
