import NNBlas
import TestSupport
import Testing

@Suite("The trainer")
struct TrainerTests {
  @Test("100 steps give the weights of the published algorithm in NumPy to 1e-12", arguments: [0, 1])
  func golden(_ index: Int) throws {
    let run = try Golden.load().runs[index]
    let dataset = try Dataset(inputs: run.inputs, labels: run.labels, classes: 5)
    let trainer = try Trainer(
      run.initial.network(), batchSize: run.batch, cost: run.cost, optimizer: .sgd(learningRate: run.learningRate),
      seed: 1)
    let report = try trainer.train(steps: run.steps, on: dataset, order: .sequential)
    try expectClose(trainer.network.layers, run.final, relative: 1e-12)
    #expect(report.steps == 100)
    // Ten epochs of nine batches of 10 and one of 5.
    #expect(report.examples == 950)
    #expect(trainer.completedEpochs == 10)
  }

  @Test("XOR is learned")
  func exclusiveOr() throws {
    let dataset = try Dataset(inputs: [[0.0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0.0], [1], [1], [0]])
    let trainer = try Trainer(
      Network<Double>(sizes: [2, 3, 1], seed: 1), batchSize: 4, optimizer: .sgd(learningRate: 5), seed: 1)
    var costs: [Double] = []
    try trainer.train(epochs: 2000, on: dataset, evaluating: dataset) { costs.append($0.cost) }
    let answers = try trainer.network.predict(batch: Matrix([[0, 0], [0, 1], [1, 0], [1, 1]])).elements
    #expect(answers[0] < 0.1 && answers[1] > 0.9 && answers[2] > 0.9 && answers[3] < 0.1)
    #expect(costs.count == 2000)
    #expect((costs.last ?? 1) < costs[0] / 20)
  }

  /// Points in a square, labelled by the diagonal that they are above.
  private static func points(_ count: Int) throws -> Dataset {
    var generator = Philox(seed: 9)
    let inputs = (0..<count).map { _ in [generator.nextUnit(), generator.nextUnit()] }
    return try Dataset(inputs: inputs, labels: inputs.map { $0[0] > $0[1] ? 1 : 0 }, classes: 2)
  }

  private static func trainer(batchSize: Int = 10, seed: UInt64 = 1) throws -> Trainer<Double> {
    try Trainer(
      Network(sizes: [2, 4, 2], seed: 1), batchSize: batchSize, optimizer: .sgd(learningRate: 1), seed: seed)
  }

  @Test("After a few examples there are as many workers for many as there would have been without them")
  func workersGrow() throws {
    func trainer() throws -> Trainer<Double> {
      try Trainer(
        Network<Double>(sizes: [2, 64, 2], seed: 1), batchSize: 256, optimizer: .sgd(learningRate: 1), seed: 1)
    }
    let (grown, fresh, many) = (try trainer(), try trainer(), try Self.points(600))
    try grown.train(epochs: 1, on: Self.points(1))
    #expect(grown.workers == 1)
    try grown.train(epochs: 1, on: many)
    try fresh.train(epochs: 1, on: many)
    #expect(grown.workers == fresh.workers && (fresh.workers > 1 || Processors.available == 1))
  }

  @Test("Every example is used once an epoch, in an order that is fresh each time")
  func epochsVisitEverything() throws {
    // With one-hot inputs and a network without hidden layer, a weight moves only when its example is met.
    let count = 23
    let inputs = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
    let dataset = try Dataset(inputs: inputs, targets: inputs.map { _ in [1.0] })
    let network = try Network(weights: [Matrix<Double>(rows: 1, columns: count)], biases: [Vector(count: 1)])
    let trainer = try Trainer(network, batchSize: 10, optimizer: .sgd(learningRate: 1), seed: 1)
    var examples: [Int] = []
    var steps: [Int] = []
    var seen: [[Double]] = []
    try trainer.train(epochs: 2, on: dataset) {
      examples.append($0.examples)
      steps.append($0.steps)
      seen.append(trainer.network.layers[0].weights.elements)
    }
    #expect(examples == [23, 23])
    #expect(steps == [3, 3])
    #expect(seen[0].allSatisfy { $0 > 0 })
    // The last batch has 3 examples, whose mean weighs each more: just three weights moved by more than 1/10 of σ′ allows.
    let ordered = seen[0].sorted(by: >)
    #expect(ordered[2] > 2 * ordered[3])
    // Those three are others in the next epoch.
    func lastThree(_ moves: [Double]) -> Set<Int> { Set(moves.indices.sorted { moves[$0] > moves[$1] }.prefix(3)) }
    #expect(lastThree(seen[0]) != lastThree(zip(seen[1], seen[0]).map { $0 - $1 }))
  }

  @Test("The same seed gives the same bits, in one call or in parts; another seed others")
  func reproducible() throws {
    let dataset = try Self.points(95)
    let whole = try Self.trainer()
    try whole.train(epochs: 3, on: dataset)
    let parts = try Self.trainer()
    try parts.train(steps: 7, on: dataset)
    #expect(parts.stepsInEpoch == 7)
    try parts.train(steps: 8, on: dataset)
    #expect((parts.completedEpochs, parts.stepsInEpoch) == (1, 5))
    try parts.train(epochs: 2, on: dataset)
    #expect(whole.network == parts.network)
    let other = try Self.trainer(seed: 2)
    try other.train(epochs: 3, on: dataset)
    #expect(whole.network != other.network)
    let sequential = try Self.trainer()
    try sequential.train(epochs: 3, on: dataset, order: .sequential)
    #expect(whole.network != sequential.network)
  }

