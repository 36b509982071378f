import Foundation
import NNBlas
import Synchronization
import TestSupport
import Testing

/// Whoever trains beside whom, and however it ends: the same results, the host's settings back, no thread left.
@Suite("Training beside others")
struct ConcurrencyTests {
  @Test("Beside a trainer on another thread one is stopped in an epoch, one goes: right results, nothing left behind")
  func besideAnother() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 2
      let (one, two) = (EngineCase(seed: 40), EngineCase(seed: 41))
      let expected = try finished(one, threads: 1, epochs: 3)
      let (data, otherData) = (try two.dataset(as: Float.self), try one.dataset(as: Double.self))
      // Two epochs and the first step of the third.
      let stepsPerEpoch = (two.examples + two.batch - 1) / two.batch
      require(stepsPerEpoch > 1, "a step is a whole epoch")
      let single = try two.trainer(threads: 1, as: Float.self)
      try single.train(steps: 2 * stepsPerEpoch + 1, on: data)
      let stopped = single.network.parameters.elements

      let other = OtherThread()
      Thread.detachNewThread {
        repeat {
          let isSame = (try? finished(one, threads: 2, epochs: 3)) == expected
          other.runs.add(1, ordering: .relaxed)
          if !isSame { other.wrongRuns.add(1, ordering: .relaxed) }
          other.hasRun.signal()
        } while !other.isEnough.load(ordering: .relaxed)
        other.isDone.signal()
      }
      other.hasRun.wait()
      let before = other.runs.load(ordering: .relaxed)
      var rounds = 0
      // Beside three runs of the other's at least.
      while rounds < 5 || other.runs.load(ordering: .relaxed) < before + 3 {
        let trainer = try two.trainer(threads: 3, as: Float.self)
        let end = try trainer.train(epochs: 50, on: data) { _ in
        } progress: {
          if $0.epoch == 3, $0.step == 1 { trainer.requestStop() }
        }
        require(end == .stopped, "not stopped")
        let steps = trainer.stepsInEpoch
        require(trainer.completedEpochs == 2 && steps == 1, "stopped after \(steps) steps")
        require(trainer.network.parameters.elements == stopped, "not the parameters of as many steps on one thread")

        var third: Trainer<Double>? = try one.trainer(threads: 2, as: Double.self)
        try third?.train(steps: 1, on: otherData)
        require(third?.stepsInEpoch == 1, "not in the middle of an epoch")
        third = nil
        rounds += 1
      }
      other.isEnough.store(true, ordering: .relaxed)
      other.isDone.wait()
      let (runs, wrong) = (other.runs.load(ordering: .relaxed), other.wrongRuns.load(ordering: .relaxed))
      require(rounds >= 5 && runs >= 4, "\(rounds) rounds beside \(runs) runs")
      require(wrong == 0, "\(wrong) of \(runs) runs have another result beside other trainers")
      require(BLAS.threads == 2, "OpenBLAS has \(BLAS.threads) threads, the host had set 2")
      require(workerThreads() == 0, "\(workerThreads()) threads left")
    }
  }

  @Test("A trainer that goes in the middle of an epoch joins its threads")
  func goesMidRun() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 2
      let example = EngineCase(seed: 40)
      let dataset = try example.dataset(as: Double.self)
      for threads in [2, 3, 8] {
        var trainer: Trainer<Double>? = try example.trainer(threads: threads)
        try trainer?.train(steps: 1, on: dataset)
        require(trainer?.stepsInEpoch == 1, "not in the middle of an epoch")
        require(
          workerThreads(expected: threads - 1) == threads - 1, "\(workerThreads()) threads for \(threads) workers")
        trainer = nil
        require(workerThreads() == 0, "\(workerThreads()) threads left of \(threads)")
      }
      // An error thrown out of the middle of a call leaves the same.
      struct Enough: Error {}
      do {
        let trainer = try example.trainer(threads: 2, as: Double.self)
        try trainer.train(epochs: 2, on: dataset) { _ in throw Enough() }
      } catch is Enough {}
      require(workerThreads() == 0 && BLAS.threads == 2, "threads left, or OpenBLAS's number not restored")
    }
  }

  @Test("A stop that another thread asks for ends the epoch in its middle; the rest follows")
  func stopFromAnotherThread() throws {
    let example = EngineCase(seed: 40)
    let dataset = try example.dataset(as: Double.self)
    let whole = try finished(example, threads: 1, epochs: 2)
    let trainer = try example.trainer(threads: 2, as: Double.self)
    let stopper = trainer.stopper
    var steps = 0
    let end = try trainer.train(epochs: 2, on: dataset) { _ in
    } progress: { _ in
      steps += 1
      if steps == 1 {
        let asked = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          stopper.requestStop()
          asked.signal()
        }
        asked.wait()
      }
    }
    #expect(end == .stopped)
    #expect((steps, trainer.stepsInEpoch, trainer.completedEpochs) == (1, 1, 0))
    // A request without training is forgotten.
    trainer.requestStop()
    #expect(try trainer.train(epochs: 2, on: dataset) == .completed)
    let isSame = trainer.network.parameters.elements == whole
    #expect(isSame)
    #expect(trainer.completedEpochs == 2)
    let report = try trainer.train(steps: 100, on: dataset) { if $0.step == 2 { trainer.requestStop() } }
    #expect(report.steps == 2 && report.scope == .steps(2))
  }

  @Test("A worker that waits for long sleeps")
  func sleeps() async {
    await #expect(processExitsWith: .success) {
      let example = EngineCase(seed: 40)
      let trainer = try example.trainer(threads: 2, as: Double.self)
      try trainer.train(steps: 1, on: example.dataset(as: Double.self))
      usleep(50_000)
      let before = clock()
      usleep(200_000)
      // A worker that spun would have used 200 ms of processor time.
      require(Double(clock() - before) / Double(CLOCKS_PER_SEC) < 0.05, "workers spin while nobody trains")
      withExtendedLifetime(trainer) {}
    }
  }
}

/// What a thread that trains again and again tells another one.
private final class OtherThread: Sendable {
  let runs = Atomic(0)
  let wrongRuns = Atomic(0)
  let isEnough = Atomic(false)
  let hasRun = DispatchSemaphore(value: 0)
  let isDone = DispatchSemaphore(value: 0)
}

/// The parameters after some epochs.
private func finished(_ example: EngineCase, threads: Int, epochs: Int) throws -> [Double] {
  let trainer = try example.trainer(threads: threads, as: Double.self)
  try trainer.train(epochs: epochs, on: example.dataset(as: Double.self))
  return trainer.network.parameters.elements
}

/// Ends a process of its own with a message that its test shows.
private func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}

/// The threads of this process that belong to teams, by their names: as many as expected, or as many as there are after a
/// while, since the system lists a thread a little longer than it takes to join it.
private func workerThreads(expected: Int = 0) -> Int {
  func count() -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.filter {
      (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8))?.hasPrefix("nnblas") ?? false
    }.count
  }
  for _ in 0..<1000 where count() != expected { usleep(1000) }
  return count()
}
