import NNBlas
import TestSupport
import Testing

@Suite("A trainer's errors")
struct TrainingErrorTests {
  private let network = try? Network<Double>(sizes: [2, 2], seed: 1)

  private func trainer(batchSize: Int = 1, rate: Double = 1) throws -> Trainer<Double> {
    try Trainer(#require(network), batchSize: batchSize, optimizer: .sgd(learningRate: rate), seed: 1)
  }

  @Test("Settings out of range are named")
  func settings() throws {
    #expect(message { _ = try trainer(batchSize: 0) } == "Trainer: batchSize is 0, expected at least 1")
    for rate in [0, -1, .nan, .infinity] {
      #expect(
        message { _ = try trainer(rate: rate) }
          == "Trainer: learningRate is \(rate), expected a number above 0 and finite once rounded to f64")
    }
    // Infinite, and zero, in Float.
    let float = try Network<Float>(sizes: [2, 2], seed: 1)
    for rate in [1e308, 1e-60] {
      #expect(
        message { _ = try Trainer(float, batchSize: 1, optimizer: .sgd(learningRate: rate), seed: 1) }
          == "Trainer: learningRate is \(rate), expected a number above 0 and finite once rounded to f32")
    }
    let dataset = try Dataset(inputs: [[1.0, 2]], labels: [1], classes: 2)
    // The largest numbers there are: one batch of all examples, and an epoch count whose sum would overflow.
    let greedy = try trainer(batchSize: .max)
    #expect(throws: Never.self) { try greedy.train(epochs: 1, on: dataset) }
    #expect(
      message { try greedy.train(epochs: .max, on: dataset) }
        == "Trainer: epochs is \(Int.max), expected 1 to \(Int.max - 1), after 1")
    #expect(
      message { try trainer().train(epochs: 0, on: dataset) }
        == "Trainer: epochs is 0, expected 1 to \(Int.max), after 0")
    // More threads than any machine should be asked for.
    for threads in [-1, 0, 1025, Int.max] {
      let expected = "Trainer: threads is \(threads), expected 1 to 1024"
      #expect(
        message {
          _ = try Trainer(#require(network), batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1, threads: threads)
        } == expected)
      #expect(message { _ = try network?.evaluate(dataset, threads: threads) } == expected)
    }
    #expect(message { try trainer().train(steps: 0, on: dataset) } == "Trainer: steps is 0, expected at least 1")
  }

  @Test("Data that do not fit are refused before the first step")
  func data() throws {
    let wide = try Dataset(inputs: [[1.0, 2, 3]], labels: [1], classes: 2)
    #expect(
      message { try trainer().train(epochs: 1, on: wide) }
        == "train: the training data is 1×3, read as 1 example of 3 inputs, expected 2 inputs (layer 1, Dense 2 → 2)")
    let classes = try Dataset(inputs: [[1.0, 2]], labels: [1], classes: 3)
    let good = try Dataset(inputs: [[1.0, 2]], labels: [1], classes: 2)
    let subject = try trainer()
    #expect(
      message { try subject.train(epochs: 1, on: good, evaluating: classes) }
        == "train: the evaluation data is 1×3, read as 1 example of 3 targets, expected 2 targets (layer 1, Dense 2 → 2)"
    )
    #expect(subject.network == network)
    #expect(
      message { try trainer().train(steps: 1, on: good[0..<0]) }
        == "the training data: 0 examples, expected at least 1")
    #expect(
      message { _ = try network?.evaluate(good[0..<0]) } == "dataset: 0 examples, expected at least 1")
  }

  @Test("Targets that a cost is not defined for are refused before the first step, whatever their type")
  func targetsOfCost() throws {
    let network = try Network<Double>(inputs: 2, seed: 1) { Dense(2) }
    func dataset<S: Scalar>(_ last: [S]) throws -> Dataset {
      // More rows than a block has.
      let rows = 5_000
      return try Dataset(
        inputs: Matrix<S>(rows: rows, columns: 2),
        targets: Matrix<S>([[S]](repeating: [0.25, 0.75], count: rows - 1) + [last]))
    }
    func check<S: Scalar>(_: S.Type, _ last: [S], _ cost: Cost, _ expected: String) throws {
      let (wrong, right) = (try dataset(last), try dataset([S(0), 1]))
      let trainer = try Trainer(network, batchSize: 10, cost: cost, optimizer: .sgd(learningRate: 1), seed: 1)
      func text(_ name: String) -> String { "\(name): the target in row 4999 has \(expected)" }
      #expect(message { try trainer.train(epochs: 1, on: wrong) }.hasPrefix(text("the training data")))
      #expect(
        message { try trainer.train(steps: 1, on: right, evaluating: wrong) }.hasPrefix(text("the evaluation data")))
      #expect(message { _ = try network.evaluate(wrong, cost: cost) }.hasPrefix(text("dataset")))
      #expect(message { _ = try network.metrics(on: wrong, cost: cost) }.hasPrefix(text("dataset")))
      #expect(trainer.network == network)
      #expect(throws: Never.self) { try network.evaluate(right, cost: cost) }
      #expect(throws: Never.self) { try network.evaluate(wrong, cost: .meanSquaredError) }
    }
    try check(Double.self, [0.5, 1.5], .crossEntropy, "1.5, expected numbers from 0 to 1 for the cost cross-entropy")
    try check(Float.self, [-0.5, 1.5], .softmaxCrossEntropy, "-0.5, expected numbers from 0 to 1")
    try check(
      Float.self, [0.5, 0.75], .softmaxCrossEntropy(labelSmoothing: 0.5),
      "numbers whose sum is 1.25, expected a distribution, whose sum is 1")
    // Several labels at once, and what rounding leaves of a third and two.
    #expect(throws: Never.self) { try network.evaluate(dataset([1.0, 1.0]), cost: .crossEntropy) }
    #expect(throws: Never.self) { try network.evaluate(dataset([0.333_33, 0.666_66]), cost: .softmaxCrossEntropy) }
  }

  @Test("Numbers that the network's precision cannot express are refused, with their place")
  func overflow() throws {
    let network = try Network<Float>(sizes: [2, 1], seed: 1)
    let inputs = try Dataset(inputs: [[1.0, 2], [3, -1e39]], targets: [[0.0], [0]])
    #expect(
      message { _ = try network.evaluate(inputs) }
        == "inputs of dataset: -1e+39, infinite in f32, in row 1, column 1, expected a finite number; "
        + "clean or impute the data first")
    let targets = try Dataset(inputs: [[1.0, 2]], targets: [[1e39]])
    #expect(
      message { _ = try network.evaluate(targets) }.hasPrefix("targets of dataset: 1e+39, infinite in f32, in row 0"))
    // The largest number that is finite in Float, and the same data in Double.
    let largest = try Dataset(inputs: [[3.4028234663852886e38, 0.0]], targets: [[0.0]])
    #expect(throws: Never.self) { try network.evaluate(largest) }
    #expect(throws: Never.self) { try Network<Double>(sizes: [2, 1], seed: 1).evaluate(inputs) }
  }

  @Test("A cost that is not finite stops the run before the parameters change")
  func costNotFinite() throws {
    // A finite target whose squared distance overflows.
    let trainer = try trainer()
    let dataset = try Dataset(inputs: [[0, 0], [1, 1]], targets: [[0.5, 0.5], [1e200, 0.5]])
    let error = message { try trainer.train(epochs: 1, on: dataset, order: .sequential) }
    let stopped = trainer.network
    #expect(stopped.parameters.elements.allSatisfy { $0.isFinite })
    #expect(trainer.stepsInEpoch == 1)
    // One step was taken, and none of the second.
    let once = try self.trainer()
    try once.train(steps: 1, on: dataset[0..<1], order: .sequential)
    #expect(stopped == once.network)
    let largest = try stopped.backpropagate(x: [1, 1], y: [1e200, 0.5]).parameters.elements.map(abs).max() ?? 0
    #expect(largest > 1e198)
    #expect(
      error
        == "train: the cost is inf and the largest derivative \(largest) (layer 1, Dense 2 → 2) in epoch 1, step 2, "
        + "expected numbers whose sums are finite; lower the learning rate, clip gradients, or scale the inputs; "
        + "the parameters are as before this step")
  }

  @Test("What a report throws ends the run and passes through")
  func reportThrows() throws {
    struct Stop: Error {}
    let dataset = try Dataset(inputs: [[1.0, 2]], labels: [1], classes: 2)
    let subject = try trainer()
    #expect(throws: Stop.self) { try subject.train(epochs: 5, on: dataset) { _ in throw Stop() } }
    #expect(subject.completedEpochs == 1)
  }

  @Test("A trainer that is called from within itself refuses, and goes on")
  func reentered() throws {
    let dataset = try Dataset(inputs: [[1.0, 2], [3, 4]], labels: [1, 0], classes: 2)
    let subject = try trainer()
    let expected =
      "train: called while this trainer is training, from one of its closures or another thread, "
      + "expected one call at a time; train on when the first has returned"
    var told: [String] = []
    try subject.train(epochs: 1, on: dataset) { _ in
      told.append(message { try subject.train(steps: 1, on: dataset) })
    } progress: { _ in
      told.append(message { try subject.train(epochs: 1, on: dataset, monitorsTraining: true) })
    }
    #expect(told == [expected, expected, expected])
    // The calls that were refused have changed nothing.
    let undisturbed = try trainer()
    try undisturbed.train(epochs: 1, on: dataset)
    #expect(subject.network == undisturbed.network)
    #expect(subject.completedEpochs == 1)
    // After an error as well, the next call is welcome.
    struct Stop: Error {}
    #expect(throws: Stop.self) { try subject.train(epochs: 1, on: dataset, report: { _ in throw Stop() }) }
    #expect(throws: Never.self) { try subject.train(epochs: 1, on: dataset) }
  }

  /// The first step of 10¹⁵⁰ · 10²⁰⁰ leaves infinite weights behind, where σ and the cost stay finite.
  @Test("Parameters that are not finite are an error where the cost still is one")
  func infiniteParameters() throws {
    let dataset = try Dataset(inputs: [[1e200, 1e200]], targets: [[0.5, 0.5]])
    let start = try Network<Double>(weights: [Matrix([[0, 0], [0, 0]])], biases: [[1, 1]])
    let subject = try Trainer(start, batchSize: 1, optimizer: .sgd(learningRate: 1e150), seed: 1)
    #expect(
      message { try subject.train(epochs: 3, on: dataset) }
        == "train: a parameter is -inf after epoch 1, step 1, expected a finite number; "
        + "lower the learning rate, or scale the inputs")
    // With such weights the cost of (1, −1) is no number: the weights are named, not the cost that they spoil.
    let opposed = try Dataset(inputs: [[1e200, 1e200], [1e200, -1e200]], targets: [[0.5, 0.5], [0.5, 0.5]])
    let other = try Trainer(start, batchSize: 1, optimizer: .sgd(learningRate: 1e150), seed: 1)
    #expect(
      message { try other.train(epochs: 1, on: opposed, order: .sequential) }
        == "train: a parameter is -inf after epoch 1, step 1, expected a finite number; "
        + "lower the learning rate, or scale the inputs")
  }
}
