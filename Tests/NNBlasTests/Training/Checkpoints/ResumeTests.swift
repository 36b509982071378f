import Foundation
import NNBlas
import TestSupport
import Testing

/// A run, and how to make its trainer: what is interrupted is made anew.
struct ResumedCase<S: Scalar>: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let dataset: Dataset
  let batchSize: Int
  let epochs: Int
  var rules = TrainingRules()
  var order = ExampleOrder.shuffled
  let trainer: @Sendable (_ threads: Int) throws -> Trainer<S>

  /// What a report says but for the time.
  struct Line: Equatable {
    let scope: TrainingReport.Scope
    let steps: Int
    let cost: UInt64
    let evaluation: Evaluation?

    init(_ report: TrainingReport) {
      (scope, steps, cost) = (report.scope, report.steps, report.cost.bitPattern)
      evaluation = report.evaluation
    }
  }

  var steps: Int { (dataset.count + batchSize - 1) / batchSize * epochs }

  /// Runs until so many steps have been taken in all, or to the end.
  ///
  /// - Returns: The outcome.
  func run(
    _ trainer: Trainer<S>, until steps: Int = .max, _ lines: inout [Line], afterStep: (Int) -> Void = { _ in }
  ) throws -> TrainingOutcome<S> {
    var found: [Line] = []
    defer { lines += found }
    return try trainer.train(
      epochs: epochs, on: dataset, evaluating: dataset[0..<min(20, dataset.count)], under: rules, order: order
    ) {
      found.append(Line($0))
    } progress: {
      afterStep(trainer.steps)
      if ($0.epoch - 1) * $0.stepsPerEpoch + $0.step >= steps { trainer.requestStop() }
    }
  }
}

@Suite("A run that is resumed", .serialized)
struct ResumeTests {
  private static func points(_ count: Int, inputs: Int, outputs: Int, seed: UInt64) throws -> Dataset {
    var random = RandomValues(seed: seed)
    return try Dataset(
      inputs: Matrix<Float>(rows: count, columns: inputs, elements: random.numbers(count * inputs, in: -1...1)),
      labels: (0..<count).map { $0 % outputs }, classes: outputs)
  }

  private static func cases<S: Scalar>(_: S.Type) throws -> [ResumedCase<S>] {
    let few = try points(83, inputs: 12, outputs: 3, seed: 1)
    let digits = try SyntheticDigits(seed: 1, trainingCount: 137, validationCount: 0, testCount: 1).training
    let (numbers, narrow) = (
      try points(37, inputs: 400, outputs: 3, seed: 2), try Network<S>(sizes: [400, 40, 3], seed: 2)
    )
    let weighted = try few.weighted(by: (0..<83).map { Double($0 % 4) })
    let forgetful = try Network<S>(inputs: 12, seed: 3) {
      Dense(20, activation: .relu)
      BatchNorm()
      Dropout(0.3)
      Dense(16, activation: .gelu)
      Dense(3)
    }
    let book = try Network<S>(sizes: [784, 30, 10], seed: 2)
    #expect(Plan.lookahead(sizes: book.sizes, rows: 2) == 4 && Plan.lookahead(sizes: book.sizes, rows: 1) == 8)
    let rules = TrainingRules(
      earlyStopping: EarlyStopping(patience: 3), plateau: PlateauRule(factor: 0.5, patience: 0, minimumImprovement: 0.1)
    )
    return [
      ResumedCase(
        testDescription: "Adam, dropout, batch norm, early stopping, plateaus, averaging", dataset: few, batchSize: 8,
        epochs: 5, rules: rules
      ) {
        try Trainer(
          forgetful, batchSize: 8, cost: .softmaxCrossEntropy, optimizer: .adam(learningRate: 0.02),
          schedule: .cosine(updates: 60), averaging: 0.9, seed: 4, threads: $0)
      },
      ResumedCase(testDescription: "blocks of steps that look ahead", dataset: digits[0..<61], batchSize: 2, epochs: 3)
      {
        try Trainer(book, batchSize: 2, optimizer: .sgd(learningRate: 3), seed: 1, threads: $0)
      },
      ResumedCase(
        testDescription: "blocks of single examples, in order", dataset: digits[0..<45], batchSize: 1, epochs: 2,
        order: .sequential
      ) { try Trainer(book, batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1, threads: $0) },
      ResumedCase(testDescription: "blocks of numbers", dataset: numbers, batchSize: 1, epochs: 2) {
        try Trainer(narrow, batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1, threads: $0)
      },
      ResumedCase(testDescription: "accumulation, clipping, weights", dataset: weighted, batchSize: 6, epochs: 3) {
        try Trainer(
          forgetful, batchSize: 6, cost: .softmaxCrossEntropy, optimizer: .nesterov(learningRate: 0.02),
          regularization: Regularization(l2: 1e-3, l1: 1e-4), clipping: .norm(0.5), accumulation: 4, seed: 4,
          threads: $0)
      },
      ResumedCase(testDescription: "a gradient hook, RMSProp", dataset: few, batchSize: 8, epochs: 3) {
        try Trainer(
          forgetful, batchSize: 8, cost: .softmaxCrossEntropy, optimizer: .rmsProp(learningRate: 0.002), seed: 4,
          threads: $0
        ) { gradient in gradient.withMutableElements { $0[0] *= 0.5 } }
      },
    ]
  }

