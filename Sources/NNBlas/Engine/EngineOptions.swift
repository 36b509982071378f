/// What decides on an engine's plans and memory, besides network, batch and cost.
struct EngineOptions: Equatable {
  /// Whether one worker takes short steps while that is faster, if there is no number of threads.
  var isPaced = false
  /// Whether examples have weights.
  var isWeighted = false
  /// Whether steps may look ahead: not where weights change by more than their gradient.
  var mayLookAhead = true
  /// Whether the norm of the stored gradient is limited.
  var clipsNorm = false
  /// Whether a step whose cost or gradient may not be finite changes nothing.
  var isGuarded = false
  /// Whether layers gather statistics of the batches.
  var gathersStatistics = false
  /// Whether the errors of the inputs are made as well.
  var wantsInputErrors = false
  /// Whether layers compute as in predictions, though there is a way back.
  var predicts = false
  /// Of random numbers.
  var seed: UInt64 = 0
}

extension Network {
  /// The nodes that a step computes.
  ///
  /// - Parameters:
  ///   - cost: Where it takes what the last activation is applied to, that activation is left out.
  ///   - isTraining: Else what does nothing in predictions is left out.
  /// - Returns: The nodes.
  func nodes(for cost: Cost, isTraining: Bool) -> [Node<S>] {
    var nodes = nodes
    if let last = nodes.last, case .computed = last.kind, cost.takesLogits(of: outputActivation) {
      nodes.removeLast()
      // Somebody has to hand the inputs on.
      if nodes.isEmpty { nodes = [last.passingOn] }
    }
    if !isTraining, nodes.contains(where: { !$0.isIdentityInPrediction }) {
      nodes.removeAll { $0.isIdentityInPrediction }
    }
    return nodes
  }

  /// Their shape.
  func shape(_ nodes: [Node<S>], wantsInputErrors: Bool = false) -> PlanShape {
    PlanShape(
      inputs: inputs,
      nodes: nodes.map { node in
        let isFrozen = frozen.contains(node.layer)
        return PlanShape.Node(
          node.computation.map { .computed($0.reach) } ?? .dense, outputs: node.outputs,
          learned: isFrozen ? 0 : node.parameters.count, gathers: !isFrozen && !node.statistics.isEmpty)
      }, wantsInputErrors: wantsInputErrors)
  }

  /// The floating-point operations of one training step's products for one example: those of the forward pass, as many for the
  /// weights' gradients of layers that learn, and as many for the errors of layers before the first of which none learns.
  public var trainingOperationsPerExample: Int { shape(nodes).operationsPerExample }
}
