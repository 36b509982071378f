/// The gradient of a cost with respect to every weight and bias, averaged over the examples of a batch.
public struct Gradient<S: Scalar>: Sendable, Equatable {
  /// The cost whose gradient this is: the mean over the batch of the cost of each example.
  public let cost: S
  var storage: Parameters<S>
  /// Which layers are dense ones.
  private let dense: [Int]

  /// The derivatives in the order of the network's parameters.
  init(cost: S, of network: Network<S>, flat: Vector<S>) {
    self.cost = cost
    storage = Parameters(layout: network.storage.layout, flat: flat)
    dense = network.denseNodes.map(\.layer)
  }

  /// For each dense layer ∂C/∂W (outputs × inputs) and ∂C/∂b (outputs), as views.
  public var layers: [LayerParameters<S>] { storage.layers(dense) }

  /// All derivatives in one vector, in the order of `Network.parameters`.
  public var parameters: Vector<S> { storage.flat }
}

extension Gradient: CustomStringConvertible {
  /// A line for the cost and a line for each layer with the shapes of its parts.
  public var description: String {
    (["cost \(cost)"] + layers.map { "\($0.name): ∇W \($0.weights), ∇b \($0.biases)" }).joined(separator: "\n")
  }
}
