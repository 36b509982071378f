/// A layer as a model file describes it.
struct LayerRecord: Codable, Equatable {
  enum Kind: String, Codable {
    case dense, activation, dropout
    case batchNorm = "batch-norm"
    case layerNorm = "layer-norm"
    /// One of a user's own, or with an activation of a user's own, which no file can describe.
    case custom
  }

  let kind: Kind
  var outputs: Int?
  var activation: Activation?
  var initializer: Initializer?
  var rate: Double?
  var momentum: Double?
  var epsilon: Double?
  /// A custom one's.
  var name: String?

  init(_ layer: any Layer) {
    switch layer {
    case let dense as Dense:
      if case .custom = dense.activation {
        (kind, outputs, name) = (.custom, dense.outputs, "Dense with \(dense.activation)")
      } else {
        (kind, outputs, activation) = (.dense, dense.outputs, dense.activation)
        initializer = dense.initializer
      }
    case let activation as Activation:
      if case .custom = activation {
        (kind, name) = (.custom, activation.name)
      } else {
        (kind, self.activation) = (.activation, activation)
      }
    case let dropout as Dropout: (kind, rate) = (.dropout, dropout.rate)
    case let norm as BatchNorm: (kind, momentum, epsilon) = (.batchNorm, norm.momentum, norm.epsilon)
    case let norm as LayerNorm: (kind, epsilon) = (.layerNorm, norm.epsilon)
    default: (kind, name) = (.custom, layer.name)
    }
  }

  /// The layer, or nil where no file can describe it or a setting is missing.
  var layer: (any Layer)? {
    switch kind {
    case .dense:
      guard let outputs else { return nil }
      return Dense(outputs, activation: activation ?? .identity, initializer: initializer)
    case .activation: return activation
    case .dropout: return rate.map { Dropout($0) }
    case .batchNorm:
      guard let momentum, let epsilon else { return nil }
      return BatchNorm(momentum: momentum, epsilon: epsilon)
    case .layerNorm: return epsilon.map { LayerNorm(epsilon: $0) }
    case .custom: return nil
    }
  }

  /// The same without how weights were drawn, which decides nothing once they are there.
  var drawn: LayerRecord {
    var record = self
    record.initializer = nil
    return record
  }

  /// `dense, 30, relu`; `batch-norm, momentum 0.1, epsilon 1e-05`.
  var text: String {
    let parts = [
      name, outputs.map { "\($0)" }, activation?.description, rate.map { "rate \($0)" },
      momentum.map { "momentum \($0)" }, epsilon.map { "epsilon \($0)" },
    ]
    return ([kind.rawValue] + parts.compactMap { $0 }).joined(separator: ", ")
  }

  /// How many modules of `torch.nn.Sequential` a layer is: an activation is one of its own.
  static func modules(_ layer: any Layer) -> Int {
    if let dense = layer as? Dense, dense.activation != .identity { return 2 }
    return 1
  }
}
