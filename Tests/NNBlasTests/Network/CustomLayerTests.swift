import Foundation
import NNBlas
import TestSupport
import Testing

/// A factor for each input, learnt: as a user writes a layer.
private struct Scale: Layer {
  func parameters(inputs: Int) -> [LayerArray] { [LayerArray("weight", .vector(inputs), start: .normal(deviation: 1))] }

  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    ScaleComputation() as? any LayerComputation<S>
  }

  struct ScaleComputation: LayerComputation {
    var reach: LayerReach { .element }

    func forward(_ pass: LayerPass<Double>) {
      for row in 0..<pass.input.rows {
        let (x, y) = (pass.input[row], pass.output[row])
        for j in x.indices { y[j] = x[j] * pass.parameters[pass.columns.lowerBound + j] }
      }
    }

    func backward(_ pass: LayerPass<Double>, errors: MatrixBlock<Double>, inputErrors: MutableMatrixBlock<Double>) {
      for row in 0..<errors.rows {
        let (error, result) = (errors[row], inputErrors[row])
        for j in error.indices { result[j] = error[j] * pass.parameters[pass.columns.lowerBound + j] }
      }
    }

    func gradient(
      _ pass: LayerPass<Double>, errors: MatrixBlock<Double>, into gradient: UnsafeMutableBufferPointer<Double>,
      scale: Double, adds: Bool
    ) {
      for j in gradient.indices {
        var sum = 0.0
        for row in 0..<errors.rows { sum += errors[row][j] * pass.input[row][j] }
        gradient[j] = (adds ? gradient[j] : 0) + scale * sum
      }
    }
  }
}

/// Pairs of inputs, one half the gate of the other: a layer of another width (a gated linear unit, Dauphin and others, 2017).
private struct Gate: Layer {
  func outputs(inputs: Int) throws(ShapeError) -> Int {
    guard inputs.isMultiple(of: 2) else {
      throw .layerSetting(
        operation: "Network", layer: "Gate", name: "the number of inputs", found: "\(inputs)",
        expected: "an even number")
    }
    return inputs / 2
  }

  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    GateComputation() as? any LayerComputation<S>
  }

  struct GateComputation: LayerComputation {
    var reach: LayerReach { .row }

    func forward(_ pass: LayerPass<Double>) {
      for row in 0..<pass.input.rows {
        let (x, y, half) = (pass.input[row], pass.output[row], pass.width)
        for j in y.indices { y[j] = x[j] / (1 + exp(-x[half + j])) }
      }
    }

    func backward(_ pass: LayerPass<Double>, errors: MatrixBlock<Double>, inputErrors: MutableMatrixBlock<Double>) {
      for row in 0..<errors.rows {
        let (x, half, error, result) = (pass.input[row], pass.width, errors[row], inputErrors[row])
        for j in error.indices {
          let gate = 1 / (1 + exp(-x[half + j]))
          result[j] = error[j] * gate
          result[half + j] = error[j] * x[j] * gate * (1 - gate)
        }
      }
    }
  }
}

/// Counts the batches that it has seen, and learns nothing.
private struct Counter: Layer {
  func statistics(inputs: Int) -> [LayerArray] { [LayerArray("batches", .vector(1), start: .constant(0))] }
  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    CounterComputation() as? any LayerComputation<S>
  }

  struct CounterComputation: LayerComputation {
    var reach: LayerReach { .element }
    func forward(_ pass: LayerPass<Double>) { copy(pass.input, to: pass.output) }
    func backward(_ pass: LayerPass<Double>, errors: MatrixBlock<Double>, inputErrors: MutableMatrixBlock<Double>) {
      copy(errors, to: inputErrors)
    }
    private func copy(_ source: MatrixBlock<Double>, to target: MutableMatrixBlock<Double>) {
      for row in 0..<source.rows { _ = target[row].update(from: source[row]) }
    }
    func gather(_ statistics: UnsafeMutableBufferPointer<Double>, _ pass: LayerPass<Double>) { statistics[0] += 1 }
  }
}

/// Another width, but a reach that does not say so.
private struct Narrow: Layer {
  func outputs(inputs: Int) throws(ShapeError) -> Int { 1 }
  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    Scale.ScaleComputation() as? any LayerComputation<S>
  }
}

private struct Bent: ActivationFunction {
  var name: String { "bent-identity" }
  func evaluate(_ z: Double) -> (value: Double, slope: Double) {
    let root = (z * z + 1).squareRoot()
    return ((root - 1) / 2 + z, z / (2 * root) + 1)
  }
}

private struct LogCosh: CostFunction {
  var name: String { "log-cosh" }
  func evaluate(
    _ answer: UnsafeBufferPointer<Double>, _ target: UnsafeBufferPointer<Double>,
    derivative: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var cost = 0.0
    for j in answer.indices {
      let difference = answer[j] - target[j]
      cost += log(cosh(difference))
      derivative[j] = tanh(difference)
    }
    return cost
  }
}

