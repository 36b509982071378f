import Foundation
import NNBlas
import Synchronization
import TestSupport
import Testing

@Suite("Checkpoints")
final class CheckpointTests: CheckpointSuite {
  @Test("say where a run goes on, and bring what was noted")
  func resumption() throws {
    try withRun { folder in
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [".lock"] + names)
      let resumption = try trainer().resume(from: folder.path)
      #expect(resumption.description == "after 1 epoch and 4 steps, from \(folder.path(of: names[1]))")
      #expect(resumption.notes == ["mark": "4"] && resumption.steps == 10 && !resumption.hasEnded)
      let first = try trainer().resume(from: folder.path(of: names[0]))
      #expect(first.description == "after 1 epoch, from \(folder.path(of: names[0]))")
    }
  }

  @Test("tell what they have cost")
  func cost() throws {
    try withTemporaryDirectory { folder in
      let trainer = try trainer()
      #expect(trainer.checkpointCost == nil)
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      try trainer.train(steps: 6, on: dataset)
      try trainer.train(steps: 4, on: dataset)
      let cost = try #require(trainer.checkpointCost)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(of: names[1]))).count
      #expect(cost.count == 2 && cost.copies == 2 && cost.bytes == bytes && cost.waitedSeconds > 0, "\(cost)")
      #expect("\(cost)".hasPrefix("2 of 0.0") && "\(cost)".contains(" MB; training waited "), "\(cost)")
    }
  }

  @Test("are not written into another run's folder")
  func occupied() throws {
    try withRun { folder in
      let other = try trainer()
      other.checkpoints = CheckpointRule(folder: folder.path)
      #expect(
        message { try other.train(steps: 1, on: dataset) }
          == "\(folder.path): has checkpoints of another run; resume that, or give another folder")
      #expect(other.stepsInEpoch == 0)
    }
  }

  @Test("go when newer ones are there, damaged ones of later steps too")
  func pruning() throws {
    try withRun { folder in
      try folder.write(Array("short".utf8), to: "checkpoint-0000000099.safetensors")
      let trainer = try trainer()
      #expect(try trainer.resume(from: folder.path).damaged.count == 1)
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySteps: 1, everySeconds: nil, kept: 2)
      try trainer.train(steps: 9, on: dataset)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
      #expect(left.count == 3 && left.first == "abandoned-checkpoint-0000000099.safetensors", "\(left)")
      #expect(left.last == "checkpoint-0000000015.safetensors", "\(left)")
    }
  }

  @Test("of a course that was given up are none of the run any longer")
  func anotherCourse() throws {
    try withRun(steps: 6) { folder in
      let last = "checkpoint-0000000012.safetensors"
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path + "/.", everySeconds: nil)
      try trainer.resume(from: folder.path(of: names[0]))
      trainer.learningRateFactor = 0.5
      // The call that is gone on with was one of six steps.
      try trainer.train(steps: 8, on: dataset)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.contains("abandoned-" + last) && !left.contains(last), "\(left)")
      #expect(try self.trainer().resume(from: folder.path).steps == 8)
    }
  }

  @Test("are written by one trainer at a time")
  func oneWriter() throws {
    try withTemporaryDirectory { folder in
      let (one, two) = (try trainer(), try trainer())
      (one.checkpoints, two.checkpoints) = (CheckpointRule(folder: folder.path), CheckpointRule(folder: folder.path))
      var text = ""
      try one.train(epochs: 1, on: dataset) { _ in text = message { try two.train(steps: 1, on: dataset) } }
      #expect(text.contains("another run writes its checkpoints there"), "\(text)")
    }
  }

  /// As a program that another thread is starting has it for a moment.
  @Test("are another trainer's to write though somebody has inherited the lock")
  func inheritedLock() throws {
    try withTemporaryDirectory { folder in
      var copies: [Int32] = []
      defer { copies.forEach { close($0) } }
      let one = try trainer()
      one.checkpoints = CheckpointRule(folder: folder.path)
      try one.train(epochs: 1, on: dataset) { _ in
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
          let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
          if target == folder.path(of: ".lock"), let descriptor = Int32(name) { copies.append(dup(descriptor)) }
        }
      }
      #expect(!copies.isEmpty)
      let two = try trainer()
      two.checkpoints = CheckpointRule(folder: folder.path)
      try two.resume(from: folder.path)
      #expect(throws: Never.self) { try two.train(epochs: 2, on: dataset) }
    }
  }

  @Test("do not hide a stop that is asked for while a call begins")
  func earlyStop() throws {
    try withTemporaryDirectory { folder in
      let stopping = Stopping()
      let trainer = try self.trainer(network: Network(inputs: 3, layers: [stopping, Dense(2)], seed: 1))
      trainer.checkpoints = CheckpointRule(folder: folder.path)
      stopping.stopper.withLock { $0 = trainer.stopper }
      #expect(try trainer.train(epochs: 1, on: dataset) == .stopped)
      #expect(trainer.steps == 0)
      // And it lasts no longer than that call.
      #expect(try trainer.train(epochs: 1, on: dataset) == .completed)
    }
  }

  @Test("whose rule is out of its range are refused")
  func settings() throws {
    let trainer = try trainer()
    for (rule, text) in [
      (CheckpointRule(folder: "x", everySteps: 0), "checkpoints' everySteps is 0, expected at least 1 step, or nil"),
      (
        CheckpointRule(folder: "x", everySeconds: .nan),
        "checkpoints' everySeconds is nan, expected a number from 0.001"
      ),
      (CheckpointRule(folder: "x", kept: 0), "checkpoints' kept is 0, expected at least 1 checkpoint"),
    ] {
      trainer.checkpoints = rule
      #expect(message { try trainer.train(steps: 1, on: dataset) }.contains(text))
    }
  }

  @Test("are written after some seconds")
  func seconds() throws {
    try withTemporaryDirectory { folder in
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: 0.01)
      var isThere = false
      try trainer.train(epochs: 100_000, on: dataset) { _ in
        // In mid-run: the last one is written when it is over.
        isThere = try FileManager.default.contentsOfDirectory(atPath: folder.path).contains {
          $0.hasPrefix("checkpoint-")
        }
        // A minute and a half for a slow disk.
        if isThere { trainer.requestStop() } else { usleep(1000) }
      }
      #expect(isThere)
    }
  }
}

/// Hands on what comes in. Asks for a stop, once, when it is first asked how far it reaches: while plans are made, behind all checks.
private final class Stopping: Layer {
  let stopper = Mutex<StopSwitch?>(nil)

  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    Computation<S>(layer: self)
  }

  static func == (left: Stopping, right: Stopping) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  struct Computation<S: Scalar>: LayerComputation {
    let layer: Stopping
    var reach: LayerReach {
      layer.stopper.withLock { stopper in
        stopper?.requestStop()
        stopper = nil
      }
      return .element
    }

    func forward(_ pass: LayerPass<S>) {
      for row in 0..<pass.input.rows { _ = pass.output[row].update(from: pass.input[row]) }
    }
    func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
      for row in 0..<errors.rows { _ = inputErrors[row].update(from: errors[row]) }
    }
  }
}
