/// A feed-forward network.
///
/// Its dense layer of M neurons behind N values computes a′ = f(W a + b) with weights W (M×N), biases b (M) and an activation f; in
/// the network of chapter 1 of Nielsen's book every layer is one, and every f the sigmoid function. A network is a
/// value: assigning copies nothing until somebody trains, and many threads can predict with one.
public struct Network<S: Scalar>: Sendable {
  /// The layers in the order in which data pass them.
  public let architecture: [any Layer]
  /// The number of inputs.
  public let inputs: Int
  var storage: Parameters<S>
  /// What layers have gathered in training.
  var statistics: Parameters<S>
  /// How the layers are computed.
  let nodes: [Node<S>]
  /// Which layers keep their parameters in training.
  var frozen: Set<Int> = []

  /// The book's network, of sigmoid neurons, with random parameters.
  ///
  /// - Parameters:
  ///   - sizes: The number of inputs, then of the neurons of each layer: `[784, 30, 10]`.
  ///   - initializer: How weights and biases are drawn.
  ///   - seed: The same seed draws the same parameters.
  /// - Throws: `ShapeError.sizes` for fewer than two sizes or one below 1; `ShapeError.extent` or `.memory` for a network
  ///   that is too large.
  public init(sizes: [Int], initializer: Initializer = .standardNormal, seed: UInt64) throws(ShapeError) {
    try Self.checkSizes(sizes)
    try self.init(
      inputs: sizes[0], layers: sizes.dropFirst().map { Dense($0, activation: .sigmoid) }, initializer: initializer,
      seed: seed)
  }

  /// A network of the given layers with random parameters.
  ///
  /// - Parameters:
  ///   - inputs: The number of inputs.
  ///   - layers: The layers in the order in which data pass them.
  ///   - initializer: How weights and biases are drawn, where a layer has no way of its own.
  ///   - seed: The same seed draws the same parameters.
  /// - Throws: `ShapeError.sizes` where a number of inputs or neurons is below 1 or there is no layer; `ShapeError.layerSetting` for a
  ///   layer's setting out of its range; `ShapeError.layerPlace` for a layer that cannot stand where it does; `ShapeError.extent` or
  ///   `.memory` for a network that is too large.
  public init(
    inputs: Int, layers: [any Layer], initializer: Initializer = .heNormal, seed: UInt64
  ) throws(ShapeError) {
    try self.init(inputs: inputs, layers: layers)
    try draw(initializer, seed: seed)
  }

  /// A network of the given layers, written one below the other:
  ///
  /// ```swift
  /// let network = try Network<Float>(inputs: 784, seed: 1) {
  ///   Dense(512, activation: .relu)
  ///   Dropout(0.2)
  ///   Dense(10)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - inputs: The number of inputs.
  ///   - initializer: How weights and biases are drawn, where a layer has no way of its own.
  ///   - seed: The same seed draws the same parameters.
  ///   - layers: The layers in the order in which data pass them.
  /// - Throws: As `init(inputs:layers:initializer:seed:)`.
  public init(
    inputs: Int, initializer: Initializer = .heNormal, seed: UInt64, @NetworkBuilder layers: () -> [any Layer]
  ) throws(ShapeError) {
    try self.init(inputs: inputs, layers: layers(), initializer: initializer, seed: seed)
  }

  /// A network whose weights and biases the caller sets before anybody reads them.
  init(inputs: Int, layers: [any Layer]) throws(ShapeError) {
    let names = try Self.names(inputs: inputs, layers)
    architecture = layers
    self.inputs = inputs
    storage = Parameters(
      starting: try ParameterLayout(layers, names: names, scalar: S.self, operation: "Network") {
        $0.parameters(inputs: $1)
      })
    statistics = Parameters(
      starting: try ParameterLayout(layers, names: names, scalar: S.self, operation: "Network") {
        $0.statistics(inputs: $1)
      })
    nodes = try Node.lowered(layers, parameters: storage.layout, statistics: statistics.layout)
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
    try Self.check(weights, biases, activations)
    try self.init(
      inputs: weights[0].columns, layers: zip(weights, activations).map { Dense($0.rows, activation: $1) })
    let entries = storage.layout.entries
    for layer in weights.indices {
      storage.set(entries[2 * layer], to: weights[layer])
      storage.set(entries[2 * layer + 1], to: biases[layer])
    }
  }

  /// The number of inputs, then of the neurons of each dense layer.
  public var sizes: [Int] { [inputs] + denseNodes.map(\.outputs) }

  /// The number of outputs.
  public var outputs: Int { nodes[nodes.count - 1].outputs }

  /// What each dense layer says that its neurons make of their weighted inputs; not what an `Activation` behind it does.
  public var activations: [Activation] { architecture.compactMap { ($0 as? Dense)?.activation } }

  /// The weights and biases of each dense layer, as views.
  public var layers: [LayerParameters<S>] { storage.layers(denseNodes.map(\.layer)) }

  /// All parameters in one vector: layer after layer, the weights row after row before the biases.
  public var parameters: Vector<S> { storage.flat }

  /// What layers have gathered in training, such as running means, in one vector, layer after layer.
  public var gathered: Vector<S> { statistics.flat }

  /// Gives the network other parameters.
  ///
  /// - Parameter parameters: As many as there are, in the order of `parameters`.
  /// - Throws: `ShapeError.operand` when there are more or fewer.
  public mutating func setParameters(_ parameters: Vector<S>) throws(ShapeError) {
    guard parameters.count == parameterCount else {
      throw .operand(
        operation: "setParameters", name: "parameters", found: parameters.shape,
        expected: .shape(.vector(parameterCount), because: "for as many parameters"))
    }
    storage.flat = parameters
  }

  /// The number of parameters.
  public var parameterCount: Int { storage.layout.count }

  var denseNodes: [Node<S>] { nodes.filter(\.isDense) }
}

extension Network where S == Double {
  /// A network in double precision, so that `Network(sizes: [2, 1, 2])` needs no type.
  ///
  /// - Throws: As `init(sizes:initializer:seed:)`.
  public init(sizes: [Int], initializer: Initializer = .standardNormal) throws(ShapeError) {
    try self.init(sizes: sizes, initializer: initializer, seed: 0)
  }
}

extension Network: Equatable {
  /// Whether both have equal layers with equal parameters, what they have gathered included.
  public static func == (a: Network, b: Network) -> Bool {
    a.inputs == b.inputs && a.architecture.map { AnyHashable($0) } == b.architecture.map { AnyHashable($0) }
      && a.frozen == b.frozen && a.storage.flat == b.storage.flat && a.statistics.flat == b.statistics.flat
  }
}

/// Collects the layers of a network that are written one below the other.
@resultBuilder
public enum NetworkBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// Layers from elsewhere.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// Layers one after another.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  /// Those of a loop.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
  /// Those of an `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// Those of the first branch.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  /// Those of the second branch.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
}
