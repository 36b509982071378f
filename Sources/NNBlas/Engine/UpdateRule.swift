/// How one step changes parameters, with the addresses of what is kept for each of them.
enum UpdateRule<S: Scalar> {
  case sgd(rate: S)
  case momentum(rate: S, momentum: S, v: UnsafeMutablePointer<S>)
  case adam(_AdamFactors<S>, m: UnsafeMutablePointer<S>, v: UnsafeMutablePointer<S>)

  /// Updates `count` parameters that start `offset` into the flat buffer.
  @inline(__always)
  func apply(to w: UnsafeMutablePointer<S>, at offset: Int, _ gradient: UnsafePointer<S>, _ count: Int) {
    switch self {
    case .sgd(let rate): S._descend(w + offset, gradient, count, rate: rate)
    case .momentum(let rate, let momentum, let v):
      S._descend(w + offset, v: v + offset, gradient, count, rate: rate, momentum: momentum)
    case .adam(let factors, let m, let v):
      S._descend(w + offset, m: m + offset, v: v + offset, gradient, count, factors)
    }
  }
}
