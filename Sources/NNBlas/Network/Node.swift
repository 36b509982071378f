/// A network's layers as they are computed, one after another: products of dense layers, which end in an activation whose
/// derivative follows from its result, and computations of everything else.
///
/// A layer becomes one node or two: `Dense(30, activation: .gelu)` is a product and a computation; `Dense(30)` before
/// `Activation(.relu)` becomes a product that ends in it.
struct Node<S: Scalar>: Sendable {
  enum Kind: Sendable {
    case dense(_ElementwiseFunction)
    case computed(any LayerComputation<S>)
  }

  let kind: Kind
  let inputs: Int
  let outputs: Int
  /// The layer that it comes from, counted from 0.
  let layer: Int
  /// Where its parameters lie: a dense layer's weights before its biases.
  let parameters: Range<Int>
  /// The parameters that penalties are for lie first: so many.
  let penalized: Int
  /// Where what it gathers lies.
  let statistics: Range<Int>

  var isDense: Bool { if case .dense = kind { true } else { false } }

  var computation: (any LayerComputation<S>)? { if case .computed(let computation) = kind { computation } else { nil } }

  /// Whether outputs are the inputs when nobody trains.
  var isIdentityInPrediction: Bool { computation?.isIdentityInPrediction ?? false }

  /// The nodes of some layers.
  ///
  /// - Throws: `ShapeError.layerPlace` for a layer that has nothing for this scalar, or a softmax before the last layer.
  static func lowered(
    _ layers: [any Layer], parameters: ParameterLayout, statistics: ParameterLayout
  ) throws(ShapeError) -> [Node<S>] {
    var nodes: [Node<S>] = []
    for (index, layer) in layers.enumerated() {
      let name = parameters.names[index]
      let isLast = index == layers.count - 1
      if let activation = (layer as? Dense)?.activation ?? layer as? Activation, !activation.isValid {
        throw .layerSetting(
          operation: "Network", layer: "layer \(name.number)", name: "the activation's parameter",
          found: "\(activation)", expected: "a slope from 0 to below 1, or an alpha above 0")
      }
      if let dense = layer as? Dense {
        nodes.append(
          Node(
            kind: .dense(dense.activation.fused ?? .identity), inputs: name.inputs, outputs: name.outputs, layer: index,
            parameters: parameters.range(of: index), penalized: name.inputs * name.outputs, statistics: 0..<0))
        if dense.activation.fused == nil {
          nodes.append(try computed(dense.activation, name, inputs: name.outputs, isLast: isLast))
        }
      } else if let function = (layer as? Activation)?.fused, let last = nodes.last, case .dense(.identity) = last.kind
      {
        nodes[nodes.count - 1] = last.ending(in: function)
      } else {
        var node = try computed(layer, name, inputs: name.inputs, isLast: isLast)
        let entries = parameters.entries.filter { $0.layer == index }
        // Penalties are for a stretch at the front.
        let penalized = entries.prefix { $0.array.isPenalized }.reduce(0) { $0 + $1.array.count }
        guard
          entries.allSatisfy({
            !$0.array.isPenalized || $0.range.upperBound <= parameters.range(of: index).lowerBound + penalized
          })
        else {
          throw .layerPlace(
            operation: "Network", layer: name, problem: "a penalized array follows one that is not",
            remedy: "list the arrays with isPenalized first")
        }
        node = Node(
          kind: node.kind, inputs: name.inputs, outputs: name.outputs, layer: index,
          parameters: parameters.range(of: index), penalized: penalized, statistics: statistics.range(of: index))
        nodes.append(node)
      }
    }
    return nodes
  }

  private static func computed(
    _ layer: any Layer, _ name: LayerName, inputs: Int, isLast: Bool
  ) throws(ShapeError) -> Node<S> {
    if let activation = layer as? Activation {
      guard activation != .softmax || isLast else {
        throw .layerPlace(
          operation: "Network", layer: name, problem: "softmax is for the last layer alone",
          remedy: "use another activation there")
      }
    }
    guard let computation = layer.computation(inputs: inputs, as: S.self) else {
      throw .layerPlace(
        operation: "Network", layer: name, problem: "\(layer.name) has no computation in \(S.precision)",
        remedy: "make a network of the scalar that it is written for")
    }
    guard computation.reach == .row || inputs == name.outputs else {
      throw .layerPlace(
        operation: "Network", layer: name,
        problem: "\(layer.name) makes \(name.outputs) of \(inputs) numbers, but its reach is not a row",
        remedy: "let its computation reach .row")
    }
    return Node(
      kind: .computed(computation), inputs: inputs, outputs: name.outputs, layer: name.number - 1, parameters: 0..<0,
      penalized: 0, statistics: 0..<0)
  }

  /// A node that makes of its inputs the same.
  var passingOn: Node {
    Node(
      kind: .computed(FusedActivation<S>(function: .identity)), inputs: inputs, outputs: outputs, layer: layer,
      parameters: parameters, penalized: penalized, statistics: statistics)
  }

  private func ending(in function: _ElementwiseFunction) -> Node {
    Node(
      kind: .dense(function), inputs: inputs, outputs: outputs, layer: layer, parameters: parameters,
      penalized: penalized, statistics: statistics)
  }
}