@Suite("Layers, activations and costs of a user's own")
struct CustomLayerTests {
  private func network(seed: UInt64 = 5) throws -> Network<Double> {
    try Network(inputs: 6, initializer: .scaledNormal, seed: seed) {
      Scale()
      Dense(8, activation: .custom(Bent()))
      Gate()
      Dense(40, activation: .tanh)
      Scale()
      Dense(3)
    }
  }

  private func batch(_ rows: Int) throws -> (Matrix<Double>, Matrix<Double>) {
    var random = RandomValues(seed: 12)
    return (
      try Matrix(rows: rows, columns: 6, elements: random.numbers(rows * 6, in: -1...1)),
      try Matrix(rows: rows, columns: 3, elements: random.numbers(rows * 3, in: -1...1))
    )
  }

  @Test("have the gradients that central differences have", arguments: [1, 5, 64])
  func gradients(rows: Int) throws {
    let (x, y) = try batch(rows)
    for cost in [Cost.custom(LogCosh()), .quadratic] {
      let check = try network().gradientCheck(batch: x, targets: y, cost: cost)
      #expect(check.distance < 1e-9, "\(check)")
      #expect(check.count == 6 + 6 * 8 + 8 + 4 * 40 + 40 + 40 + 40 * 3 + 3)
    }
  }

  @Test("are trained to the same bits on any number of threads")
  func training() throws {
    let (x, y) = try batch(83)
    let dataset = try Dataset(inputs: x, targets: y)
    var networks: [Network<Double>] = []
    for threads in 1...3 {
      let trainer = try Trainer(
        network(), batchSize: 32, cost: .custom(LogCosh()), optimizer: .adam(learningRate: 0.01), seed: 2,
        threads: threads)
      var costs: [Double] = []
      try trainer.train(epochs: 20, on: dataset) { costs.append($0.cost) }
      #expect(costs[19] < 0.6 * costs[0])
      networks.append(trainer.network)
    }
    #expect(networks[0] == networks[1] && networks[0] == networks[2])
    // A prediction is what the definitions say.
    let trained = networks[0]
    let parameters = trained.parameters.elements
    #expect(try trained.predict(x.row(0)).count == 3 && parameters.count == trained.parameterCount)
    #expect(try trained.predict(batch: x).row(7) == trained.predict(batch: x).row(7))
  }

  @Test("gather without learning, first and between, unless frozen", arguments: [1, 2], [false, true])
  func gathering(threads: Int, hasMomentum: Bool) throws {
    let (x, y) = try batch(83)
    var network = try Network<Double>(inputs: 6, seed: 1) {
      Counter()
      Dense(40, activation: .tanh)
      Counter()
      Dense(3)
      Counter()
    }
    network.freeze([4])
    let trainer = try Trainer(
      network, batchSize: 32, optimizer: hasMomentum ? .momentum(learningRate: 0.01) : .sgd(learningRate: 0.01),
      seed: 2, threads: threads)
    try trainer.train(epochs: 2, on: Dataset(inputs: x, targets: y))
    #expect(trainer.network.gathered == [6, 6, 0])
    // So they do where gradients are stored, added up, clipped and looked at.
    let stored = try Trainer(
      network, batchSize: 32, optimizer: hasMomentum ? .momentum(learningRate: 0.01) : .sgd(learningRate: 0.01),
      clipping: .norm(1), accumulation: 2, averaging: 0.9, seed: 2, threads: threads, gradientHook: { _ in })
    try stored.train(epochs: 2, on: Dataset(inputs: x, targets: y))
    #expect(stored.network.gathered == [6, 6, 0])
  }

  @Test("are told by name where there is nothing for the network's scalar, or for its width")
  func refused() throws {
    #expect(
      message { _ = try Network<Float>(inputs: 4, layers: [Scale()], seed: 1) }
        == "Network: layer 1, Scale 4 → 4: Scale has no computation in f32; make a network of the scalar that it is "
        + "written for")
    #expect(
      message { _ = try Network<Float>(inputs: 4, layers: [Dense(2, activation: .custom(Bent()))], seed: 1) }
        == "Network: layer 1, Dense 4 → 2: bent-identity has no computation in f32; make a network of the scalar that it "
        + "is written for")
    #expect(
      message { _ = try Network<Double>(inputs: 3, layers: [Gate()], seed: 1) }
        == "Network: the number of inputs of Gate is 3, expected an even number")
    #expect(
      message { _ = try Network<Double>(inputs: 3, layers: [Narrow()], seed: 1) }
        == "Network: layer 1, Narrow 3 → 1: Narrow makes 1 of 3 numbers, but its reach is not a row; let its computation "
        + "reach .row")
    #expect(
      message {
        _ = try Trainer(
          Network<Float>(sizes: [2, 3], seed: 1), batchSize: 1, cost: .custom(LogCosh()),
          optimizer: .sgd(learningRate: 1), seed: 1)
      }
        == "Trainer: layer 1, Dense 2 → 3: the cost log-cosh has no function in f32; make a network of the scalar that it "
        + "is written for")
  }
}
