import NNBlas

/// A network, its training settings and a precision: what an epoch is timed on.
package struct Workload: Sendable, Equatable {
  package var name: String
  package var layers: [Int]
  /// What the neurons between the first and the last layer's do; the last layer's follows from the cost.
  package let activation: Activation
  package var batch: Int
  package let optimizer: Optimizer
  package let cost: Cost
  package let precision: Precision

  package init(
    name: String, layers: [Int], activation: Activation = .sigmoid, batch: Int, optimizer: Optimizer,
    cost: Cost = .quadratic, precision: Precision = .f64
  ) {
    self.name = name
    self.layers = layers
    self.activation = activation
    self.batch = batch
    self.optimizer = optimizer
    self.cost = cost
    self.precision = precision
  }

  /// The workloads that comparisons use, as `Benchmarks/README.md` lists them.
  package static let all = [
    book("nielsen-30", hidden: 30, batch: 10, rate: 3),
    book("nielsen-30-f32", hidden: 30, batch: 10, rate: 3, precision: .f32),
    book("nielsen-100", hidden: 100, batch: 10, rate: 0.5, cost: .crossEntropy),
    book("online-30", hidden: 30, batch: 1, rate: 0.5),
    modern("mlp-512", hidden: [512, 512], batch: 128, .adam(learningRate: 1e-3)),
    modern("mlp-1024", hidden: [1024, 1024, 1024], batch: 256, .adam(learningRate: 1e-3)),
    modern("mlp-2048", hidden: [2048, 2048, 2048], batch: 512, .sgd(learningRate: 0.01)),
    modern("mlp-2048-f64", hidden: [2048, 2048, 2048], batch: 512, .sgd(learningRate: 0.01), precision: .f64),
  ]

  private static func book(
    _ name: String, hidden: Int, batch: Int, rate: Double, cost: Cost = .quadratic, precision: Precision = .f64
  ) -> Workload {
    Workload(
      name: name, layers: [784, hidden, 10], batch: batch, optimizer: .sgd(learningRate: rate), cost: cost,
      precision: precision)
  }

  private static func modern(
    _ name: String, hidden: [Int], batch: Int, _ optimizer: Optimizer, precision: Precision = .f32
  ) -> Workload {
    Workload(
      name: name, layers: [784] + hidden + [10], activation: .relu, batch: batch, optimizer: optimizer,
      cost: .softmaxCrossEntropy, precision: precision)
  }

  /// `784-30-10, f64`.
  package var network: String { "\(layers.map(String.init).joined(separator: "-")), \(precision)" }

  /// The floating-point operations of the products for one example of a step.
  package var operationsPerExample: Int {
    let products = zip(layers, layers.dropFirst()).map { $0 * $1 }
    return 6 * products.reduce(0, +) - 2 * products[0]
  }

  /// A network for it.
  package func network<S: Scalar>(seed: UInt64, as type: S.Type) throws(ShapeError) -> Network<S> {
    try Network(
      sizes: layers, activation: activation, cost: cost, initializer: .usual(for: activation), seed: seed)
  }

  /// The workload of a name.
  ///
  /// - Throws: `UsageError` for an unknown name, with the nearest.
  package static func named(_ name: String) throws(UsageError) -> Workload {
    if let workload = all.first(where: { $0.name == name }) { return workload }
    let names = all.map(\.name)
    throw UsageError(
      "--workload is '\(name)', expected one of \((names + ["all"]).joined(separator: ", "))"
        + suggestion(for: name, among: names + ["all"]))
  }
}

extension Network {
  /// A network whose last layer is what the cost needs; where any will do, it is as the others.
  ///
  /// - Throws: As `init(inputs:layers:initializer:seed:)`.
  init(
    sizes: [Int], activation: Activation, cost: Cost, initializer: Initializer, seed: UInt64
  ) throws(ShapeError) {
    let last = sizes.count - 1
    let layers = (1...last).map {
      Dense(sizes[$0], activation: $0 == last ? cost.outputActivations?.first ?? activation : activation)
    }
    try self.init(inputs: sizes[0], layers: layers, initializer: initializer, seed: seed)
  }
}

extension Initializer {
  /// As the book draws a network of its own neurons; for others He's.
  static func usual(for activation: Activation) -> Initializer { activation == .sigmoid ? .standardNormal : .heNormal }
}
