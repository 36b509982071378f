import NNBlas
import Testing

@Suite("A step of the engine")
struct EngineOracleTests {
  static let cases = (0..<72).map { EngineCase(seed: UInt64($0)) }

  @Test("There are cases of every kind")
  func casesOfEveryKind() {
    let cases = Self.cases
    #expect(Set(cases.map(\.layers.count)) == [1, 2, 3, 4, 5])
    #expect(cases.contains { $0.batch == 1 } && cases.contains { $0.batch > 60 })
    #expect(cases.contains { $0.examples % $0.batch == 0 } && cases.contains { $0.examples % $0.batch == 1 })
    // Each cost with each optimizer, each activation inside a network.
    #expect(Set(cases.map { "\($0.cost) \("\($0.optimizer)".prefix(4))" }).count == 30)
    #expect(Set(cases.flatMap { $0.layers.dropLast().map(\.activation) }) == Set(Activation.ofOneNumber))
    #expect(cases.contains { $0.layers.contains { $0.outputs > 200 } && $0.batch > 30 })
  }

  @Test("agrees with the plain step, batch after batch, the short last one too", arguments: cases)
  func agrees(_ example: EngineCase) throws {
    // A sum of n products is off by √n roundings or so; the bounds are those for widths of 300 and some ten steps.
    try Self.check(example, relative: 1e-12, as: Double.self)
    try Self.check(example, relative: 2e-5, as: Float.self)
  }

  @Test("that stores its gradient agrees too", arguments: cases)
  func stored(_ example: EngineCase) throws {
    try Self.check(example, relative: 1e-12, as: Double.self) { _ in }
    try Self.check(example, relative: 2e-5, as: Float.self) { _ in }
  }

  /// Trains both through an epoch.
  static func check<S: Scalar>(
    _ example: EngineCase, relative: Double, as _: S.Type, gradientHook: Trainer<S>.GradientHook? = nil
  ) throws {
    let dataset = try example.dataset(as: S.self)
    let trainer = try example.trainer(threads: 2, as: S.self, gradientHook: gradientHook)
    var plain = try PlainTrainer(trainer.network, cost: example.cost, optimizer: example.optimizer)
    let all = try Batch<Double>(Array(0..<Int32(example.examples)), of: dataset)
    for start in stride(from: 0, to: example.examples, by: example.batch) {
      let rows = start..<min(start + example.batch, example.examples)
      let expected = try plain.step(all.inputs[rows: rows], all.targets[rows: rows])
      let report = try trainer.train(steps: 1, on: dataset, order: .sequential)
      #expect(abs(report.cost - expected) <= relative * max(1, abs(expected)))
    }
    for (index, layer) in trainer.network.layers.enumerated() {
      let weights = zip(layer.weights.elements, plain.weights[index].elements).map { Double($0) - $1 }
      #expect(norm(weights) <= relative * norm(plain.weights[index].elements), "weights of layer \(index + 1)")
      let biases = zip(layer.biases.elements, plain.biases[index]).map { Double($0) - $1 }
      #expect(norm(biases) <= relative * norm(plain.biases[index]), "biases of layer \(index + 1)")
    }
  }

  @Test("leaves the parameters alone where the cost is not finite", arguments: [1, 4])
  func nothingUpdated(batch: Int) throws {
    var inputs = [[Double]](repeating: [1, 1], count: 8)
    inputs[4] = [1e308, 1e308]
    let dataset = try Dataset(inputs: inputs, targets: inputs.map { _ in [0.0] })
    let network = try Network<Double>(
      weights: [Matrix([[1, 1], [1, 1]]), Matrix([[1, 1]])], biases: [[0, 0], [0]],
      activations: [.relu, .identity])
    for optimizer in [Optimizer.sgd(learningRate: 1e-3), .adam(learningRate: 1e-3)] {
      let trainer = try Trainer(network, batchSize: batch, optimizer: optimizer, seed: 1, threads: 2)
      try trainer.train(steps: 4 / batch, on: dataset, order: .sequential)
      let before = trainer.network
      // ∞ · ∞.
      let expected = TrainingError.stepNotFinite(
        epoch: 1, step: 4 / batch + 1, cost: "inf", layer: "layer 2, Dense 2 → 1", gradient: "inf")
      #expect(throws: expected) { try trainer.train(steps: 1, on: dataset, order: .sequential) }
      #expect(trainer.network == before && before != network)
      #expect(trainer.stepsInEpoch == 4 / batch)
    }
  }
}
