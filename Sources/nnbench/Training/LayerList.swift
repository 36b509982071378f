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

  /// The layers: dense ones without an activation have this one, the last of all what the cost asks for.
  func layers(_ activation: Activation, cost: Cost) -> [any Layer] {
    items.enumerated().map { index, item in
      switch item {
      case .other(let layer): layer
      case .dense(let neurons, let own?): Dense(neurons, activation: own)
      case .dense(let neurons, nil):
        Dense(
          neurons,
          activation: index == items.count - 1 ? cost.outputActivations?.first ?? activation : activation)
      }
    }
  }

  /// The activation of the first layer of neurons.
  func first(_ activation: Activation, cost: Cost) -> Activation {
    layers(activation, cost: cost).lazy.compactMap { ($0 as? Dense)?.activation }.first ?? .identity
  }

  /// The list of a network's layers, every activation written; nil where it has settings that no list can say.
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
