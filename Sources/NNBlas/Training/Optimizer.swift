/// How a gradient becomes a better set of parameters.
public enum Optimizer: Sendable, Equatable {
  /// Stochastic gradient descent, w ← w − η ∇w with the mean gradient of a mini-batch (Nielsen, chapter 1).
  case sgd(learningRate: Double)

  /// - Throws: `TrainingError.setting` for a learning rate that is not a positive, finite number in this precision.
  func check<S: Scalar>(for scalar: S.Type) throws(TrainingError) {
    switch self {
    case .sgd(let learningRate):
      guard S(learningRate) > 0, S(learningRate).isFinite else {
        throw .setting(
          name: "learningRate", found: "\(learningRate)",
          expected: "a number above 0 and finite once rounded to \(S.precision)")
      }
    }
  }

  /// One step, from what the backward pass of a batch left: the errors of every layer, and the activations before it.
  func update<S: Scalar>(
    _ parameters: inout Parameters<S>, errors: [Matrix<S>], activations: [Matrix<S>]
  ) throws(ShapeError) {
    switch self {
    case .sgd(let learningRate):
      let factor = S(-learningRate) / S(activations[0].rows)
      try parameters.accumulate(factor, errors: errors, activations: activations)
    }
  }
}
