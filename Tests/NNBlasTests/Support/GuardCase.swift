import NNBlas
import Testing

/// A way to train, with a batch in the middle of an epoch whose cost is finite and whose gradient is not.
struct GuardCase: CustomTestStringConvertible, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case accumulated, decayed, lookahead, fused, averaged, hooked, clipped, group
  }

  enum Layers: String, CaseIterable, Sendable { case single, dense, frozen, mixed, badErrors, badGradient }

  let kind: Kind
  let layers: Layers
  var isWeighted = false

  var testDescription: String { "\(kind), \(layers)\(isWeighted ? ", weighted" : "")" }

  static let all: [GuardCase] = Kind.allCases.flatMap { kind in
    kind == .lookahead
      ? [GuardCase(kind: kind, layers: .dense)]
      : Layers.allCases.flatMap { layers in
        [false, true].map { GuardCase(kind: kind, layers: layers, isWeighted: $0) }
      }
  }

  /// Steps that look ahead are of one example, and their first layer is as wide as is worth it.
  var batch: Int { kind == .lookahead ? 1 : 4 }
  var inputs: Int { kind == .lookahead ? 400 : 70 }
  private var hidden: Int { kind == .lookahead ? 40 : 33 }
  /// Five steps and a short one.
  var examples: Int { kind == .lookahead ? 20 : 22 }
  /// In the third step, and where steps look ahead in the middle of a block of eight.
  var badExample: Int { 11 }
  var badStep: Int { badExample / batch + 1 }
  /// Its layer, counted from 0, and the gradient there: δ x is infinite, or no number where a layer makes none.
  var bad: (layer: Int, gradient: String) {
    switch layers {
    case .single, .dense, .mixed: (0, "inf")
    case .frozen: (1, "inf")
    case .badErrors: (0, "nan")
    case .badGradient: (1, "nan")
    }
  }
  /// As errors name it.
  var badLayer: String {
    switch layers {
    case .single: "layer 1, Dense \(inputs) → 3"
    case .dense, .mixed, .badErrors: "layer 1, Dense \(inputs) → \(hidden)"
    case .frozen: "layer 2, Dense \(hidden) → 20"
    case .badGradient: "layer 2, Brittle \(hidden) → \(hidden)"
    }
  }

  /// What is large comes in by the first input, which is 0 in all other examples, and whose weights are 0 and stay it, where they learn.
  func network<S: Scalar>(as _: S.Type) throws -> Network<S> {
    let all: [any Layer] =
      switch layers {
      case .single: [Dense(3)]
      case .dense: [Dense(hidden, activation: .sigmoid), Dense(20, activation: .tanh), Dense(3)]
      case .frozen: [Dense(hidden), Dense(20, activation: .tanh), Dense(3)]
      case .mixed:
        [
          Dense(hidden), BatchNorm(), Activation.tanh, Dropout(0.25), Dense(20, activation: .sigmoid), LayerNorm(),
          Activation.gelu, Dense(3),
        ]
      case .badErrors: [Dense(hidden, activation: .sigmoid), Brittle(breaks: .errors), Dense(3)]
      case .badGradient: [Dense(hidden, activation: .sigmoid), Brittle(breaks: .gradient), Dense(3)]
      }
    var network = try Network<S>(inputs: inputs, layers: all, initializer: .scaledNormal, seed: 3)
    var parameters = network.parameters
    let rows = network.layers[0].weights.rows
    for row in 0..<rows { parameters[row * inputs] = 0 }
    if layers == .frozen {
      // Its first neuron hands the first input on.
      for column in 0..<inputs { parameters[column] = column == 0 ? 1 : 0 }
      parameters[rows * inputs] = 0
      let second = rows * (inputs + 1)
      for row in 0..<20 { parameters[second + row * rows] = 0 }
      network.freeze([0])
    }
    try network.setParameters(parameters)
    return network
  }

  /// Errors of 10¹⁰, and an input whose product with them is too large.
  func dataset<S: Scalar>(isBad: Bool, as _: S.Type) throws -> Dataset {
    var random = RandomValues(seed: 9)
    var x = try Matrix<S>(rows: examples, columns: inputs, elements: random.numbers(examples * inputs, in: -1...1))
    var y = try Matrix<S>(rows: examples, columns: 3, elements: random.numbers(examples * 3, in: -1...1))
    for row in 0..<examples { x[row, 0] = 0 }
    if isBad {
      // Large errors alone are enough for what breaks.
      if bad.gradient == "inf" { x[badExample, 0] = S.greatestFiniteMagnitude / 1e5 }
      for column in 0..<3 { y[badExample, column] = 1e10 }
    }
    let dataset = try Dataset(inputs: x, targets: y)
    return isWeighted ? try dataset.weighted(by: (0..<examples).map { 0.5 + Double($0 % 3) }) : dataset
  }

  func trainer<S: Scalar>(threads: Int?, hook: Trainer<S>.GradientHook? = nil) throws -> Trainer<S> {
    let optimizer: Optimizer =
      switch kind {
      case .accumulated, .decayed, .lookahead, .hooked, .group: .sgd(learningRate: 0.01)
      case .fused, .averaged: .adam(learningRate: 0.01)
      case .clipped: .momentum(learningRate: 0.01)
      }
    return try Trainer(
      network(as: S.self), batchSize: batch, optimizer: optimizer,
      regularization: Regularization(l2: kind == .decayed ? 0.01 : 0), clipping: kind == .clipped ? .norm(1) : nil,
      accumulation: kind == .group ? 4 : 1, averaging: kind == .averaged ? 0.5 : nil, seed: 1, threads: threads,
      gradientHook: hook ?? (kind == .hooked ? { _ in } : nil))
  }
}

/// Hands on what comes in, plus what it learns; large errors break it.
struct Brittle: Layer {
  enum Breaks: Sendable, Hashable { case errors, gradient }

  let breaks: Breaks
  var name: String { "Brittle" }

  func parameters(inputs: Int) -> [LayerArray] { [LayerArray("bias", .vector(inputs), start: .constant(0))] }

  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    Computation<S>(breaks: breaks)
  }

  struct Computation<S: Scalar>: LayerComputation {
    let breaks: Breaks
    var reach: LayerReach { .element }

    private func isBroken(_ error: S) -> Bool { abs(error) > 1e6 }

    func forward(_ pass: LayerPass<S>) {
      for row in 0..<pass.input.rows {
        let (x, y) = (pass.input[row], pass.output[row])
        for j in x.indices { y[j] = x[j] + pass.parameters[pass.columns.lowerBound + j] }
      }
    }

    func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
      for row in 0..<errors.rows {
        let (error, result) = (errors[row], inputErrors[row])
        for j in error.indices { result[j] = breaks == .errors && isBroken(error[j]) ? .nan : error[j] }
      }
    }

    func gradient(
      _ pass: LayerPass<S>, errors: MatrixBlock<S>, into gradient: UnsafeMutableBufferPointer<S>, scale: S, adds: Bool
    ) {
      for j in gradient.indices {
        var sum = S(0)
        for row in 0..<errors.rows { sum += breaks == .gradient && isBroken(errors[row][j]) ? .nan : errors[row][j] }
        gradient[j] = (adds ? gradient[j] : 0) + scale * sum
      }
    }
  }
}
