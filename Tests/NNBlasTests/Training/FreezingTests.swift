import NNBlas
import TestSupport
import Testing

@Suite("What does not learn")
struct FreezingTests {
  private func dataset() throws -> Dataset {
    var random = RandomValues(seed: 4)
    return try Dataset(
      inputs: Matrix<Double>(rows: 50, columns: 6, elements: random.numbers(300, in: -1...1)),
      targets: Matrix<Double>(rows: 50, columns: 2, elements: random.numbers(100, in: -1...1)))
  }

  private func network(frozen: [Int]) throws -> Network<Double> {
    var network = try Network<Double>(inputs: 6, seed: 1) {
      Dense(20, activation: .tanh)
      BatchNorm()
      Dense(12, activation: .gelu)
      Dense(2)
    }
    network.freeze(frozen)
    return network
  }

  @Test("keeps its numbers, while the rest learns", arguments: [[0], [1], [0, 1], [2], [0, 1, 2], [3], [1, 3]])
  func frozen(layers: [Int]) throws {
    for optimizer in [Optimizer.sgd(learningRate: 0.1), .adam(learningRate: 0.01)] {
      for hook: Trainer<Double>.GradientHook? in [nil, { _ in }] {
        let start = try network(frozen: layers)
        let trainer = try Trainer(start, batchSize: 16, optimizer: optimizer, seed: 1, gradientHook: hook)
        try trainer.train(epochs: 3, on: dataset())
        let end = trainer.network
        let ranges = [0..<140, 140..<180, 180..<432, 432..<458]
        for (layer, range) in ranges.enumerated() {
          #expect((start.parameters[range] == end.parameters[range]) == layers.contains(layer), "layer \(layer)")
        }
        #expect((start.gathered == end.gathered) == layers.contains(1))
      }
    }
  }

  @Test("leaves the gradient of what learns as it was")
  func gradient() throws {
    var random = RandomValues(seed: 6)
    let x = try Matrix<Double>(rows: 7, columns: 6, elements: random.numbers(42, in: -1...1))
    let y = try Matrix<Double>(rows: 7, columns: 2, elements: random.numbers(14, in: -1...1))
    let whole = try network(frozen: []).backpropagate(batch: x, targets: y).parameters
    let part = try network(frozen: [0, 2]).backpropagate(batch: x, targets: y).parameters
    #expect(part[432..<458] == whole[432..<458] && part[140..<180] == whole[140..<180])
    #expect(part[0..<140].elements.allSatisfy { $0 == 0 } && part[180..<432].elements.allSatisfy { $0 == 0 })
  }

  @Test("takes fewer operations")
  func operations() throws {
    let (a, b, c) = (6 * 20, 20 * 12, 12 * 2)
    #expect(try network(frozen: []).trainingOperationsPerExample == 4 * a + 6 * b + 6 * c)
    #expect(try network(frozen: [0, 1]).trainingOperationsPerExample == 2 * a + 4 * b + 6 * c)
    #expect(try network(frozen: [3]).trainingOperationsPerExample == 4 * a + 6 * b + 4 * c)
  }

  @Test("cannot be all of a network")
  func all() {
    #expect(
      message {
        _ = try Trainer(network(frozen: [0, 1, 2, 3]), batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1)
      }
        == "Trainer: network is one of 4 frozen layers, in which nothing learns, expected at least one layer with parameters "
        + "that is not frozen")
  }
}
