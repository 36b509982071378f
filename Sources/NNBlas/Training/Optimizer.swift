import Foundation

/// How a gradient becomes a better set of parameters; ∇w is the mean gradient of a mini-batch.
public enum Optimizer: Sendable, Equatable {
  /// Stochastic gradient descent, w ← w − η ∇w (Nielsen, chapter 1).
  case sgd(learningRate: Double)
  /// Gradient descent with momentum, v ← μ v + ∇w, w ← w − η v, from v = 0 (Polyak, "Some Methods of Speeding up the
  /// Convergence of Iteration Methods", 1964; in the form of PyTorch's `SGD`).
  case momentum(learningRate: Double, momentum: Double = 0.9)
  /// Adam: m ← β₁ m + (1 − β₁) ∇w, v ← β₂ v + (1 − β₂) ∇w², w ← w − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
  /// v̂ = v / (1 − β₂ᵗ) in step t (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015).
  case adam(learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)

  /// η.
  public var learningRate: Double {
    switch self {
    case .sgd(let rate), .momentum(let rate, _), .adam(let rate, _, _, _): rate
    }
  }

  /// How many numbers it keeps for each parameter.
  var stateCount: Int {
    switch self {
    case .sgd: 0
    case .momentum: 1
    case .adam: 2
    }
  }

  /// - Throws: `TrainingError.setting` for a learning rate that is not a positive, finite number in this precision, a
  ///   momentum or a β outside 0..<1, or an ε that is not positive in this precision.
  func check<S: Scalar>(for scalar: S.Type) throws(TrainingError) {
    try check("learningRate", learningRate, "a number above 0 and finite once rounded to \(S.precision)") {
      S($0) > 0 && S($0).isFinite
    }
    switch self {
    case .sgd: break
    case .momentum(_, let momentum): try checkFraction("momentum", momentum, S.self)
    case .adam(_, let beta1, let beta2, let epsilon):
      try checkFraction("beta1", beta1, S.self)
      try checkFraction("beta2", beta2, S.self)
      // Below the least normal number it would become zero, and 0 / 0 is not a number.
      try check("epsilon", epsilon, "a number of at least \(S.leastNormalMagnitude), and finite") {
        S($0) >= S.leastNormalMagnitude && S($0).isFinite
      }
    }
  }

  private func checkFraction<S: Scalar>(_ name: String, _ value: Double, _: S.Type) throws(TrainingError) {
    try check(name, value, "a number from 0 to below 1 once rounded to \(S.precision)") { $0 >= 0 && S($0) < 1 }
  }

  private func check(
    _ name: String, _ value: Double, _ expected: String, _ isGood: (Double) -> Bool
  ) throws(TrainingError) {
    guard isGood(value) else { throw .setting(name: name, found: shown(value), expected: expected) }
  }
}

/// What an optimizer keeps from step to step.
struct OptimizerState<S: Scalar> {
  /// The number of updates so far.
  var updates = 0
  /// For momentum v, for Adam m and v: as many numbers as there are parameters, in their order.
  let moments: [Storage<S>]

  init(_ optimizer: Optimizer, parameters count: Int) {
    moments = (0..<optimizer.stateCount).map { _ in
      let storage = Storage<S>(uninitialized: count)
      S._fill(storage.pointer, 0, count)
      return storage
    }
  }

  /// The next update as the engine does it.
  func rule(_ optimizer: Optimizer) -> UpdateRule<S> {
    switch optimizer {
    case .sgd(let rate): return .sgd(rate: S(rate))
    case .momentum(let rate, let momentum):
      return .momentum(rate: S(rate), momentum: S(momentum), v: moments[0].pointer)
    case .adam(let rate, let beta1, let beta2, let epsilon):
      // In double precision: 1 − β₂ᵗ loses digits in `Float`.
      let t = Double(updates + 1)
      let factors = _AdamFactors(
        beta1: S(beta1), beta2: S(beta2), rest1: S(1 - beta1), rest2: S(1 - beta2), step: S(rate / (1 - pow(beta1, t))),
        correction: S(1 / (1 - pow(beta2, t)).squareRoot()), epsilon: S(epsilon))
      return .adam(factors, m: moments[0].pointer, v: moments[1].pointer)
    }
  }
}
