import NNBlas
import TestSupport
import Testing

@Suite("Penalties, limits, sums and means")
struct AdjustmentTests {
  private func refusal(
    cost: Cost = .quadratic, regularization: Regularization = .none, clipping: GradientClipping? = nil,
    accumulation: Int = 1,
    averaging: Double? = nil, schedule: LearningRateSchedule = .constant,
    optimizer: Optimizer = .sgd(learningRate: 1)
  ) -> String? {
    TestSupport.message {
      _ = try Trainer(
        Network<Float>(sizes: [2, 3], seed: 1), batchSize: 1, cost: cost, optimizer: optimizer, schedule: schedule,
        regularization: regularization, clipping: clipping, accumulation: accumulation, averaging: averaging, seed: 1)
    }
  }

  @Test("are refused out of their ranges")
  func ranges() {
    #expect(
      refusal(regularization: Regularization(l2: -1))
        == "Trainer: l2 is -1.0, expected a number from 0 on, finite once rounded to f32")
    #expect(
      refusal(regularization: Regularization(l1: .nan))
        == "Trainer: l1 is nan, expected a number from 0 on, finite once rounded to f32")
    #expect(
      refusal(clipping: .norm(0))
        == "Trainer: clipping is 0.0, expected a number above 0 and finite once rounded to f32")
    #expect(refusal(accumulation: 0) == "Trainer: accumulation is 0, expected 1 to 2147483647 batches")
    #expect(refusal(averaging: 1) == "Trainer: averaging is 1.0, expected a number from 0 to below 1")
    #expect(
      refusal(schedule: .warmUp(updates: 3, then: .step(every: 0, factor: 0.5)))
        == "Trainer: schedule's every is 0, expected at least 1")
    #expect(
      refusal(schedule: .exponential(factor: 0))
        == "Trainer: schedule's factor is 0.0, expected a number above 0, at most 1")
    #expect(
      refusal(schedule: .cosine(updates: 3, final: 2))
        == "Trainer: schedule's final is 2.0, expected a number from 0 to 1")
    #expect(
      refusal(cost: .huber(threshold: 0))
        == "Trainer: the parameter of the cost is huber(0.0), expected a threshold above 0, or a label smoothing from 0 to "
        + "below 1")
    #expect(
      refusal(optimizer: .adamW(learningRate: 0.5, weightDecay: 2))
        == "Trainer: weightDecay is 2.0, expected a number from 0 to below 2.0, 1 / the learning rate")
    #expect(
      refusal(optimizer: .rmsProp(learningRate: 0.5, decay: 1))
        == "Trainer: decay is 1.0, expected a number from 0 to below 1 once rounded to f32")
  }

  /// The book's L2 goes through the product's β where there is nothing else, and through stored gradients with a hook: the same but
  /// for roundings.
  @Test("L2 in the product is L2 on the gradient")
  func decay() throws {
    var random = RandomValues(seed: 9)
    let dataset = try Dataset(
      inputs: Matrix<Double>(rows: 40, columns: 784, elements: random.numbers(40 * 784, in: 0...1)),
      targets: Matrix<Double>(rows: 40, columns: 10, elements: random.numbers(400, in: 0...1)))
    for batch in [1, 10] {
      let networks = try [nil, { (_: inout Vector<Double>) in }].map { hook in
        let trainer = try Trainer(
          Network<Double>(sizes: [784, 30, 10], initializer: .scaledNormal, seed: 1), batchSize: batch,
          optimizer: .sgd(learningRate: 0.5), regularization: Regularization(l2: 0.01), seed: 1, gradientHook: hook)
        try trainer.train(epochs: 2, on: dataset)
        return trainer.network.parameters.elements
      }
      #expect(zip(networks[0], networks[1]).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test("Batches added up are one batch of all their examples, the last of an epoch too")
  func accumulation() throws {
    var random = RandomValues(seed: 10)
    // 43 examples: three groups of 12, then one of 4 and of 3.
    let dataset = try Dataset(
      inputs: Matrix<Double>(rows: 43, columns: 5, elements: random.numbers(215, in: -1...1)),
      targets: Matrix<Double>(rows: 43, columns: 2, elements: random.numbers(86, in: -1...1)))
    func train(batch: Int, accumulation: Int, calls: Int) throws -> [Double] {
      let trainer = try Trainer(
        Network<Double>(sizes: [5, 20, 2], seed: 1), batchSize: batch, optimizer: .momentum(learningRate: 0.1),
        accumulation: accumulation, seed: 1)
      if calls == 1 {
        try trainer.train(epochs: 2, on: dataset)
      } else {
        // Stops in the middle of groups change nothing.
        while trainer.completedEpochs < 2 { try trainer.train(steps: 1, on: dataset) }
      }
      return trainer.network.parameters.elements
    }
    let (whole, parts) = (
      try train(batch: 12, accumulation: 1, calls: 1), try train(batch: 4, accumulation: 3, calls: 1)
    )
    #expect(zip(whole, parts).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(try train(batch: 4, accumulation: 3, calls: 22) == parts)
  }

  @Test("Weights of examples are as if examples came more often")
  func weights() throws {
    var random = RandomValues(seed: 11)
    let x: [[Double]] = (0..<6).map { _ in random.numbers(4, in: -1...1) }
    let labels = [0, 1, 2, 0, 1, 2]
    let dataset = try Dataset(inputs: x, labels: labels, classes: 3)
    let repeated = try Dataset(
      inputs: x + [x[1], x[4], x[2], x[2], x[5], x[5]], labels: labels + [1, 1, 2, 2, 2, 2], classes: 3)
    func cost(_ dataset: Dataset) throws -> Double {
      try Network<Double>(sizes: [4, 5, 3], activation: .tanh).evaluate(dataset, cost: .quadratic).cost
    }
    // Twelve of the one are six of the other.
    #expect(try abs(cost(dataset.weighted(byClass: [1, 2, 3])) - 2 * cost(repeated)) < 1e-14)
    #expect(
      message { _ = try dataset.weighted(byClass: [1, 2]) }
        == "weighted(byClass:): the number of weights is 2, expected 3, one for each class")
    #expect(
      message { _ = try dataset.weighted(by: [1, 2, 3, -1, 5, 6]) }
        == "weights: -1.0 at index 3, expected a number from 0 on that is finite in f32")
  }

  @Test("A factor of the learning rate is as good as another rate")
  func factor() throws {
    var random = RandomValues(seed: 12)
    let dataset = try Dataset(
      inputs: Matrix<Double>(rows: 20, columns: 4, elements: random.numbers(80, in: -1...1)),
      targets: Matrix<Double>(rows: 20, columns: 2, elements: random.numbers(40, in: -1...1)))
    func train(_ rate: Double, factor: Double) throws -> Network<Double> {
      let trainer = try Trainer(
        Network<Double>(sizes: [4, 6, 2], seed: 1), batchSize: 5, optimizer: .sgd(learningRate: rate), seed: 1)
      trainer.learningRateFactor = factor
      try trainer.train(epochs: 1, on: dataset)
      return trainer.network
    }
    #expect(try train(1, factor: 0.25) == train(0.25, factor: 1))
    #expect(
      message { _ = try train(1, factor: 0) }
        == "Trainer: learningRateFactor is 0.0, expected a number above 0 and finite")
  }
}

extension Network where S == Double {
  fileprivate init(sizes: [Int], activation: Activation) throws {
    try self.init(inputs: sizes[0], layers: sizes.dropFirst().map { Dense($0, activation: activation) }, seed: 3)
  }
}