  @Test("An epoch goes on in its order and with as many examples as it began with")
  func otherDataInMidEpoch() throws {
    let dataset = try Self.points(95)
    let trainer = try Self.trainer()
    try trainer.train(steps: 7, on: dataset)
    let before = trainer.network
    for other in [dataset[0..<94], dataset[0..<40]] {
      #expect(
        message { try trainer.train(epochs: 1, on: other) }
          == "the training data: \(other.count) examples, expected 95, as many as the epoch under way began with")
    }
    #expect(
      message { try trainer.train(epochs: 1, on: dataset, order: .sequential) }
        == "Trainer: order is sequential, expected shuffled, in which the epoch under way began")
    #expect((trainer.completedEpochs, trainer.stepsInEpoch) == (0, 7))
    #expect(trainer.network == before)
    // Between epochs any data will do.
    try trainer.train(epochs: 1, on: dataset)
    try trainer.train(epochs: 1, on: dataset[0..<40], order: .sequential)
    #expect((trainer.completedEpochs, trainer.stepsInEpoch) == (2, 0))
  }

  @Test("Reports say epoch, correct answers, cost, time and rate")
  func reports() throws {
    let dataset = try Self.points(200)
    let trainer = try Self.trainer()
    var reports: [TrainingReport] = []
    try trainer.train(epochs: 2, on: dataset, evaluating: dataset[0..<50]) { reports.append($0) }
    #expect(reports.map(\.scope) == [.epoch(1, of: 2), .epoch(2, of: 2)])
    let last = try #require(reports.last?.evaluation)
    #expect(try last == trainer.network.evaluate(dataset[0..<50]))
    #expect(last.count == 50)
    // 6·(2·4 + 4·2) − 2·2·4 operations an example
    #expect(reports[0].operations == 200 * 80)
    #expect(reports[0].seconds > 0)
    let line = "\(reports[0])"
    #expect(
      line.wholeMatch(of: /Epoch 1\/2: \d+\/50 correct, cost 0\.\d+, \d+\.\d\d s, [\d.e-]+ GFLOP\/s/) != nil, "\(line)")
  }

  @Test("A report's line, exactly")
  func reportLine() {
    let report = TrainingReport(
      scope: .epoch(1, of: 30), steps: 5000, examples: 50_000, cost: 0.0812, seconds: 0.12, operations: 4.8e9,
      evaluation: Evaluation(count: 10_000, correct: 9046, cost: 0.07))
    #expect("\(report)" == "Epoch 1/30: 9046/10000 correct, cost 0.0812, 0.12 s, 40 GFLOP/s")
    let steps = TrainingReport(
      scope: .steps(1), steps: 1, examples: 10, cost: 0.5, seconds: 12.34, operations: 1.0024e10,
      evaluation: Evaluation(count: 3, correct: nil, cost: 0.25))
    #expect("\(steps)" == "1 step: evaluation cost 0.25, cost 0.5, 12.3 s, 0.81 GFLOP/s")
  }

  @Test("The reported cost is the mean over the examples as they were met")
  func reportedCost() throws {
    let dataset = try Self.points(25)
    let trainer = try Self.trainer()
    var expected = 0.0
    // One batch a call: its report is that batch's mean cost.
    for examples in [10.0, 10, 5] { expected += try trainer.train(steps: 1, on: dataset).cost * examples / 25 }
    let whole = try Self.trainer().train(steps: 3, on: dataset)
    #expect(abs(whole.cost - expected) < 1e-15)
    // The first batch is met by the initial network.
    let first = try Self.trainer().train(steps: 1, on: dataset, order: .sequential)
    let initial = try Self.trainer().network.evaluate(dataset[0..<10])
    #expect(abs(first.cost - initial.cost) < 1e-15)
  }

  @Test("Progress is told after every step")
  func progress() throws {
    let dataset = try Self.points(25)
    var steps: [Int] = []
    try Self.trainer().train(epochs: 2, on: dataset) { _ in
    } progress: {
      steps.append($0.step * 100 + $0.stepsPerEpoch)
    }
    #expect(steps == [103, 203, 303, 103, 203, 303])
  }

  @Test("Evaluation counts the answers whose largest output is at the label")
  func evaluation() throws {
    // The identity, nearly: the answer is the larger input.
    let network = try Network<Float>(weights: [Matrix([[9, 0], [0, 9]])], biases: [[0, 0]])
    let inputs: [[Float]] = [[1, 0], [0, 1], [1, 0], [0, 0]]
    // Of two equal outputs the first counts, as in NumPy's argmax.
    let evaluation = try network.evaluate(Dataset(inputs: inputs, labels: [0, 1, 1, 0], classes: 2))
    #expect(evaluation.correct == 3)
    #expect(evaluation.accuracy == 0.75)
    #expect("\(evaluation)" == "3/4 correct")
    let unlabelled = try network.evaluate(Dataset(inputs: inputs, targets: inputs))
    #expect(unlabelled.correct == nil)
    // Three rows with one output of ½ for 0 and one of nearly 1, and a row with two of ½: mean of ½(¼ + 0) and ½(¼ + ¼).
    #expect(abs(unlabelled.cost - (3 * 0.125 + 0.25) / 4) < 1e-4)
    // An answer that is no number is never right.
    let broken = try Network<Float>(weights: [Matrix([[.nan, 0], [0, .nan]])], biases: [[0, 0]])
    #expect(try broken.evaluate(Dataset(inputs: inputs, labels: [0, 0, 0, 0], classes: 2)).correct == 0)
    // More than one chunk of 500.
    let many = try Self.points(1203)
    let trained = try Self.trainer()
    let labels = try #require(many.labels)
    let slices = try [0..<500, 500..<1000, 1000..<1203].map { try trained.network.evaluate(many[$0]).correct ?? 0 }
    #expect(try trained.network.evaluate(many).correct == slices.reduce(0, +))
    #expect(labels.count == 1203)
  }
}
