/// A network as a plan sees it: widths, and how far each of its nodes reaches.
package struct PlanShape: Equatable, Sendable {
  /// What a step does for one node.
  package struct Node: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
      /// A product with weights.
      case dense
      /// Something else, of which a block needs so much of its input.
      case computed(LayerReach)
    }

    let kind: Kind
    let outputs: Int
    /// The parameters that a step changes.
    let learned: Int
    /// Whether a step gathers statistics for it.
    let gathers: Bool

    package init(_ kind: Kind, outputs: Int, learned: Int, gathers: Bool = false) {
      (self.kind, self.outputs, self.learned, self.gathers) = (kind, outputs, learned, gathers)
    }
  }

  /// The widths of all nodes, the input's first.
  package let sizes: [Int]
  /// Counted from 1, as layers of the workspace are; at 0 is what stands for the input.
  let nodes: [Node]
  /// Whether the errors of the inputs are made as well.
  let wantsInputErrors: Bool

  package init(inputs: Int, nodes: [Node], wantsInputErrors: Bool = false) {
    sizes = [inputs] + nodes.map(\.outputs)
    self.nodes = [Node(.computed(.element), outputs: inputs, learned: 0)] + nodes
    self.wantsInputErrors = wantsInputErrors
  }

  /// Dense layers that all learn.
  package init(sizes: [Int]) {
    self.init(
      inputs: sizes[0],
      nodes: zip(sizes, sizes.dropFirst()).map { Node(.dense, outputs: $1, learned: ($0 + 1) * $1) })
  }

  /// The number of the last node.
  var last: Int { sizes.count - 1 }

  func isDense(_ layer: Int) -> Bool { nodes[layer].kind == .dense }

  func learns(_ layer: Int) -> Bool { nodes[layer].learned > 0 }

  /// Whether a step changes something of it: parameters, or what it gathers.
  func changes(_ layer: Int) -> Bool { learns(layer) || nodes[layer].gathers }

  /// The first node whose errors somebody needs.
  var firstWithErrors: Int { wantsInputErrors ? 0 : (1...last).first(where: learns) ?? last }

  /// Whether a product that learns has this layer's outputs for its inputs, and no product's errors are made with them: they are, of a
  /// dense layer, with its derivative.
  func notesOutputs(_ layer: Int) -> Bool {
    layer > 0 && layer < last && isDense(layer + 1) && learns(layer + 1)
      && (!isDense(layer) || layer < firstWithErrors)
  }

  /// Whether it is nothing but dense layers that learn.
  var isPlain: Bool { !wantsInputErrors && (1...last).allSatisfy { isDense($0) && learns($0) } }

  /// The floating-point operations of a training step's products for one example.
  var operationsPerExample: Int {
    (1...last).filter(isDense).reduce(0) { sum, layer in
      let product = 2 * sizes[layer - 1] * sizes[layer]
      return sum + product * (1 + (learns(layer) ? 1 : 0) + (layer > firstWithErrors ? 1 : 0))
    }
  }
}
