/// What a neuron makes of its weighted input z.
public enum Activation: String, CaseIterable, Codable, Sendable {
  /// f(z) = z; in the last layer, the logits that `Cost.softmaxCrossEntropy` takes.
  case identity
  /// σ(z) = 1 / (1 + e⁻ᶻ), with values in (0, 1) (Nielsen, chapter 1).
  case sigmoid
  /// max(z, 0), the rectified linear unit; its derivative at 0 is taken as 0 (Nair and Hinton, "Rectified Linear Units Improve
  /// Restricted Boltzmann Machines", 2010).
  case relu

  /// The kernels' name for it.
  var function: _ElementwiseFunction {
    switch self {
    case .identity: .identity
    case .sigmoid: .sigmoid
    case .relu: .relu
    }
  }
}

/// A layer in which every neuron sees all outputs of the layer before: a′ = f(W a + b).
public struct Dense: Sendable, Equatable, Codable {
  /// The number of neurons.
  public let outputs: Int
  /// What each makes of its weighted input.
  public let activation: Activation

  /// A layer of so many neurons.
  public init(_ outputs: Int, activation: Activation = .identity) {
    self.outputs = outputs
    self.activation = activation
  }
}
