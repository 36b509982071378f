import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Checkpoints that cannot be written")
final class CheckpointFailureTests: CheckpointSuite {
  @Test("that cannot be written end the run, which can go on from memory, or do not, as asked for")
  func unwritable() throws {
    for failure in CheckpointRule.Failure.allCases {
      try withTemporaryDirectory { folder in
        let inner = folder.path(of: "run")
        let trainer = try trainer()
        trainer.checkpoints = CheckpointRule(folder: inner, everySteps: 1, everySeconds: nil, failure: failure)
        func train() throws {
          try trainer.train(epochs: 3, on: dataset) { report in
            // At once, whatever is being written there.
            if case .epoch(1, _) = report.scope { try #require(rename(inner, inner + "-away") == 0) }
          }
        }
        if failure == .end {
          let text = message { try train() }
          #expect(text.contains("the checkpoint cannot be written: No such file or directory"), "\(text)")
          trainer.checkpoints = nil
          // It may have been noticed behind the last step.
          let rest = 18 - 6 * trainer.completedEpochs - trainer.stepsInEpoch
          if rest > 0 { try trainer.train(steps: rest, on: dataset) }
        } else {
          try train()
          #expect(trainer.checkpointFailure != nil)
          // What was copied and could not be written does not count as written.
          let cost = try #require(trainer.checkpointCost)
          #expect(cost.copies > cost.count, "\(cost)")
        }
        let whole = try self.trainer()
        try whole.train(epochs: 3, on: dataset)
        #expect(trainer.network == whole.network)
      }
    }
  }

  @Test(
    "in a folder without permission are an error before the first step",
    .enabled(if: geteuid() != 0, "the superuser may write everywhere"))
  func permission() throws {
    try withTemporaryDirectory { folder in
      try #require(chmod(folder.path, 0o500) == 0)
      defer { chmod(folder.path, 0o700) }
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path)
      #expect(
        message { try trainer.train(steps: 1, on: dataset) }.contains("cannot be written: Permission denied"))
      #expect(trainer.stepsInEpoch == 0)
    }
  }

  @Test("of the best epoch are tried again where they could not be written")
  func bestAgain() throws {
    try withTemporaryDirectory { folder in
      let (inner, away) = (folder.path(of: "run"), folder.path(of: "away"))
      let trainer = try trainer(rate: 0.5)
      trainer.checkpoints = CheckpointRule(folder: inner, everySteps: 6, everySeconds: nil, failure: .goOn)
      var epoch = 0
      let outcome = try trainer.train(epochs: 6, on: dataset, evaluating: dataset, under: rules()) { _ in
        epoch += 1
        // Away while the second epoch's are written, and back for the rest.
        if epoch == 2 { try #require(rename(inner, away) == 0) }
        if epoch == 3 { try #require(rename(away, inner) == 0) }
      } progress: { _ in
        usleep(2000)
      }
      #expect(outcome.epoch > 1 && trainer.checkpointFailure == nil)
      let resumption = try self.trainer(rate: 0.5).resume(from: inner + "/best.safetensors")
      #expect(resumption.completedEpochs == outcome.epoch)
    }
  }

  @Test("whose failure ends a run do so at the next step, and are forgotten by the next call")
  func failing() throws {
    try withTemporaryDirectory { folder in
      let (inner, away) = (folder.path(of: "run"), folder.path(of: "away"))
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: inner, everySteps: 6, everySeconds: nil)
      func train() throws {
        try trainer.train(epochs: 50, on: dataset) { _ in
          if trainer.completedEpochs == 1 { try #require(rename(inner, away) == 0) }
        } progress: { _ in
          // The checkpoint behind the first epoch is written while the seventh step is made.
          for _ in 0..<60_000 where trainer.steps > 6 && trainer.checkpointFailure == nil { usleep(1000) }
        }
      }
      #expect(message { try train() }.contains("cannot be written"))
      #expect(trainer.steps == 7)
      try #require(rename(away, inner) == 0)
      #expect(throws: Never.self) { try trainer.train(steps: 3, on: dataset) }
    }
  }

  @Test("that something else has to precede are not written without that")
  func preparation() throws {
    struct Unprepared: Error {}
    try withTemporaryDirectory { folder in
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      trainer.checkpointPreparation = { throw Unprepared() }
      #expect(message { try trainer.train(steps: 6, on: dataset) }.contains("cannot be written: Unprepared()"))
      #expect(message { try self.trainer().resume(from: folder.path) }.contains("there is no checkpoint"))
      trainer.checkpointPreparation = {}
      try trainer.train(steps: 1, on: dataset)
      #expect(try self.trainer().resume(from: folder.path).steps == 7)
    }
  }

  @Test("with more to say than a reader takes are an error, and those before stay")
  func longNotes() throws {
    try withRun { folder in
      let trainer = try trainer()
      try trainer.resume(from: folder.path)
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil, kept: 1)
      trainer.checkpointNotes = { ["long": String(repeating: "x", count: 100_000_000)] }
      #expect(
        message { try trainer.train(steps: 5, on: dataset) }.contains("bytes of names and notes, expected at most"))
      #expect(try self.trainer().resume(from: folder.path).steps == 10)
    }
  }
}
