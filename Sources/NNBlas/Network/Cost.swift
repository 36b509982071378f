/// What a network's answers cost: the mean over the batch of the cost of each example. Gradients are of that same mean.
public enum Cost: String, CaseIterable, Codable, Sendable {
  /// ½ ‖a − y‖² for an answer a and a target y (Nielsen, chapter 1).
  case quadratic
  /// −Σⱼ (yⱼ ln aⱼ + (1 − yⱼ) ln(1 − aⱼ)) for answers a = σ(z) of a sigmoid layer (Nielsen, chapter 3).
  case crossEntropy = "cross-entropy"
  /// −Σⱼ yⱼ ln pⱼ with p = softmax(z), for the logits z of an identity layer and a target that is a distribution.
  case softmaxCrossEntropy = "softmax-cross-entropy"

  /// The activation that the last layer must have, or nil where any will do.
  package var outputActivation: Activation? {
    switch self {
    case .quadratic: nil
    case .crossEntropy: .sigmoid
    case .softmaxCrossEntropy: .identity
    }
  }

  /// Whether the errors of an example follow from all its outputs at once.
  var couplesOutputs: Bool { self == .softmaxCrossEntropy }

  /// Finishes a block of the last layer: its activations, its errors δ = ∂C/∂z, and its cost, summed over the examples.
  ///
  /// The cross-entropies are computed from z: in terms of a they would be infinite where a rounds to 0 or 1. Their
  /// derivative cancels that of the activation exactly, which is why they learn where the quadratic cost is stuck.
  ///
  /// - Parameters:
  ///   - activation: The last layer's.
  ///   - z: The weighted inputs, without bias; becomes the activations.
  ///   - errors: Becomes the errors of the cost of each example.
  ///   - y: The targets.
  ///   - bias: One for each column, or nil where z has it already.
  ///   - shape: Of all three blocks; of whole rows where the cost couples outputs.
  /// - Returns: The cost, summed over the examples.
  @inline(__always)
  func finish<S: Scalar>(
    _ activation: Activation, _ z: UnsafeMutablePointer<S>, errors: UnsafeMutablePointer<S>, y: UnsafePointer<S>,
    bias: UnsafePointer<S>?, _ shape: _BlockShape
  ) -> Double {
    switch self {
    case .quadratic:
      S._activate(activation.function, z, shape, bias: bias)
      return S._quadratic(activation.function, error: errors, a: z, y: y, shape)
    case .crossEntropy:
      S._activate(.identity, z, shape, bias: bias)
      return S._sigmoidCrossEntropy(z, error: errors, y: y, shape)
    case .softmaxCrossEntropy:
      S._activate(.identity, z, shape, bias: bias)
      return S._softmaxCrossEntropy(error: errors, z: z, y: y, shape)
    }
  }
}
