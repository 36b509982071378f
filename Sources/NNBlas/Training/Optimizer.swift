/// How a gradient becomes a better set of parameters.
public enum Optimizer: Sendable, Equatable {
  /// Stochastic gradient descent, w ← w − η ∇w with the mean gradient of a mini-batch (Nielsen, chapter 1).
  case sgd(learningRate: Double)

  /// - Throws: `TrainingError.setting` for a learning rate that is not a positive, finite number.
  func check() throws(TrainingError) {
    switch self {
    case .sgd(let learningRate):
      guard learningRate > 0, learningRate.isFinite else {
        throw .setting(name: "learningRate", found: "\(learningRate)", expected: "a finite number above 0")
      }
    }
  }

  /// One step: a single loop over the one buffer of parameters.
  func update<S: Scalar>(_ parameters: inout Parameters<S>, gradient: Gradient<S>) throws(ShapeError) {
    switch self {
    case .sgd(let learningRate):
      try BLAS.axpy(alpha: S(-learningRate), gradient.storage.flat, into: &parameters.flat)
    }
  }
}
