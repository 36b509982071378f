/// How one step changes parameters, with the addresses of what is kept for each of them.
struct UpdateRule<S: Scalar> {
  enum Method {
    case sgd
    case momentum(S, v: UnsafeMutablePointer<S>, isNesterov: Bool)
    case rmsProp(decay: S, rest: S, epsilon: S, v: UnsafeMutablePointer<S>)
    case adam(_AdamFactors<S>, m: UnsafeMutablePointer<S>, v: UnsafeMutablePointer<S>)
  }

  let method: Method
  /// η.
  let rate: S
  /// What is added to the gradient of penalized parameters: l2 · w + l1 · sign(w).
  var l2: S = 0
  var l1: S = 0
  /// The largest magnitude of a derivative; infinite where there is no limit.
  var limit: S = .infinity
  /// The largest norm of the gradient; infinite where there is no limit.
  var normLimit: S = .infinity
  /// The mean of parameters over steps, and how fast it follows.
  var average: (UnsafeMutablePointer<S>, rate: S)?

  /// Whether derivatives are squared, and the squares kept.
  var keepsSquares: Bool {
    switch method {
    case .sgd, .momentum: false
    case .rmsProp, .adam: true
    }
  }

  /// Plain gradient descent.
  static func sgd(rate: S) -> UpdateRule { UpdateRule(method: .sgd, rate: rate) }

  /// What a weight is multiplied by before its gradient is added, with plain gradient descent.
  var weightFactor: S { 1 - rate * l2 }

  /// Updates `count` parameters that start `offset` into the flat buffer.
  ///
  /// - Parameters:
  ///   - w: The flat buffer.
  ///   - offset: The first parameter.
  ///   - gradient: Of these parameters; changed where penalties or limits say so.
  ///   - count: How many.
  ///   - isPenalized: Whether they have penalties.
  ///   - scale: What the gradient is multiplied by first.
  @inline(__always)
  func apply(
    to w: UnsafeMutablePointer<S>, at offset: Int, _ gradient: UnsafeMutablePointer<S>, _ count: Int, isPenalized: Bool,
    scale: S = 1
  ) {
    let (l2, l1) = isPenalized ? (l2, l1) : (0, 0)
    if scale != 1 || limit < .infinity || l2 != 0 || l1 != 0 {
      S._regularize(gradient, w + offset, count, scale: scale, limit: limit, l2: l2, l1: l1)
    }
    switch method {
    case .sgd: S._descend(w + offset, gradient, count, rate: rate)
    case .momentum(let momentum, let v, let isNesterov):
      if isNesterov {
        S._descendNesterov(w + offset, v: v + offset, gradient, count, rate: rate, momentum: momentum)
      } else {
        S._descend(w + offset, v: v + offset, gradient, count, rate: rate, momentum: momentum)
      }
    case .rmsProp(let decay, let rest, let epsilon, let v):
      S._descendRMSProp(
        w + offset, v: v + offset, gradient, count, rate: rate, decay: decay, rest: rest, epsilon: epsilon)
    case .adam(let factors, let m, let v):
      S._descend(
        w + offset, m: m + offset, v: v + offset, gradient, count, isPenalized ? factors : factors.withoutDecay)
    }
    if let (average, rate) = average { S._average(average + offset, w + offset, count, rate: rate) }
  }
}

extension _AdamFactors where S: Scalar {
  /// For parameters that do not decay.
  fileprivate var withoutDecay: _AdamFactors {
    var factors = self
    factors.decay = 1
    return factors
  }
}
