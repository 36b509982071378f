/// What a network's answers cost: the mean over the batch of the cost of each example, times its weight where examples have weights.
/// Gradients are of that same mean.
///
/// An answer and its target have as many numbers each, K of them; what has other shapes is refused, never repeated to fit.
public enum Cost: Sendable, Hashable {
  /// ½ ‖a − y‖² for an answer a and a target y (Nielsen, chapter 1).
  case quadratic
  /// −Σⱼ (yⱼ ln aⱼ + (1 − yⱼ) ln(1 − aⱼ)) for answers a = σ(z) of a sigmoid layer (Nielsen, chapter 3), or for the logits z of an
  /// identity layer.
  case crossEntropy
  /// −Σⱼ yⱼ ln pⱼ with p = softmax(z), for the logits z of an identity layer, or of a softmax layer before its softmax, and a target
  /// that is a distribution.
  case softmaxCrossEntropy
  /// The same with targets (1 − ε) y + ε / K, for a label smoothing ε from 0 to below 1 (Szegedy, Vanhoucke, Ioffe, Shlens and Wojna,
  /// "Rethinking the Inception Architecture for Computer Vision", 2016).
  case smoothedSoftmaxCrossEntropy(labelSmoothing: Double)
  /// ‖a − y‖² / K.
  case meanSquaredError
  /// Σⱼ |aⱼ − yⱼ| / K; its derivative where a = y is taken as 0.
  case meanAbsoluteError
  /// Σⱼ h(aⱼ − yⱼ) / K with h(d) = ½ d² up to |d| = δ and δ (|d| − ½ δ) beyond (Huber, "Robust Estimation of a Location Parameter",
  /// 1964).
  case huber(threshold: Double = 1)
  /// One of your own.
  case custom(CustomCost)
}

/// A cost of a user's own, for the scalar that it is written for.
public struct CustomCost: Sendable, Hashable {
  let function: any CostFunction

  /// One that the function says.
  public init(_ function: some CostFunction) { self.function = function }

  /// Whether both have equal functions of one type.
  public static func == (a: CustomCost, b: CustomCost) -> Bool { AnyHashable(a.function) == AnyHashable(b.function) }

  /// Feeds the function.
  public func hash(into hasher: inout Hasher) { function.hash(into: &hasher) }
}

extension Cost {
  /// `softmaxCrossEntropy` with a label smoothing from 0 to below 1; see `smoothedSoftmaxCrossEntropy`.
  public static func softmaxCrossEntropy(labelSmoothing: Double) -> Cost {
    .smoothedSoftmaxCrossEntropy(labelSmoothing: labelSmoothing)
  }

  /// A cost of your own; see `CostFunction`.
  public static func custom(_ function: some CostFunction) -> Cost { .custom(CustomCost(function)) }

  /// The activations that the last layer may have, or nil where any will do.
  package var outputActivations: [Activation]? {
    switch self {
    case .crossEntropy: [.sigmoid, .identity]
    case .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy: [.identity, .softmax]
    case .quadratic, .meanSquaredError, .meanAbsoluteError, .huber, .custom: nil
    }
  }

  /// Whether targets are probabilities.
  package var isOfProbabilities: Bool {
    switch self {
    case .crossEntropy, .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy: true
    case .quadratic, .meanSquaredError, .meanAbsoluteError, .huber, .custom: false
    }
  }

  /// Whether the errors of an example follow from all its outputs at once.
  var couplesOutputs: Bool {
    switch self {
    case .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy, .custom: true
    case .quadratic, .crossEntropy, .meanSquaredError, .meanAbsoluteError, .huber: false
    }
  }

  /// Whether it is computed from what the last layer's activation is applied to, where that is one of these.
  func takesLogits(of activation: Activation) -> Bool {
    switch self {
    case .crossEntropy: activation == .sigmoid
    case .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy: activation == .softmax
    case .quadratic, .meanSquaredError, .meanAbsoluteError, .huber, .custom: false
    }
  }

  /// How the engine computes it.
  ///
  /// - Parameters:
  ///   - outputs: The numbers of an answer.
  ///   - scalar: Theirs.
  /// - Returns: The rule, or nil where a function of the user's is for another scalar.
  func rule<S: Scalar>(outputs: Int, as scalar: S.Type) -> CostRule<S>? {
    let share = 1 / S(outputs)
    switch self {
    case .quadratic: return .quadratic(scale: 1)
    case .meanSquaredError: return .quadratic(scale: 2 * share)
    case .meanAbsoluteError: return .computed(AbsoluteCost<S>(scale: share))
    case .huber(let threshold): return .computed(HuberCost<S>(threshold: S(threshold), scale: share))
    case .crossEntropy: return .sigmoidCrossEntropy
    case .softmaxCrossEntropy: return .softmaxCrossEntropy(keep: 1, floor: 0)
    case .smoothedSoftmaxCrossEntropy(let smoothing):
      return .softmaxCrossEntropy(keep: S(1 - smoothing), floor: S(smoothing / Double(outputs)))
    case .custom(let custom): return (custom.function as? any CostFunction<S>).map { .computed($0) }
    }
  }
}

/// How the engine computes a cost.
enum CostRule<S: Scalar> {
  case quadratic(scale: S)
  case sigmoidCrossEntropy
  case softmaxCrossEntropy(keep: S, floor: S)
  case computed(any CostFunction<S>)

  /// Finishes a block of the last layer: its activations, its errors δ = ∂C/∂z, and its cost, summed over the examples.
  ///
  /// The cross-entropies are computed from z: in terms of a they would be infinite where a rounds to 0 or 1. Their
  /// derivative cancels that of the activation exactly, which is why they learn where the quadratic cost is stuck.
  ///
  /// - Parameters:
  ///   - function: The last layer's activation, or the identity.
  ///   - z: The weighted inputs, without bias; becomes the activations.
  ///   - errors: Becomes the errors of the cost of each example.
  ///   - y: The targets.
  ///   - bias: One for each column, or nil where z has it already.
  ///   - shape: Of all three blocks; of whole rows where the cost couples outputs.
  /// - Returns: The cost, summed over the examples.
  @inline(__always)
  func finish(
    _ function: _ElementwiseFunction, _ z: UnsafeMutablePointer<S>, errors: UnsafeMutablePointer<S>,
    y: UnsafePointer<S>, bias: UnsafePointer<S>?, _ shape: _BlockShape
  ) -> Double {
    switch self {
    case .quadratic(let scale):
      S._activate(function, z, shape, bias: bias)
      return S._quadratic(function, scale: scale, error: errors, a: z, y: y, shape)
    case .sigmoidCrossEntropy:
      S._activate(.identity, z, shape, bias: bias)
      return S._sigmoidCrossEntropy(z, storesAnswers: function != .identity, error: errors, y: y, shape)
    case .softmaxCrossEntropy(let keep, let floor):
      S._activate(.identity, z, shape, bias: bias)
      return S._softmaxCrossEntropy(error: errors, z: z, y: y, smoothing: (keep, floor), shape)
    case .computed(let cost):
      S._activate(function, z, shape, bias: bias)
      let cost = cost.apply(
        answers: MatrixBlock(z, rows: shape.rows, columns: shape.columns, stride: shape.stride),
        targets: MatrixBlock(y, rows: shape.rows, columns: shape.columns, stride: shape.stride),
        derivatives: MutableMatrixBlock(errors, rows: shape.rows, columns: shape.columns, stride: shape.stride))
      if function != .identity { S._multiplyByDerivative(function, errors, a: z, shape) }
      return cost
    }
  }
}
