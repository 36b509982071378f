import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  private let dataset: Dataset
  private let network: Network<Double>

  init() throws {
    var random = RandomValues(seed: 1)
    dataset = try Dataset(
      inputs: Matrix<Double>(rows: 24, columns: 3, elements: random.numbers(72, in: -1...1)),
      labels: (0..<24).map { $0 % 2 }, classes: 2)
    network = try Network(sizes: [3, 2, 2], seed: 1)
  }

  private func trainer(
    batchSize: Int = 4, rate: Double = 0.1, seed: UInt64 = 1, network: Network<Double>? = nil
  ) throws -> Trainer<Double> {
    try Trainer(network ?? self.network, batchSize: batchSize, optimizer: .momentum(learningRate: rate), seed: seed)
  }

  /// A folder with two checkpoints: after 6 steps, an epoch, and after so many more.
  private func withRun(steps: Int = 4, _ body: (TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil, kept: 5)
      trainer.checkpointNotes = { ["mark": "\(trainer.stepsInEpoch)"] }
      try trainer.train(steps: 6, on: dataset)
      try trainer.train(steps: steps, on: dataset)
      try body(folder)
    }
  }

  private let names = ["checkpoint-0000000006.safetensors", "checkpoint-0000000010.safetensors"]

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

  @Test("cut short anywhere are passed over, and the older one is used")
  func truncation() throws {
    try withRun { folder in
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(of: names[1]))))
      for count in bytes.indices {
        try folder.write(Array(bytes.prefix(count)), to: names[1])
        let resumption = try trainer().resume(from: folder.path)
        #expect(resumption.steps == 6 && resumption.damaged.count == 1, "\(count) bytes")
      }
      try folder.write(bytes, to: names[1])
      #expect(try trainer().resume(from: folder.path).steps == 10)
    }
  }

  @Test("with a wrong bit anywhere are passed over, and the older one is used")
  func bitFlips() throws {
    try withRun { folder in
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(of: names[1]))))
      var random = RandomValues(seed: 2)
      for _ in 0..<2000 {
        let places: [Double] = random.numbers(1, in: 0...Double(8 * bytes.count - 1))
        let place = Int(places[0])
        var changed = bytes
        changed[place / 8] ^= 1 << UInt8(place % 8)
        try folder.write(changed, to: names[1])
        let resumption = try trainer().resume(from: folder.path)
        #expect(resumption.steps == 6 && resumption.damaged.count == 1, "bit \(place)")
      }
    }
  }

  @Test("that say what cannot be, under a checksum that fits, are an error, and end nothing else")
  func forgedNumbers() throws {
    try withRun { folder in
      let path = folder.path(of: names[1])
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for (old, new) in [
        ("\"steps\":4,", "\"steps\":-4,"), ("\"steps\":4,", "\"steps\":6,"), ("\"steps\":4,", "\"steps\":1e300,"),
        ("\"steps\":4,", "\"steps\":0.5,"), ("\"epochs\":1,", "\"epochs\":-1,"), ("\"updates\":10", "\"updates\":-1"),
        ("\"batches\":10,", "\"batches\":\"x\","), ("\"batchesOfUpdate\":0", "\"batchesOfUpdate\":1"),
        ("\"learningRateFactor\":1", "\"learningRateFactor\":-1"),
        ("\"learningRateFactor\":1", "\"learningRateFactor\":\"inf\""),
        ("\"firstEpoch\":1", "\"firstEpoch\":-9223372036854775808"), ("\"firstEpoch\":1", "\"firstEpoch\":2"),
        ("\"examples\":24", "\"examples\":0"), ("\"batches\":10,", "\"batches\":9223372036854774784,"),
        ("\"updates\":10", "\"updates\":11"), ("\"batches\":10,", "\"batches\":3,"),
        ("\"examples\":16,", "\"examples\":-16,"),
        ("\"epochsSinceBest\":0", "\"epochsSinceBest\":-1"), ("\"hasBest\":false", "\"hasBest\":true"),
        ("\"factor\":1,", "\"factor\":0,"), ("\"scalars\":{", "\"scalars\":{\"x\":1e999,"),
        ("\"ending\":\"fused\"", "\"ending\":\"other\""), ("\"version\":1", "\"version\":2"),
      ] {
        try folder.write(#require(forged(bytes, replacing: old, by: new), "\(old)"), to: names[1])
        let trainer = try trainer()
        let text = message {
          try trainer.resume(from: path)
          try trainer.train(steps: 20, on: dataset)
        }
        #expect(text.hasPrefix("\(path): "), "\(new): \(text)")
        #expect(try trainer.trainingState == self.trainer().trainingState, "\(new)")
      }
    }
    // In the middle of a block of steps that look ahead.
    let digits = try SyntheticDigits(seed: 1, trainingCount: 200, validationCount: 0, testCount: 1).training
    try withTemporaryDirectory { folder in
      func trainer() throws -> Trainer<Float> {
        try Trainer(Network(sizes: [784, 30, 10], seed: 1), batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1)
      }
      let whole = try trainer()
      whole.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      try whole.train(steps: 3, on: digits)
      let path = folder.path(of: "checkpoint-0000000003.safetensors")
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for (old, new) in [
        ("\"row\":3", "\"row\":4"), ("\"row\":3", "\"row\":-3"), ("\"steps\":[0,", "\"steps\":[9,"),
        ("\"steps\":[0,", "\"steps\":[1,"), ("\"steps\":[0,", "\"steps\":[-9223372036854775808,"),
      ] {
        try folder.write(#require(forged(bytes, replacing: old, by: new), "\(old)"), to: "forged")
        let text = message {
          let trainer = try trainer()
          try trainer.resume(from: folder.path(of: "forged"))
          try trainer.train(steps: 9, on: digits)
        }
        #expect(text.hasPrefix("\(folder.path(of: "forged")): "), "\(new): \(text)")
      }
    }
  }

  @Test("that are all damaged, or absent, are an error that names them")
  func none() throws {
    try withRun { folder in
      for name in names { try folder.write(Array("short".utf8), to: name) }
      let trainer = try trainer()
      let text = message { try trainer.resume(from: folder.path) }
      #expect(text.contains("no checkpoint to resume from is whole"))
      #expect(names.allSatisfy { text.contains("\($0): damaged: its checksum is another one") })
      // Nothing of it has changed.
      #expect(try trainer.trainingState == self.trainer().trainingState)
      #expect(
        message { try trainer.resume(from: folder.path(of: "x")) }
          == "\(folder.path(of: "x")): there is no checkpoint to resume from; start the run without resuming")
    }
    try withTemporaryDirectory { folder in
      #expect(
        message { try trainer().resume(from: folder.path) }
          == "\(folder.path): there is no checkpoint to resume from; start the run without resuming")
      try network.save(to: folder.path(of: names[0]))
      #expect(message { try trainer().resume(from: folder.path) }.contains("damaged"))
    }
  }

  @Test("of another network, other settings or other data are refused by name")
  func misfits() throws {
    try withRun { folder in
      let file = folder.path(of: names[1])
      func refusal(_ trainer: @autoclosure () throws -> Trainer<Double>) -> String {
        message { try trainer().resume(from: folder.path) }
      }
      #expect(
        try refusal(trainer(batchSize: 8))
          == "\(file): batchSize is 8, expected 4, as in the run that is resumed")
      #expect(
        try refusal(trainer(rate: 0.2)).contains(
          "optimizer is momentum(learningRate: 0.2, momentum: 0.9), expected momentum(learningRate: 0.1, momentum: 0.9)"
        ))
      #expect(try refusal(trainer(seed: 2)).contains("seed is 2, expected 1"))
      #expect(
        try refusal(trainer(network: Network(sizes: [3, 4, 2], seed: 1)))
          .contains("layer 1 is Dense 4, sigmoid, expected Dense 2, sigmoid"))
      #expect(
        try refusal(trainer(network: Network(sizes: [3, 2, 2, 2], seed: 1))).contains(
          "the number of layers is 3, expected 2"))
      let single = try Trainer(
        network.converted(to: Float.self), batchSize: 4, optimizer: .momentum(learningRate: 0.1), seed: 1)
      #expect(message { try single.resume(from: folder.path) }.contains("the precision is f32, expected f64"))
      let subject = try trainer()
      try subject.resume(from: folder.path)
      let other = try dataset.weighted(by: Array(repeating: 1, count: 24))
      let text = message { try subject.train(steps: 20, on: other) }
      #expect(text.contains("the training data is 24 examples of 3 → 2, checksum "), "\(text)")
      #expect(
        message { try subject.train(steps: 20, on: dataset, order: .sequential) }
          .contains("order is sequential, expected shuffled"))
      // And still goes on with the right ones.
      #expect(try subject.train(steps: 12, on: dataset).steps == 12)
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

  private func rules(_ patience: Int = 50) -> TrainingRules {
    TrainingRules(earlyStopping: EarlyStopping(patience: patience))
  }

  @Test("hold the whole call against the one that was interrupted")
  func calls() throws {
    try withTemporaryDirectory { folder in
      let first = try trainer()
      first.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      try first.train(epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules()) { _ in first.requestStop() }
      let subject = try trainer()
      try subject.resume(from: folder.path)
      func refusal(_ body: () throws -> Void) -> String { message { try body() } }
      for (name, text) in [
        (
          "the evaluation data",
          refusal { try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<8], under: rules()) }
        ),
        (
          "early stopping",
          refusal { try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules(7)) }
        ),
        ("early stopping", refusal { try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<9]) }),
        ("what training counts", refusal { try subject.train(steps: 30, on: dataset, evaluating: dataset[0..<9]) }),
        (
          "monitorsTraining",
          refusal {
            try subject.train(
              epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules(), monitorsTraining: true)
          }
        ),
      ] { #expect(text.contains(": \(name) is "), "\(name): \(text)") }
      let outcome = try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules())
      #expect(outcome.reason == .completed && outcome.reports.count == 3)
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
          usleep(3000)
        }
      }
      #expect(message { try train() }.contains("cannot be written"))
      #expect(trainer.steps < 18)
      try #require(rename(away, inner) == 0)
      #expect(throws: Never.self) { try trainer.train(steps: 3, on: dataset) }
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

  @Test("a stop that is asked for while a call begins is one")
  func earlyStop() throws {
    let trainer = try trainer()
    let stopper = trainer.stopper
    var steps = 0
    try withTemporaryDirectory { folder in
      trainer.checkpoints = CheckpointRule(folder: folder.path)
      trainer.checkpointNotes = { [:] }
      try trainer.train(epochs: 2, on: dataset) { _ in
      } progress: { _ in
        steps += 1
        stopper.requestStop()
      }
      #expect(steps == 1)
      // And no longer than that call.
      try trainer.train(epochs: 1, on: dataset)
      #expect(trainer.completedEpochs == 1)
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
        if isThere { trainer.requestStop() }
      }
      #expect(isThere)
    }
  }
}
