import NNBlas
import Testing

/// A published workload of `nnbench`, as it is or cut down.
struct WorkloadCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var sizes: [Int]
  /// What the neurons do, but for the last layer's under softmax.
  let activation: Activation
  var batch: Int
  let cost: Cost
  let optimizer: Optimizer
  let precision: Precision

  /// As `Workload.all` of nnbench and `Benchmarks/README.md` have them.
  static let published = [
    book("nielsen-30", 30, 10, rate: 3), book("nielsen-30-f32", 30, 10, rate: 3, precision: .f32),
    book("nielsen-100", 100, 10, rate: 0.5, cost: .crossEntropy), book("online-30", 30, 1, rate: 0.5),
    modern("mlp-512", [512, 512], 128, .adam(learningRate: 1e-3)),
    modern("mlp-1024", [1024, 1024, 1024], 256, .adam(learningRate: 1e-3)),
    modern("mlp-2048", [2048, 2048, 2048], 512, .sgd(learningRate: 0.01)),
    modern("mlp-2048-f64", [2048, 2048, 2048], 512, .sgd(learningRate: 0.01), .f64),
  ]

  static func book(
    _ name: String, _ hidden: Int, _ batch: Int, rate: Double, cost: Cost = .quadratic, precision: Precision = .f64
  ) -> WorkloadCase {
    WorkloadCase(
      testDescription: name, sizes: [784, hidden, 10], activation: .sigmoid, batch: batch, cost: cost,
      optimizer: .sgd(learningRate: rate), precision: precision)
  }

  static func modern(
    _ name: String, _ hidden: [Int], _ batch: Int, _ optimizer: Optimizer, _ precision: Precision = .f32
  ) -> WorkloadCase {
    WorkloadCase(
      testDescription: name, sizes: [784] + hidden + [10], activation: .relu, batch: batch, cost: .softmaxCrossEntropy,
      optimizer: optimizer, precision: precision)
  }

  /// The same with other hidden layers and another batch.
  func cut(to hidden: [Int], batch: Int) -> WorkloadCase {
    var result = self
    result.testDescription += ", cut down to \(hidden.map(String.init).joined(separator: "-")), batch \(batch)"
    (result.sizes, result.batch) = ([sizes[0]] + hidden + [sizes[sizes.count - 1]], batch)
    return result
  }

  func network<S: Scalar>(as _: S.Type = S.self) throws -> Network<S> {
    let layers = sizes.dropFirst().enumerated().map {
      Dense($1, activation: $0 == sizes.count - 2 ? cost.outputActivations?.first ?? activation : activation)
    }
    return try Network(
      inputs: sizes[0], layers: layers, initializer: activation == .sigmoid ? .standardNormal : .heNormal, seed: 1)
  }

  func trainer<S: Scalar>(
    _ network: Network<S>, threads: Int?, gradientHook: Trainer<S>.GradientHook? = nil
  ) throws -> Trainer<S> {
    try Trainer(
      network, batchSize: batch, cost: cost, optimizer: optimizer, seed: 1, threads: threads, gradientHook: gradientHook
    )
  }
}
