/// What a neuron makes of its weighted input z. It is a layer as well, `Activation(.relu)`, for places that are not behind a `Dense`.
public enum Activation: Sendable, Hashable {
  /// f(z) = z; in the last layer, the logits that `Cost.softmaxCrossEntropy` takes.
  case identity
  /// σ(z) = 1 / (1 + e⁻ᶻ), with values in (0, 1) (Nielsen, chapter 1).
  case sigmoid
  /// tanh(z), with values in (−1, 1).
  case tanh
  /// max(z, 0), the rectified linear unit; its derivative at 0 is taken as 0 (Nair and Hinton, "Rectified Linear Units Improve
  /// Restricted Boltzmann Machines", 2010).
  case relu
  /// z for z > 0, else slope · z (Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013).
  case leakyReLU(slope: Double = 0.01)
  /// z for z > 0, else α (eᶻ − 1) (Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
  /// Linear Units", 2016).
  case elu(alpha: Double = 1)
  /// z Φ(z) with the distribution function Φ of N(0, 1), computed by the error function (Hendrycks and Gimpel, "Gaussian Error
  /// Linear Units", 2016).
  case gelu
  /// z σ(z) (Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units", 2018), also known as swish.
  case silu
  /// ln(1 + eᶻ) (Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating Second-Order Functional Knowledge", 2001).
  case softplus
  /// eᶻⱼ / Σₖ eᶻₖ over the neurons of the layer: a distribution. For the last layer alone; with `Cost.softmaxCrossEntropy` training
  /// computes from z, as safely as from logits.
  case softmax
  /// One of your own.
  case custom(CustomActivation)

  /// The same; so that `Activation(.relu)` stands in a list of layers.
  public init(_ activation: Activation) { self = activation }
}

/// An activation of a user's own, for the scalar that it is written for.
public struct CustomActivation: Sendable, Hashable {
  let function: any ActivationFunction

  /// One that the function says.
  public init(_ function: some ActivationFunction) { self.function = function }

  /// Whether both have equal functions of one type.
  public static func == (a: CustomActivation, b: CustomActivation) -> Bool {
    AnyHashable(a.function) == AnyHashable(b.function)
  }

  /// Feeds the function.
  public func hash(into hasher: inout Hasher) { function.hash(into: &hasher) }
}

extension Activation {
  /// An activation of your own; see `ActivationFunction`.
  public static func custom(_ function: some ActivationFunction) -> Activation { .custom(CustomActivation(function)) }

  /// The kernels' name for it where its derivative follows from a = f(z) alone, so that a layer of neurons ends in it.
  var fused: _ElementwiseFunction? {
    switch self {
    case .identity: .identity
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    case .relu: .relu
    case .leakyReLU(let slope): .leakyReLU(slope: slope)
    case .elu(let alpha): .elu(alpha: alpha)
    case .gelu, .silu, .softplus, .softmax, .custom: nil
    }
  }

  /// What makes it of a block, or nil where a function of the user's is for another scalar.
  func computation<S: Scalar>(as _: S.Type) -> (any LayerComputation<S>)? {
    switch self {
    case .identity, .sigmoid, .tanh, .relu, .leakyReLU, .elu:
      fused.map { FusedActivation<S>(function: $0) }
    case .gelu: ActivationComputation(function: SlopedActivation<S>(function: .gelu))
    case .silu: ActivationComputation(function: SlopedActivation<S>(function: .silu))
    case .softplus: ActivationComputation(function: SlopedActivation<S>(function: .softplus))
    case .softmax: SoftmaxComputation<S>()
    case .custom(let custom): (custom.function as? any ActivationFunction<S>).map { activation(of: $0) }
    }
  }

  private func activation<S: Scalar>(of function: some ActivationFunction<S>) -> any LayerComputation<S> {
    ActivationComputation(function: function)
  }
}

extension Activation: Layer {
  /// `relu`; `leaky-relu(0.01)`.
  public var name: String { description }

  /// What computes it.
  public func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    computation(as: scalar)
  }
}
