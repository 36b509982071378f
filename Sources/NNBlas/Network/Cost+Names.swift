// Costs as flags and files spell them.

extension Cost: CaseIterable {
  /// All of the package's own, with the parameters that they have unless told otherwise.
  public static let allCases: [Cost] = [
    .quadratic, .crossEntropy, .softmaxCrossEntropy, .meanSquaredError, .meanAbsoluteError, .huber(),
  ]
}

extension Cost: LosslessStringConvertible {
  /// `softmax-cross-entropy`; with a label smoothing `softmax-cross-entropy(0.1)`, with a threshold `huber(1.0)`; a function of a
  /// user's own by its name.
  public var description: String {
    switch self {
    case .quadratic: "quadratic"
    case .crossEntropy: "cross-entropy"
    case .softmaxCrossEntropy: "softmax-cross-entropy"
    case .smoothedSoftmaxCrossEntropy(let smoothing): "softmax-cross-entropy(\(smoothing))"
    case .meanSquaredError: "mean-squared-error"
    case .meanAbsoluteError: "mean-absolute-error"
    case .huber(let threshold): "huber(\(threshold))"
    case .custom(let custom): custom.function.name
    }
  }

  /// What a description says; `huber` may leave its threshold out. Nil for other texts: for functions of a user's own too, and for
  /// parameters that `isValid` refuses.
  public init?(_ description: String) {
    guard let text = NameWithParameter(description) else { return nil }
    switch (text.name, text.parameter) {
    case ("huber", let threshold): self = .huber(threshold: threshold ?? 1)
    case ("softmax-cross-entropy", let smoothing?): self = .smoothedSoftmaxCrossEntropy(labelSmoothing: smoothing)
    case (let name, nil):
      guard let found = Self.allCases.first(where: { $0.description == name }) else { return nil }
      self = found
    default: return nil
    }
    guard isValid else { return nil }
  }

  /// Whether its parameter is in its range: a label smoothing from 0 to below 1, a threshold above 0 and finite in `Float`.
  public var isValid: Bool {
    switch self {
    case .smoothedSoftmaxCrossEntropy(let smoothing): smoothing >= 0 && smoothing < 1
    case .huber(let threshold): Float(threshold) > 0 && Float(threshold).isFinite
    default: true
    }
  }
}

extension Cost: Codable {
  /// Reads its text.
  ///
  /// - Throws: `DecodingError.dataCorrupted` for a text that names none.
  public init(from decoder: any Decoder) throws { self = try namedByText("cost", from: decoder) }

  /// Writes its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
