/// What a network's answers cost: the mean over the batch of the cost of each example. Gradients are of that same mean.
public enum Cost: String, CaseIterable, Codable, Sendable {
  /// ½ ‖a − y‖² for an answer a and a target y (Nielsen, chapter 1).
  case quadratic
  /// −Σⱼ (yⱼ ln aⱼ + (1 − yⱼ) ln(1 − aⱼ)) for answers in (0, 1) (Nielsen, chapter 3).
  case crossEntropy = "cross-entropy"

  /// The cost of answers a = σ(z) for targets y, summed over all examples; in double precision, for the many there may be.
  ///
  /// The cross-entropy is computed from z: in terms of a it would be infinite where σ rounds to 0 or 1.
  func sum<Operand: Elements>(z: Operand, a: Operand, y: Operand) -> Double {
    let count = y.elementCount
    return y.withElements { y in
      switch self {
      case .quadratic: a.withElements { Operand.S._halfSquaredDistance($0, y, count) }
      case .crossEntropy: z.withElements { Operand.S._crossEntropy($0, y, count) }
      }
    }
  }

  /// The sum of the costs of what a forward pass answered.
  func sum<Operand: Elements>(_ pass: ForwardPass<Operand>, y: Operand) -> Double {
    sum(z: pass.weightedInputs[pass.weightedInputs.count - 1], a: pass.output, y: y)
  }

  /// The error δ = ∂C/∂z of sigmoid neurons with activations a = σ(z), of the cost of each example.
  ///
  /// The cross-entropy's derivative cancels σ′ exactly, which is why it learns where the quadratic cost is stuck.
  func error<Operand: Elements>(a: Operand, y: Operand) -> Operand {
    var delta = a
    delta.subtract(y)
    if self == .quadratic { delta.multiplyBySigmoidDerivative(activation: a) }
    return delta
  }
}
