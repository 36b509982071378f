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

  /// Errors of layers below the first that learns are nobody's: they are zeros, and in nobody's memory.
  @Test("has no errors below the first layer that learns")
  func errors() throws {
    var random = RandomValues(seed: 6)
    let x = try Matrix<Double>(rows: 7, columns: 6, elements: random.numbers(42, in: -1...1))
    let y = try Matrix<Double>(rows: 7, columns: 2, elements: random.numbers(14, in: -1...1))
    for frozen in [[], [0], [0, 1], [0, 1, 2]] {
      let errors = try network(frozen: frozen).trace(batch: x, targets: y, cost: .quadratic).errors
      // The activation of the third is a node of its own.
      let isZero = errors.map { $0.elements.allSatisfy { $0 == 0 } }
      #expect(isZero.filter { $0 }.count == [0, 1, 2, 4][frozen.count], "\(frozen): \(isZero)")
      #expect(isZero == isZero.sorted { $0 && !$1 })
    }
    let dropping = try Network<Double>(inputs: 6, seed: 1) {
      Dropout(0.3)
      Activation.tanh
      Dense(2)
    }
    let errors = try dropping.trace(batch: x, targets: y, cost: .quadratic).errors
    #expect(errors.map { $0.elements.allSatisfy { $0 == 0 } } == [true, true, false])
    #expect(try dropping.gradientCheck(batch: x, targets: y).distance < 1e-9)
  }

  @Test("does not switch dropout off")
  func dropout() throws {
    let data = try dataset()
    func trained(frozen: [Int]) throws -> Network<Double> {
      var network = try Network<Double>(inputs: 6, seed: 1) {
        Dense(20, activation: .tanh)
        Dropout(0.5)
        Dense(2)
      }
      network.freeze(frozen)
      let trainer = try Trainer(network, batchSize: 16, optimizer: .sgd(learningRate: 0.1), seed: 1)
      try trainer.train(epochs: 2, on: data)
      return trainer.network
    }
    #expect(try trained(frozen: [1]).parameters == trained(frozen: []).parameters)
  }

  @Test("is 0 in the gradient whatever a hook made of it")
  func hook() throws {
    var seen: [Bool] = []
    let trainer = try Trainer(
      network(frozen: [0]), batchSize: 16, optimizer: .sgd(learningRate: 0.01), seed: 1
    ) { gradient in
      seen.append(gradient[0..<140].elements.allSatisfy { $0 == 0 })
      if seen.count == 3 {
        gradient = [1]
      } else {
        gradient[5] = 7
      }
    }
    let data = try dataset()
    #expect(throws: ShapeError.self) { try trainer.train(epochs: 1, on: data) }
    try trainer.train(steps: 3, on: data)
    #expect(seen == Array(repeating: true, count: 6))
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
