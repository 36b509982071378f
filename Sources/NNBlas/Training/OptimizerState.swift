import Foundation

/// What an optimizer keeps from step to step.
struct OptimizerState<S: Scalar> {
  /// The number of updates so far.
  var updates = 0
  /// As many numbers as there are parameters, in their order, for each of the optimizer's `stateNames`.
  let moments: [Storage<S>]
  /// The mean of parameters over steps, where there is one, in their order.
  let average: Storage<S>?

  init(_ optimizer: Optimizer, parameters: Vector<S>, isAveraging: Bool) {
    let count = parameters.count
    moments = (0..<optimizer.stateCount).map { _ in
      let storage = Storage<S>(uninitialized: count)
      S._fill(storage.pointer, 0, count)
      return storage
    }
    average = isAveraging ? Storage(uninitialized: count) : nil
    if let average { parameters.withElements { average.pointer.update(from: $0, count: count) } }
  }

  /// The next update as the engine does it.
  ///
  /// - Parameters:
  ///   - optimizer: How a gradient becomes an update.
  ///   - factor: What its learning rate is multiplied by.
  ///   - adjustments: What else is done with gradients and parameters.
  /// - Returns: The rule, with the addresses of what is kept.
  func rule(_ optimizer: Optimizer, factor: Double, _ adjustments: Adjustments) -> UpdateRule<S> {
    let rate = optimizer.learningRate * factor
    var rule = UpdateRule(method: method(optimizer, rate: rate), rate: S(rate))
    rule.l2 = S(adjustments.regularization.l2)
    rule.l1 = S(adjustments.regularization.l1)
    switch adjustments.clipping {
    case .value(let limit): rule.limit = S(limit)
    case .norm(let limit): rule.normLimit = S(limit)
    case nil: break
    }
    if let average, let decay = adjustments.averaging { rule.average = (average.pointer, S(1 - decay)) }
    return rule
  }

  private func method(_ optimizer: Optimizer, rate: Double) -> UpdateRule<S>.Method {
    switch optimizer {
    case .sgd: .sgd
    case .momentum(_, let momentum): .momentum(S(momentum), v: moments[0].pointer, isNesterov: false)
    case .nesterov(_, let momentum): .momentum(S(momentum), v: moments[0].pointer, isNesterov: true)
    case .rmsProp(_, let decay, let epsilon):
      .rmsProp(decay: S(decay), rest: S(1 - decay), epsilon: S(epsilon), v: moments[0].pointer)
    case .adam(_, let beta1, let beta2, let epsilon):
      .adam(factors(rate, beta1, beta2, epsilon, decay: 0), m: moments[0].pointer, v: moments[1].pointer)
    case .adamW(_, let beta1, let beta2, let epsilon, let decay):
      .adam(factors(rate, beta1, beta2, epsilon, decay: decay), m: moments[0].pointer, v: moments[1].pointer)
    }
  }

  private func factors(
    _ rate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double, decay: Double
  ) -> _AdamFactors<S> {
    // In double precision: 1 − β₂ᵗ loses digits in `Float`.
    let t = Double(updates + 1)
    return _AdamFactors(
      beta1: S(beta1), beta2: S(beta2), rest1: S(1 - beta1), rest2: S(1 - beta2), step: S(rate / (1 - pow(beta1, t))),
      correction: S(1 / (1 - pow(beta2, t)).squareRoot()), epsilon: S(epsilon), decay: S(1 - rate * decay))
  }
}
