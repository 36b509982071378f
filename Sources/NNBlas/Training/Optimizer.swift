/// How a gradient becomes a better set of parameters; ∇w is the mean gradient of a mini-batch.
public enum Optimizer: Sendable, Hashable {
  /// Stochastic gradient descent, w ← w − η ∇w (Nielsen, chapter 1).
  case sgd(learningRate: Double)
  /// Gradient descent with momentum, v ← μ v + ∇w, w ← w − η v, from v = 0 (Polyak, "Some Methods of Speeding up the
  /// Convergence of Iteration Methods", 1964; in the form of PyTorch's `SGD`).
  case momentum(learningRate: Double, momentum: Double = 0.9)
  /// Gradient descent that looks where momentum leads, v ← μ v + ∇w, w ← w − η (∇w + μ v), from v = 0 (Nesterov, "A Method of
  /// Solving a Convex Programming Problem with Convergence Rate O(1/k²)", 1983; in the form of PyTorch's `SGD`).
  case nesterov(learningRate: Double, momentum: Double = 0.9)
  /// RMSProp: v ← ρ v + (1 − ρ) ∇w², w ← w − η ∇w / (√v + ε), from v = 0 (Tieleman and Hinton, "Lecture 6.5", 2012; in the form of
  /// PyTorch's `RMSprop`).
  case rmsProp(learningRate: Double, decay: Double = 0.99, epsilon: Double = 1e-8)
  /// Adam: m ← β₁ m + (1 − β₁) ∇w, v ← β₂ v + (1 − β₂) ∇w², w ← w − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
  /// v̂ = v / (1 − β₂ᵗ) in step t (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015).
  case adam(learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Adam with decoupled weight decay: weights become (1 − η λ) w before Adam's step (Loshchilov and Hutter, "Decoupled Weight Decay
  /// Regularization", 2019). Biases, and what normalizations learn, do not decay.
  case adamW(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
  )

  /// η.
  public var learningRate: Double {
    switch self {
    case .sgd(let rate), .momentum(let rate, _), .nesterov(let rate, _), .rmsProp(let rate, _, _),
      .adam(let rate, _, _, _), .adamW(let rate, _, _, _, _):
      rate
    }
  }

  /// What it keeps for each parameter, by name.
  var stateNames: [String] {
    switch self {
    case .sgd: []
    case .momentum, .nesterov: ["velocity"]
    case .rmsProp: ["square"]
    case .adam, .adamW: ["mean", "square"]
    }
  }

  /// Whether an update depends on how many there were before it.
  var countsUpdates: Bool {
    switch self {
    case .adam, .adamW: true
    case .sgd, .momentum, .nesterov, .rmsProp: false
    }
  }

  /// How many numbers it keeps for each parameter.
  var stateCount: Int { stateNames.count }

  /// - Throws: `TrainingError.setting` for a learning rate that is not a positive, finite number in this precision, a
  ///   momentum, a decay or a β outside 0..<1, an ε that is not positive in this precision, or a weight decay that is negative or of
  ///   which η times it is 1 or more.
  package func check<S: Scalar>(for scalar: S.Type) throws(TrainingError) {
    try check("learningRate", learningRate, "a number above 0 and finite once rounded to \(S.precision)") {
      S($0) > 0 && S($0).isFinite
    }
    switch self {
    case .sgd: break
    case .momentum(_, let momentum), .nesterov(_, let momentum): try checkFraction("momentum", momentum, S.self)
    case .rmsProp(_, let decay, let epsilon):
      try checkFraction("decay", decay, S.self)
      try checkEpsilon(epsilon, S.self)
    case .adam(_, let beta1, let beta2, let epsilon), .adamW(_, let beta1, let beta2, let epsilon, _):
      try checkFraction("beta1", beta1, S.self)
      try checkFraction("beta2", beta2, S.self)
      try checkEpsilon(epsilon, S.self)
    }
    if case .adamW(let rate, _, _, _, let decay) = self {
      try check("weightDecay", decay, "a number from 0 to below \(shown(1 / rate)), 1 / the learning rate") {
        $0 >= 0 && $0 * rate < 1
      }
    }
  }

  // Below the least normal number it would become zero, and 0 / 0 is not a number.
  private func checkEpsilon<S: Scalar>(_ epsilon: Double, _: S.Type) throws(TrainingError) {
    try check("epsilon", epsilon, "a number of at least \(S.leastNormalMagnitude), and finite") {
      S($0) >= S.leastNormalMagnitude && S($0).isFinite
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
