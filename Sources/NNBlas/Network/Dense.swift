/// A layer in which every neuron sees all outputs of the layer before: a′ = f(W a + b).
public struct Dense: Layer, Codable {
  /// The number of neurons.
  public let outputs: Int
  /// What each makes of its weighted input.
  public let activation: Activation
  /// How its first weights and biases are drawn, or nil for the network's way.
  public let initializer: Initializer?

  /// A layer of so many neurons.
  public init(_ outputs: Int, activation: Activation = .identity, initializer: Initializer? = nil) {
    self.outputs = outputs
    self.activation = activation
    self.initializer = initializer
  }

  /// The neurons.
  ///
  /// - Throws: `ShapeError.sizes` for fewer than one.
  public func outputs(inputs: Int) throws(ShapeError) -> Int {
    guard outputs >= 1 else { throw .sizes(operation: "Network", sizes: [inputs, outputs]) }
    return outputs
  }

  /// Weights (outputs × inputs) and biases (outputs), drawn as the initializer says.
  public func parameters(inputs: Int) -> [LayerArray] {
    [
      LayerArray("weight", .matrix(rows: outputs, columns: inputs), start: .byInitializer, isPenalized: true),
      LayerArray("bias", .vector(outputs), start: .byInitializer),
    ]
  }

  /// Nil: the engine's own products do it.
  public func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? { nil }
}
