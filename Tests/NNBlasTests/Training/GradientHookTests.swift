import NNBlas
import TestSupport
import Testing

@Suite("Gradient hooks")
struct GradientHookTests {
  @Test("see the gradient of the batch, and what they make of it is what is descended", arguments: 0..<6)
  func changes(seed: UInt64) throws {
    let example = EngineCase(seed: seed)
    let dataset = try example.dataset(as: Double.self)
    let network: Network<Double> = try example.network()
    let batch = try Batch<Double>(Array(0..<Int32(example.batch)), of: dataset)
    let expected = try network.backpropagate(batch: batch.inputs, targets: batch.targets, cost: example.cost)
    var seen: Vector<Double> = []
    let trainer = try Trainer(
      network, batchSize: example.batch, cost: example.cost, optimizer: .sgd(learningRate: 2), seed: 1, threads: 2
    ) { gradient in
      seen = Vector(gradient.elements)
      for index in 0..<gradient.count { gradient[index] = Double(index) }
    }
    let report = try trainer.train(steps: 1, on: dataset, order: .sequential)
    #expect(seen == expected.parameters)
    #expect(report.cost == expected.cost)
    let before = network.parameters.elements
    let isDescended = trainer.network.parameters.elements.enumerated().allSatisfy { index, value in
      abs(value - (before[index] - 2 * Double(index))) <= 1e-12 * Double(index + 1)
    }
    #expect(isDescended)
  }

  @Test("that throw leave what is dropped in that step as it was")
  func dropped() throws {
    struct Refused: Error {}
    var random = RandomValues(seed: 5)
    let x = try Matrix<Double>(rows: 12, columns: 3, elements: random.numbers(36, in: -1...1))
    let dataset = try Dataset(inputs: x, targets: x)
    func trained(failing: Int) throws -> Vector<Double> {
      var calls = 0
      let network = try Network<Double>(inputs: 3, seed: 1) {
        Dense(8, activation: .tanh)
        Dropout(0.5)
        Dense(3)
      }
      let trainer = try Trainer(network, batchSize: 2, optimizer: .sgd(learningRate: 0.1), seed: 2) { _ in
        calls += 1
        if calls == failing { throw Refused() }
      }
      do { try trainer.train(epochs: 1, on: dataset) } catch is Refused { try trainer.train(epochs: 1, on: dataset) }
      return trainer.network.parameters
    }
    #expect(try trained(failing: 2) == trained(failing: 0))
  }

  @Test("that leave what is not finite change nothing, and are told which layer it is of")
  func notFinite() throws {
    let example = EngineCase(seed: 3)
    let dataset = try example.dataset(as: Float.self)
    for value in [Float.nan, .infinity] {
      let trainer = try Trainer(
        Network<Float>(sizes: [dataset.inputWidth, 3, dataset.targetWidth], seed: 1),
        batchSize: example.batch, optimizer: .adam(learningRate: 1), seed: 1
      ) { $0[$0.count - 1] = value }
      let before = trainer.trainingState
      let text = message { try trainer.train(steps: 1, on: dataset) }
      #expect(text.contains("the largest derivative \(value) (layer 2, Dense 3 → "), "\(text)")
      #expect(trainer.trainingState == before)
    }
  }

  @Test("that throw or replace the gradient by another shape leave the parameters alone")
  func refused() throws {
    struct Refused: Error {}
    let example = EngineCase(seed: 3)
    let dataset = try example.dataset(as: Float.self)
    var calls = 0
    let trainer = try example.trainer(threads: 2, as: Float.self) { gradient in
      calls += 1
      if calls == 2 { throw Refused() }
      if calls == 3 { gradient = [1, 2] }
    }
    try trainer.train(steps: 1, on: dataset)
    let before = trainer.network
    #expect(throws: Refused.self) { try trainer.train(steps: 1, on: dataset) }
    #expect(
      message { try trainer.train(steps: 1, on: dataset) }
        == "gradientHook: gradient is a vector of 2, expected a vector of \(before.parameters.count) for as many parameters"
    )
    #expect(trainer.network == before && trainer.stepsInEpoch == 1)
    // It goes on as if nothing had been.
    let other = try example.trainer(threads: 1, as: Float.self) { _ in }
    try other.train(steps: 3, on: dataset)
    try trainer.train(steps: 2, on: dataset)
    #expect(trainer.network == other.network)
  }
}
