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
