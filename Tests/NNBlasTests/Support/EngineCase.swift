import NNBlas
import Testing

/// A network, its training settings and data for it, drawn from a seed.
struct EngineCase: CustomTestStringConvertible, Sendable {
  let inputs: Int
  let layers: [Dense]
  let batch: Int
  let examples: Int
  let cost: Cost
  let optimizer: Optimizer
  let seed: UInt64

  /// 1 to 5 layers, widths 1 to 300, batches 1 to 70; every cost and optimizer in turn, every activation by chance. The data
  /// set has a short last batch more often than not.
  init(seed: UInt64) {
    var generator = Philox(seed: seed, stream: .custom(77))
    let depth = Int.random(in: 1...5, using: &generator)
    /// As many narrow layers as wide ones: 1 to 300, spread evenly over the orders of magnitude.
    func width() -> Int {
      let octave = Int.random(in: 0...8, using: &generator)
      return min(300, Int.random(in: 1 << octave...(2 << octave) - 1, using: &generator))
    }
    let cost = Cost.allCases[Int(seed) % Cost.allCases.count]
    inputs = width()
    layers = (1...depth).map { layer in
      let activation = Activation.ofOneNumber.randomElement(using: &generator) ?? .relu
      return Dense(width(), activation: layer == depth ? cost.outputActivations?.first ?? activation : activation)
    }
    // Batches of one example are a case of their own, and come often.
    batch = Int.random(in: 0...3, using: &generator) == 0 ? 1 : Int.random(in: 2...70, using: &generator)
    examples = batch * 2 + Int.random(in: 0..<batch, using: &generator)
    self.cost = cost
    optimizer =
      [
        .sgd(learningRate: 0.05), .momentum(learningRate: 0.01), .adam(learningRate: 0.01, epsilon: 1e-3),
        .nesterov(learningRate: 0.01), .rmsProp(learningRate: 0.001, epsilon: 1e-3),
      ][Int(seed) / Cost.allCases.count % 5]
    self.seed = seed
  }

  var testDescription: String {
    let sizes = layers.map { "\($0.outputs) \($0.activation)" }.joined(separator: " - ")
    return "\(seed): \(inputs) - \(sizes), batch \(batch), \(examples) examples, \(cost), \(optimizer)"
  }

  func network<S: Scalar>(as _: S.Type = S.self) throws -> Network<S> {
    try Network(inputs: inputs, layers: layers, initializer: .scaledNormal, seed: seed)
  }

  /// Inputs from −1 to 1; targets are distributions, which every cost takes.
  func dataset<S: Scalar>(as _: S.Type = S.self) throws -> Dataset {
    var random = RandomValues(seed: seed + 1000)
    let outputs = layers[layers.count - 1].outputs
    let x: [S] = random.numbers(examples * inputs, in: -1...1)
    let y: [S] = random.numbers(examples * outputs, in: 0.01...1)
    var targets = try Matrix(rows: examples, columns: outputs, elements: y)
    for i in 0..<examples {
      let sum = (0..<outputs).reduce(S(0)) { $0 + targets[i, $1] }
      for j in 0..<outputs { targets[i, j] /= sum }
    }
    return try Dataset(inputs: Matrix(rows: examples, columns: inputs, elements: x), targets: targets)
  }

  func trainer<S: Scalar>(
    threads: Int? = nil, as _: S.Type = S.self, gradientHook: Trainer<S>.GradientHook? = nil
  ) throws -> Trainer<S> {
    try Trainer(
      network(), batchSize: batch, cost: cost, optimizer: optimizer, seed: seed, threads: threads,
      gradientHook: gradientHook)
  }
}
