import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Reports that are awaited")
struct TrainingReportsTests {
  private let example = EngineCase(seed: 40)

  @Test("are those of a training that blocks, with the same network in the end")
  func same() async throws {
    let dataset = try example.dataset(as: Double.self)
    let (blocking, awaited): (Trainer<Double>, Trainer<Double>) = try (example.trainer(), example.trainer())
    var expected: [TrainingReport] = []
    try blocking.train(epochs: 4, on: dataset, evaluating: dataset) { expected.append($0) }
    var reports: [TrainingReport] = []
    for try await report in awaited.reports(epochs: 4, on: dataset, evaluating: dataset) { reports.append(report) }
    #expect(reports.map(\.scope) == expected.map(\.scope) && reports.count == 4)
    #expect(reports.map(\.cost) == expected.map(\.cost))
    #expect(reports.map(\.evaluation) == expected.map(\.evaluation))
    #expect(awaited.network == blocking.network)
    // It can be trained on at once.
    try awaited.train(epochs: 1, on: dataset)
    #expect(awaited.completedEpochs == 5)
  }

  @Test("throw what training throws, after the reports before it")
  func errors() async throws {
    let dataset = try example.dataset(as: Double.self)
    let trainer: Trainer<Double> = try example.trainer()
    await #expect(throws: TrainingError.self) {
      for try await _ in trainer.reports(epochs: 0, on: dataset) {}
    }
    struct Enough: Error {}
    var steps = 0
    let stepsPerEpoch = (example.examples + example.batch - 1) / example.batch
    let failing: Trainer<Double> = try example.trainer { _ in
      steps += 1
      if steps > 2 * stepsPerEpoch { throw Enough() }
    }
    var reports = 0
    await #expect(throws: Enough.self) {
      for try await _ in failing.reports(epochs: 5, on: dataset) { reports += 1 }
    }
    #expect(reports == 2)
  }

  @Test("A cancelled task ends the training in the middle of an epoch, which then goes on as if nothing had been")
  func cancelled() async throws {
    let dataset = try example.dataset(as: Double.self)
    nonisolated(unsafe) let trainer: Trainer<Double> = try example.trainer(threads: 2)
    let task = Task {
      var count = 0
      for try await _ in trainer.reports(epochs: 1_000_000, on: dataset) {
        count += 1
        if count == 2 { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return count
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let steps =
      trainer.completedEpochs * ((example.examples + example.batch - 1) / example.batch) + trainer.stepsInEpoch
    #expect(trainer.completedEpochs >= 2 && trainer.completedEpochs < 1_000_000)
    try trainer.train(steps: 3, on: dataset)
    let whole: Trainer<Double> = try example.trainer(threads: 1)
    try whole.train(steps: steps + 3, on: dataset)
    #expect(trainer.network == whole.network)
  }

  @Test("Who leaves the loop leaves a trainer at rest")
  func left() async throws {
    let dataset = try example.dataset(as: Float.self)
    let trainer: Trainer<Float> = try example.trainer(threads: 2)
    for _ in 0..<5 {
      for try await _ in trainer.reports(epochs: 1_000_000, on: dataset) { break }
      // Would throw if a call were under way.
      try trainer.train(steps: 1, on: dataset)
    }
    #expect(trainer.completedEpochs < 1_000_000)
  }

  @Test("A second reader is refused while the first one trains")
  func reentered() async throws {
    let dataset = try example.dataset(as: Float.self)
    let trainer: Trainer<Float> = try example.trainer()
    let first = trainer.reports(epochs: 1_000_000, on: dataset).makeAsyncIterator()
    _ = try await first.next()
    await #expect(throws: TrainingError.reentered) {
      for try await _ in trainer.reports(epochs: 1, on: dataset) {}
    }
    withExtendedLifetime(first) {}
  }

  /// A thread needs 8 MiB of addresses for its stack, of which this process gets 4 more.
  @Test(
    "Where the system gives no thread, awaited training says so, and other training does without",
    .enabled(if: !isSanitized, "a sanitizer reserves addresses in its own way"))
  func noThread() async {
    await #expect(processExitsWith: .success) {
      let example = EngineCase(seed: 40)
      let dataset = try example.dataset(as: Double.self)
      let expected: Trainer<Double> = try example.trainer(threads: 3)
      try expected.train(epochs: 1, on: dataset)
      let trainer: Trainer<Double> = try example.trainer(threads: 3)

      let most = rlim_t(try ProcessMemory.reserved() + 4 << 20)
      var limit = rlimit(rlim_cur: most, rlim_max: most)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
      await #expect(throws: TrainingError.noThread) {
        for try await _ in trainer.reports(epochs: 1, on: dataset) {}
      }
      try trainer.train(epochs: 1, on: dataset)
      #expect(expected.workers == 3 && trainer.workers == 1)
      #expect(trainer.network == expected.network)
    }
  }
}
