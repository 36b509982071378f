import NNBlas

/// A network's layers as they are written: `784,512:relu,dropout(0.2),batch-norm,10`.
///
/// The first number is that of the inputs; others are dense layers of so many neurons, behind a colon their activation.
struct LayerList {
  /// A layer, and whether its activation was written.
  private enum Item {
    case dense(Int, Activation?)
    case other(any Layer)
  }

  let inputs: Int
  private let items: [Item]

  static let expected =
    "the number of inputs, then layers, with commas: numbers of neurons, each with an activation as in 512:relu or without; "
    + "dropout(0.2), batch-norm, layer-norm, or an activation"

  /// - Parameters:
  ///   - text: The list.
  ///   - wrong: Makes an error of a problem.
  /// - Throws: `UsageError` for a text that is no such list.
  init(_ text: String, wrong: (String) -> UsageError) throws(UsageError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) }
    func refuse(_ part: String) -> UsageError {
      let words = ["dropout(0.2)", "batch-norm", "layer-norm"] + Activation.allCases.map(\.description)
      return wrong(
        "has '\(part)', expected \(Self.expected)" + (part.isEmpty ? "" : suggestion(for: part, among: words)))
    }
    guard let first = parts.first, let inputs = Int(first), (1...Int(Int32.max)).contains(inputs) else {
      throw refuse(parts.first ?? "")
    }
    guard parts.count > 1 else { throw wrong("is '\(text)', expected at least two: \(Self.expected)") }
    self.inputs = inputs
    var items: [Item] = []
    for part in parts.dropFirst() {
      guard let item = Self.item(part) else { throw refuse(part) }
      items.append(item)
    }
    self.items = items
  }

  private static func item(_ part: String) -> Item? {
    let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if let neurons = halves.first.flatMap({ Int($0) }) {
      guard (1...Int(Int32.max)).contains(neurons) else { return nil }
      guard halves.count == 2 else { return .dense(neurons, nil) }
      return Activation(halves[1]).map { .dense(neurons, $0) }
    }
    if part == "batch-norm" { return .other(BatchNorm()) }
    if part == "layer-norm" { return .other(LayerNorm()) }
    if let match = part.wholeMatch(of: /dropout\((.*)\)/) {
      return Double(match.1).flatMap { $0 >= 0 && $0 < 1 ? .other(Dropout($0)) : nil }
    }
    return Activation(part).map { .other($0) }
  }

  /// What dense layers without an activation have.
  struct Defaults {
    /// Those between others.
    let inner: Activation
    /// The last of them.
    let last: Activation

    /// - Parameters:
    ///   - activation: That of `--activation`.
    ///   - cost: What answers cost.
    ///   - isRegression: Whether targets are numbers.
    init(_ activation: Activation, cost: Cost, isRegression: Bool) {
      inner = activation
      switch cost {
      case .meanSquaredError, .meanAbsoluteError, .huber: last = .identity
      default: last = cost.outputActivations?.first ?? (isRegression ? .identity : activation)
      }
    }
  }

  /// Whether a layer of neurons has no activation of its own.
  var usesActivation: Bool {
    items.contains { if case .dense(_, nil) = $0 { true } else { false } }
  }

  /// The layers. A dense one with an activation as an item of its own behind it, before the next dense one, has none besides.
  func layers(_ defaults: Defaults) -> [any Layer] {
    var (layers, next): ([any Layer], Activation) = ([], defaults.last)
    for item in items.reversed() {
      switch item {
      case .other(let layer):
        layers.append(layer)
        if layer is Activation { next = .identity }
      case .dense(let neurons, let own):
        layers.append(Dense(neurons, activation: own ?? next))
        next = defaults.inner
      }
    }
    return layers.reversed()
  }

  /// Whether a network has these layers, whatever the activations that were not written.
  func describes<S: Scalar>(_ network: Network<S>) -> Bool {
    guard inputs == network.inputs, items.count == network.architecture.count else { return false }
    return zip(items, network.architecture).allSatisfy { item, layer in
      switch (item, layer) {
      case (.dense(let neurons, let activation), let dense as Dense):
        neurons == dense.outputs && (activation ?? dense.activation) == dense.activation
      // What a list cannot say of a normalization may be anything.
      case (.other(is BatchNorm), is BatchNorm), (.other(is LayerNorm), is LayerNorm): true
      case (.other(let other), _): AnyHashable(other) == AnyHashable(layer)
      case (.dense, _): false
      }
    }
  }

  /// The list of a network's layers, every activation written.
  static func text<S: Scalar>(of network: Network<S>) -> String {
    let parts = network.architecture.map { layer in
      switch layer {
      case let dense as Dense: "\(dense.outputs):\(dense.activation)"
      case let dropout as Dropout: "dropout(\(dropout.rate))"
      case is BatchNorm: "batch-norm"
      case is LayerNorm: "layer-norm"
      default: layer.name
      }
    }
    return (["\(network.inputs)"] + parts).joined(separator: ",")
  }
}
