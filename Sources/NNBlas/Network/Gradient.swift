/// The gradient of a cost with respect to every weight and bias, averaged over the examples of a batch.
public struct Gradient<S: Scalar>: Sendable, Equatable {
  /// The cost whose gradient this is: the mean over the batch of the cost of each example.
  public let cost: S
  var storage: Parameters<S>

  /// Zeros, to which gradients are added.
  init(zeroFor network: Network<S>, cost: S) {
    self.cost = cost
    storage = Parameters(uninitialized: network.storage.layout)
    storage.flat.fill(with: 0)
  }

  /// For each layer ∂C/∂W (outputs × inputs) and ∂C/∂b (outputs), as views.
  public var layers: [LayerParameters<S>] { storage.layers }

  /// All derivatives in one vector, in the order of `Network.parameters`.
  public var parameters: Vector<S> { storage.flat }
}

extension Gradient: CustomStringConvertible {
  /// A line for the cost and a line for each layer with the shapes of its parts.
  public var description: String {
    (["cost \(cost)"] + layers.map { "\($0.name): ∇W \($0.weights), ∇b \($0.biases)" }).joined(separator: "\n")
  }
}
