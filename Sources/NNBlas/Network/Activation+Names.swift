// Activations as flags and files spell them.

extension Activation: CaseIterable {
  /// All of the package's own, with the parameters that they have unless told otherwise.
  public static let allCases: [Activation] = [
    .identity, .sigmoid, .tanh, .relu, .leakyReLU(), .elu(), .gelu, .silu, .softplus, .softmax,
  ]
}

extension Activation: LosslessStringConvertible {
  /// `relu`; with a parameter `leaky-relu(0.01)`; a function of a user's own by its name.
  public var description: String {
    switch self {
    case .identity: "identity"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .relu: "relu"
    case .leakyReLU(let slope): "leaky-relu(\(slope))"
    case .elu(let alpha): "elu(\(alpha))"
    case .gelu: "gelu"
    case .silu: "silu"
    case .softplus: "softplus"
    case .softmax: "softmax"
    case .custom(let custom): custom.function.name
    }
  }

  /// What a description says; `leaky-relu` and `elu` may leave their parameter out. Nil for other texts: for functions of a
  /// user's own too, and for parameters that `isValid` refuses.
  public init?(_ description: String) {
    guard let text = NameWithParameter(description) else { return nil }
    switch (text.name, text.parameter) {
    case ("leaky-relu", let slope): self = .leakyReLU(slope: slope ?? 0.01)
    case ("elu", let alpha): self = .elu(alpha: alpha ?? 1)
    case (let name, nil):
      guard let found = Self.allCases.first(where: { $0.description == name }) else { return nil }
      self = found
    default: return nil
    }
    guard isValid else { return nil }
  }

  /// Whether its parameter is in its range: a slope from 0 to below 1, an α above 0.
  public var isValid: Bool {
    switch self {
    case .leakyReLU(let slope): slope >= 0 && slope < 1
    case .elu(let alpha): alpha > 0 && alpha.isFinite && Float(alpha) > 0 && Float(alpha).isFinite
    default: true
    }
  }
}

extension Activation: Codable {
  /// Reads its text.
  ///
  /// - Throws: `DecodingError.dataCorrupted` for a text that names none.
  public init(from decoder: any Decoder) throws { self = try namedByText("activation", from: decoder) }

  /// Writes its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