  /// Interrupted after each of some numbers of steps, in places where an epoch ends and where it does not.
  private func check<S: Scalar>(_ example: ResumedCase<S>) throws {
    var expected: [ResumedCase<S>.Line] = []
    let whole = try example.trainer(1)
    let outcome = try example.run(whole, &expected)
    let taken = Int(whole.trainingState.scalars["batches"] ?? 0)
    for interval in [1, 4, 7, 11, 1000] {
      try withTemporaryDirectory { folder in
        var lines: [ResumedCase<S>.Line] = []
        var step = 0
        repeat {
          step += interval
          let trainer = try example.trainer(1 + step % 3)
          trainer.checkpoints = CheckpointRule(folder: folder.path, everySteps: 3, everySeconds: nil, kept: 2)
          if step > interval {
            let resumption = try trainer.resume(from: folder.path)
            #expect(resumption.damaged.isEmpty && resumption.warnings.isEmpty)
            #expect(resumption.steps == step - interval && resumption.reports.map(ResumedCase<S>.Line.init) == lines)
          }
          let end = try example.run(trainer, until: step, &lines)
          guard step >= taken else { continue }
          #expect(trainer.trainingState == whole.trainingState, "every \(interval) steps")
          #expect(end.reason == outcome.reason && end.epoch == outcome.epoch && end.network == outcome.network)
          #expect(end.reports.map(ResumedCase<S>.Line.init) == expected)
        } while step < taken
        #expect(lines == expected, "every \(interval) steps")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count <= 4 && names.contains("best.safetensors"), "\(names)")
      }
    }
  }

  @Test("comes to the same bits and reports in Float", arguments: try cases(Float.self))
  func float(_ example: ResumedCase<Float>) throws { try check(example) }

  @Test("comes to the same bits and reports in Double", arguments: try cases(Double.self))
  func double(_ example: ResumedCase<Double>) throws { try check(example) }

  @Test("goes on from any of its checkpoints, as if it had been killed behind it")
  func fromEach() throws {
    let example = try #require(try Self.cases(Float.self).first)
    try withTemporaryDirectory { folder in
      var expected: [ResumedCase<Float>.Line] = []
      let whole = try example.trainer(2)
      whole.checkpoints = CheckpointRule(folder: folder.path, everySteps: 1, everySeconds: nil, kept: 1000)
      let outcome = try example.run(whole, &expected) { step in
        // A checkpoint is made behind this: the one before is waited for, so that the next one is not late.
        let before = folder.path(
          of: "checkpoint-" + String(repeating: "0", count: 10 - "\(step - 1)".count) + "\(step - 1).safetensors")
        for _ in 0..<1000 where step > 1 && !FileManager.default.fileExists(atPath: before) && step % 11 > 1 {
          usleep(1000)
        }
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
      // One that is due while another is written is late, so that not every step need have one.
      #expect(names.count > 10, "\(names)")
      for name in names {
        let trainer = try example.trainer(1)
        let resumption = try trainer.resume(from: folder.path(of: name))
        var lines = Array(expected.prefix(resumption.completedEpochs))
        let end = try example.run(trainer, &lines)
        #expect(lines == expected && end.network == outcome.network && trainer.trainingState == whole.trainingState)
      }
    }
  }

  @Test("of so many steps goes on to as many")
  func steps() throws {
    let example = try #require(try Self.cases(Double.self).first)
    let whole = try example.trainer(1)
    let report = try whole.train(steps: 25, on: example.dataset)
    try withTemporaryDirectory { folder in
      for (attempt, end) in [4, 17, 25].enumerated() {
        let trainer = try example.trainer(2)
        trainer.checkpoints = CheckpointRule(folder: folder.path, everySteps: 5, everySeconds: nil)
        if attempt > 0 { try trainer.resume(from: folder.path) }
        var taken = attempt == 0 ? 0 : [4, 17][attempt - 1]
        let found = try trainer.train(steps: 25, on: example.dataset) { _ in
          taken += 1
          if taken == end { trainer.requestStop() }
        }
        #expect(found.steps == end)
        if end == 25 {
          #expect(ResumedCase<Double>.Line(found) == ResumedCase<Double>.Line(report))
          #expect(trainer.trainingState == whole.trainingState)
        }
      }
    }
  }
}
