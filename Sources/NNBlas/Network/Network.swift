/// A feed-forward network of dense layers.
///
/// A layer of M neurons behind one of N computes a′ = f(W a + b) with weights W (M×N), biases b (M) and an activation f; in
/// the network of chapter 1 of Nielsen's book every layer's is the sigmoid function. A network is a
/// value: assigning copies nothing until somebody trains, and many threads can predict with one.
public struct Network<S: Scalar>: Sendable, Equatable {
  var storage: Parameters<S>
  /// What the neurons of each layer make of their weighted inputs.
  public let activations: [Activation]

  /// The book's network, of sigmoid neurons, with random parameters.
  ///
  /// - Parameters:
  ///   - sizes: The number of inputs, then of the neurons of each layer: `[784, 30, 10]`.
  ///   - initializer: How weights and biases are drawn.
  ///   - seed: The same seed draws the same parameters.
  /// - Throws: `ShapeError.sizes` for fewer than two sizes or one below 1; `ShapeError.extent` or `.memory` for a network
  ///   that is too large.
  public init(sizes: [Int], initializer: Initializer = .standardNormal, seed: UInt64) throws(ShapeError) {
    try self.init(
      sizes: sizes, activations: Array(repeating: .sigmoid, count: max(sizes.count, 1) - 1), initializer, seed: seed)
  }

  /// A network of the given layers with random parameters.
  ///
  /// - Parameters:
  ///   - inputs: The number of inputs.
  ///   - layers: The layers in the order in which data pass them.
  ///   - initializer: How weights and biases are drawn.
  ///   - seed: The same seed draws the same parameters.
  /// - Throws: As `init(sizes:initializer:seed:)`.
  public init(
    inputs: Int, layers: [Dense], initializer: Initializer = .heNormal, seed: UInt64
  ) throws(ShapeError) {
    try self.init(
      sizes: [inputs] + layers.map(\.outputs), activations: layers.map(\.activation), initializer, seed: seed)
  }

  private init(
    sizes: [Int], activations: [Activation], _ initializer: Initializer, seed: UInt64
  ) throws(ShapeError) {
    let layout = try ParameterLayout(sizes: sizes, scalar: S.self, operation: "Network")
    storage = Parameters(uninitialized: layout)
    self.activations = activations
    initializer.draw(&storage, seed: seed)
  }

  /// A network of given parameters.
  ///
  /// - Parameters:
  ///   - weights: For each layer a matrix (outputs × inputs).
  ///   - biases: For each layer a vector (outputs).
  ///   - activations: For each layer what its neurons make of their weighted inputs; sigmoid where nothing is given.
  /// - Throws: `ShapeError` when the layers do not follow one another, or a layer's biases are not as many as its neurons,
  ///   or there are not as many activations as layers.
  public init(
    weights: [Matrix<S>], biases: [Vector<S>], activations: [Activation]? = nil
  ) throws(ShapeError) {
    let activations = activations ?? Array(repeating: .sigmoid, count: weights.count)
    guard activations.count == weights.count else {
      throw .activationCount(operation: "Network", found: activations.count, expected: weights.count)
    }
    guard weights.count == biases.count else {
      throw .layerCounts(operation: "Network", weights: weights.count, biases: biases.count)
    }
    let names = weights.enumerated().map {
      LayerName(number: $0.offset + 1, inputs: $0.element.columns, outputs: $0.element.rows)
    }
    for (previous, layer) in zip(names, names.dropFirst()) where layer.inputs != previous.outputs {
      throw .layerSequence(operation: "Network", layer: layer, previous: previous)
    }
    for (index, name) in names.enumerated() where biases[index].count != name.outputs {
      throw .operand(
        operation: "Network", name: "biases[\(index)]", found: biases[index].shape,
        expected: .shape(.vector(name.outputs)), layer: name)
    }
    self.activations = activations
    let sizes = (names.first.map { [$0.inputs] } ?? []) + names.map(\.outputs)
    storage = Parameters(uninitialized: try ParameterLayout(sizes: sizes, scalar: S.self, operation: "Network"))
    for layer in names.indices {
      try storage.withWeights(layer) { (target) throws(ShapeError) in target.copy(weights[layer]) }
      try storage.withBiases(layer) { (target) throws(ShapeError) in target.copy(biases[layer]) }
    }
  }

  /// The number of inputs, then of the neurons of each layer.
  public var sizes: [Int] { storage.layout.sizes }

  /// The weights and biases of each layer, as views.
  public var layers: [LayerParameters<S>] { storage.layers }

  /// All parameters in one vector: layer after layer, the weights row after row before the biases.
  public var parameters: Vector<S> { storage.flat }

  /// The floating-point operations of one training step for one example: 6·Σ inputs·outputs, less the 2·inputs·outputs of
  /// the first layer, whose inputs need no error.
  public var trainingOperationsPerExample: Int {
    let products = zip(sizes, sizes.dropFirst()).map { $0 * $1 }
    return 6 * products.reduce(0, +) - 2 * (products.first ?? 0)
  }
}

extension Network where S == Double {
  /// A network in double precision, so that `Network(sizes: [2, 1, 2])` needs no type.
  ///
  /// - Throws: As `init(sizes:initializer:seed:)`.
  public init(sizes: [Int], initializer: Initializer = .standardNormal) throws(ShapeError) {
    try self.init(sizes: sizes, initializer: initializer, seed: 0)
  }
}

extension Network: CustomStringConvertible {
  /// `784-30-10, sigmoid, f64, 23860 parameters`; `784-512-10, relu identity, f32, 407050 parameters`.
  public var description: String {
    let activations = Set(activations).count == 1 ? Array(activations.prefix(1)) : activations
    return
      "\(sizes.map(String.init).joined(separator: "-")), \(activations.map(\.rawValue).joined(separator: " ")), \(S.precision), "
      + counted(storage.layout.count, "parameter")
  }
}
