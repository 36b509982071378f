/// A cost, as the package's own and yours are written: of one example, with its derivative by each answer.
///
/// ```swift
/// struct LogCosh: CostFunction {
///   var name: String { "log-cosh" }
///   func evaluate(
///     _ answer: UnsafeBufferPointer<Double>, _ target: UnsafeBufferPointer<Double>,
///     derivative: UnsafeMutableBufferPointer<Double>
///   ) -> Double {
///     var cost = 0.0
///     for j in answer.indices {
///       let difference = answer[j] - target[j]
///       cost += log(cosh(difference))
///       derivative[j] = tanh(difference)
///     }
///     return cost
///   }
/// }
/// let trainer = try Trainer(network, batchSize: 32, cost: .custom(LogCosh()), optimizer: .adam(learningRate: 1e-3), seed: 1)
/// ```
///
/// It is for one scalar, the one that `evaluate` takes, and runs there at full speed.
public protocol CostFunction<Number>: Sendable, Hashable {
  /// `Float` or `Double`.
  associatedtype Number: Scalar
  /// As summaries and errors call it.
  var name: String { get }
  /// The cost of one example, whose answer and target have as many numbers.
  ///
  /// - Parameters:
  ///   - answer: The network's.
  ///   - target: What it should be.
  ///   - derivative: Becomes ∂C/∂answer.
  /// - Returns: The cost.
  func evaluate(
    _ answer: UnsafeBufferPointer<Number>, _ target: UnsafeBufferPointer<Number>,
    derivative: UnsafeMutableBufferPointer<Number>
  ) -> Double
  /// The same for some examples; the sum of their costs. The default calls `evaluate` for each.
  func apply(
    answers: MatrixBlock<Number>, targets: MatrixBlock<Number>, derivatives: MutableMatrixBlock<Number>
  ) -> Double
}

extension CostFunction {
  /// Calls `evaluate` for each example.
  @inlinable
  public func apply(
    answers: MatrixBlock<Number>, targets: MatrixBlock<Number>, derivatives: MutableMatrixBlock<Number>
  ) -> Double {
    var cost = 0.0
    for row in 0..<answers.rows { cost += evaluate(answers[row], targets[row], derivative: derivatives[row]) }
    return cost
  }
}

/// A cost that is a block's in one call of a kernel.
private func evaluate<S: Scalar>(
  _ cost: some CostFunction<S>, _ answer: UnsafeBufferPointer<S>, _ target: UnsafeBufferPointer<S>,
  _ derivative: UnsafeMutableBufferPointer<S>
) -> Double {
  let count = answer.count
  return cost.apply(
    answers: MatrixBlock(answer.start, rows: 1, columns: count, stride: count),
    targets: MatrixBlock(target.start, rows: 1, columns: count, stride: count),
    derivatives: MutableMatrixBlock(derivative.start, rows: 1, columns: count, stride: count))
}

/// scale · Σ |a − y|.
struct AbsoluteCost<S: Scalar>: CostFunction {
  let scale: S
  var name: String { "mean-absolute-error" }

  func evaluate(
    _ answer: UnsafeBufferPointer<S>, _ target: UnsafeBufferPointer<S>, derivative: UnsafeMutableBufferPointer<S>
  ) -> Double { NNBlas.evaluate(self, answer, target, derivative) }

  func apply(answers: MatrixBlock<S>, targets: MatrixBlock<S>, derivatives: MutableMatrixBlock<S>) -> Double {
    S._absolute(scale: scale, error: derivatives.pointer, a: answers.pointer, y: targets.pointer, answers.shape)
  }
}

/// scale · Σ h(a − y).
struct HuberCost<S: Scalar>: CostFunction {
  let threshold: S
  let scale: S
  var name: String { "huber" }

  func evaluate(
    _ answer: UnsafeBufferPointer<S>, _ target: UnsafeBufferPointer<S>, derivative: UnsafeMutableBufferPointer<S>
  ) -> Double { NNBlas.evaluate(self, answer, target, derivative) }

  func apply(answers: MatrixBlock<S>, targets: MatrixBlock<S>, derivatives: MutableMatrixBlock<S>) -> Double {
    S._huber(
      threshold: threshold, scale: scale, error: derivatives.pointer, a: answers.pointer, y: targets.pointer,
      answers.shape)
  }
}
