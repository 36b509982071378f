import Foundation
import NNBlas
import Testing

/// One of the cases that `Fixtures/generate_torch_layers.py` computed in PyTorch.
struct TorchCase: Decodable, Sendable, CustomTestStringConvertible {
  struct LayerSpecification: Decodable {
    let kind: String
    let outputs: Int?
    let activation: Activation?
    let rate: Double?
    let momentum: Double?
    let epsilon: Double?

    var layer: any Layer {
      switch kind {
      case "dense": Dense(outputs ?? 0, activation: activation ?? .identity)
      case "activation": activation ?? .identity
      case "dropout": Dropout(rate ?? 0)
      case "batch-norm": BatchNorm(momentum: momentum ?? 0.1, epsilon: epsilon ?? 1e-5)
      default: LayerNorm(epsilon: epsilon ?? 1e-5)
      }
    }
  }

  struct Settings: Decodable {
    let optimizer: String
    let learningRate: Double
    let l2: Double?
    let l1: Double?
    let accumulation: Int?
    let averaging: Double?
    let clipping: Clipping?
    let schedule: Schedule?

    struct Clipping: Decodable {
      let clipping: GradientClipping

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        let (kind, limit) = (try list.decode(String.self), try list.decode(Double.self))
        clipping = kind == "value" ? .value(limit) : .norm(limit)
      }
    }

    struct Schedule: Decodable {
      let schedule: LearningRateSchedule

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        let (kind, first) = (try list.decode(String.self), try list.decode(Double.self))
        schedule =
          switch kind {
          case "step": .step(every: Int(first), factor: try list.decode(Double.self))
          case "exponential": .exponential(factor: first)
          case "cosine": .cosine(updates: Int(first))
          default: .warmUp(updates: Int(first))
          }
      }
    }

    var rule: Optimizer {
      switch optimizer {
      case "sgd": .sgd(learningRate: learningRate)
      case "momentum": .momentum(learningRate: learningRate)
      case "nesterov": .nesterov(learningRate: learningRate)
      case "rmsprop": .rmsProp(learningRate: learningRate)
      case "adam": .adam(learningRate: learningRate)
      default: .adamW(learningRate: learningRate)
      }
    }
  }

  let name: String
  let layers: [LayerSpecification]
  let cost: Cost
  let settings: Settings
  let initial: [[Double]]
  let inputs: [[Double]]
  let targets: [[Double]]
  let labelOfExamples: [Int]?
  let weights: [Double]?
  let gradient: [[Double]]
  let losses: [Double]
  let final: [[Double]]
  let statistics: [[Double]]
  let average: [[Double]]?
  let answers: [[Double]]

  var testDescription: String { name }

  struct Fixture: Decodable {
    let seed: UInt64
    let batch: Int
    let steps: Int
    let cases: [TorchCase]
  }

  static let fixture: Fixture? = {
    guard
      let url = Bundle.module.url(forResource: "torch-layers", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    return try? JSONDecoder().decode(Fixture.self, from: data)
  }()
  static let all = fixture?.cases ?? []

  func network<S: Scalar>(as _: S.Type = S.self) throws -> Network<S> {
    var network = try Network<S>(inputs: inputs[0].count, layers: layers.map(\.layer), seed: 0)
    try network.setParameters(Vector(initial.joined().map { S($0) }))
    return network
  }

  func dataset() throws -> Dataset {
    let dataset =
      if let labelOfExamples {
        try Dataset(inputs: inputs, labels: labelOfExamples, classes: targets[0].count)
      } else {
        try Dataset(inputs: inputs, targets: targets)
      }
    return if let weights { try dataset.weighted(by: weights) } else { dataset }
  }

  func trainer<S: Scalar>(
    threads: Int?, as _: S.Type = S.self, gradientHook: Trainer<S>.GradientHook? = nil
  ) throws -> Trainer<S> {
    try Trainer(
      network(), batchSize: Self.fixture?.batch ?? 1, cost: cost, optimizer: settings.rule,
      schedule: settings.schedule?.schedule ?? .constant,
      regularization: Regularization(l2: settings.l2 ?? 0, l1: settings.l1 ?? 0), clipping: settings.clipping?.clipping,
      accumulation: settings.accumulation ?? 1, averaging: settings.averaging, seed: Self.fixture?.seed ?? 0,
      threads: threads, gradientHook: gradientHook)
  }

  /// The costs of all steps.
  func train<S: Scalar>(_ trainer: Trainer<S>) throws -> [Double] {
    var costs: [Double] = []
    try trainer.train(steps: Self.fixture?.steps ?? 0, on: dataset(), order: .sequential) { costs.append($0.cost) }
    return costs
  }
}
