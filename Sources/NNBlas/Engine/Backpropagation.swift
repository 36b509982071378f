/// A pass through a network and back, with what was computed on the way: vectors for one example, matrices for a batch.
package struct Backpropagation<Operand: Sendable, S: Scalar>: Sendable {
  /// The input, then a = f(z) of every layer.
  package let activations: [Operand]
  /// δ = ∂C/∂z of every layer, for the cost of each example.
  package let errors: [Operand]
  package let gradient: Gradient<S>
}

extension Network {
  /// The gradient of the cost of one example: the function `backprop` of `network.py`.
  ///
  /// Each weight gradient is the outer product δ · aᵀ (outputs × inputs), one `ger`. Because a `Vector` is neither a row nor
  /// a column, the product cannot come out the wrong way round.
  ///
  /// - Parameters:
  ///   - x: The input, one element for each input of the network.
  ///   - y: The target, one element for each output.
  ///   - cost: The cost whose gradient is computed.
  /// - Returns: The gradient, layer by layer, and the cost itself.
  /// - Throws: `ShapeError.operand` when x or y has another length.
  public func backpropagate(
    x: Vector<S>, y: Vector<S>, cost: Cost = .quadratic
  ) throws(ShapeError) -> Gradient<S> {
    try trace(x: x, y: y, cost: cost).gradient
  }

  /// The gradient of the cost of one example that is written in columns, as the book writes it.
  ///
  /// - Parameters:
  ///   - x: The input, inputs×1.
  ///   - y: The target, outputs×1.
  ///   - cost: The cost whose gradient is computed.
  /// - Returns: The gradient, layer by layer, and the cost itself.
  /// - Throws: `ShapeError.operand` when x or y is not a column of that height; for a row it says how to make it one.
  public func backpropagate(
    x: Matrix<S>, y: Matrix<S>, cost: Cost = .quadratic
  ) throws(ShapeError) -> Gradient<S> {
    try trace(x: x, y: y, cost: cost).gradient
  }

  /// The gradient of the mean cost of a batch, as a step of training takes it, `BatchNorm` with the batch's own means, and `Dropout` with the
  /// mask of a seed of 0: one matrix product for each layer's weights, ∇W = δᵀ · A / examples.
  ///
  /// - Parameters:
  ///   - batch: The inputs, one example a row (examples × inputs).
  ///   - targets: The targets, one example a row (examples × outputs).
  ///   - cost: The cost whose gradient is computed.
  /// - Returns: The gradient, layer by layer, and the cost itself.
  /// - Throws: `ShapeError.exampleWidth` when rows are not as wide as the network's ends, `ShapeError.exampleCounts` when
  ///   the two have different numbers of rows, `ShapeError.operand` when there is no row at all, `ShapeError.memory` when the activations and
  ///   errors of all layers do not fit the machine.
  public func backpropagate(
    batch: Matrix<S>, targets: Matrix<S>, cost: Cost = .quadratic
  ) throws(ShapeError) -> Gradient<S> {
    try trace(batch: batch, targets: targets, cost: cost).gradient
  }
}

// MARK: - The gradient of inputs

extension Network {
  /// The gradient of a batch's mean cost with respect to its inputs: how the cost of predictions would change with every number of
  /// every example. Layers compute as they do in predictions: `BatchNorm` with its running means and variances, and nothing is dropped.
  ///
  /// - Parameters:
  ///   - batch: The inputs, one example a row (examples × inputs).
  ///   - targets: The targets, one example a row (examples × outputs).
  ///   - cost: The cost whose gradient is computed.
  /// - Returns: A derivative for each input of each example (examples × inputs).
  /// - Throws: As `backpropagate(batch:targets:cost:)`.
  public func inputGradient(
    batch: Matrix<S>, targets: Matrix<S>, cost: Cost = .quadratic
  ) throws(ShapeError) -> Matrix<S> {
    var errors = try trace(batch: batch, targets: targets, cost: cost, wantsInputErrors: true).errors[0]
    let count = errors.elementCount
    errors.withMutableElements { S._scale($0, count, by: 1 / S(batch.rows)) }
    return errors
  }

  /// The gradient of the cost of one example with respect to its input; see `inputGradient(batch:targets:cost:)`.
  ///
  /// - Parameters:
  ///   - x: The input, one element for each input of the network.
  ///   - y: The target, one element for each output.
  ///   - cost: The cost whose gradient is computed.
  /// - Returns: A derivative for each input.
  /// - Throws: `ShapeError.operand` when x or y has another length; else as `backpropagate(x:y:cost:)`.
  public func inputGradient(x: Vector<S>, y: Vector<S>, cost: Cost = .quadratic) throws(ShapeError) -> Vector<S> {
    try check(x, named: "x", in: "inputGradient(x:y:)")
    try check(y, named: "y", in: "inputGradient(x:y:)", target: true)
    return try inputGradient(batch: x.row, targets: y.row, cost: cost).flattened
  }
}

// MARK: - The passes, with all they compute

extension Network {
  package func trace(
    x: Vector<S>, y: Vector<S>, cost: Cost
  ) throws(ShapeError) -> Backpropagation<Vector<S>, S> {
    let operation = "backpropagate(x:y:)"
    try check(x, named: "x", in: operation)
    try check(y, named: "y", in: operation, target: true)
    try check(cost, in: operation)
    let pass = try run(x.row, y.row, cost, named: "x", in: operation)
    return Backpropagation(
      activations: pass.activations.map(\.flattened), errors: pass.errors.map(\.flattened), gradient: pass.gradient)
  }

  package func trace(
    x: Matrix<S>, y: Matrix<S>, cost: Cost
  ) throws(ShapeError) -> Backpropagation<Vector<S>, S> {
    let operation = "backpropagate(x:y:)"
    try checkColumn(x, named: "x", in: operation, batchLabel: "batch:")
    try checkColumn(y, named: "y", in: operation, batchLabel: "batch:targets:", target: true)
    return try trace(x: x.flattened, y: y.flattened, cost: cost)
  }

  /// With the errors of the inputs first, where they are asked for.
  package func trace(
    batch: Matrix<S>, targets: Matrix<S>, cost: Cost, seed: UInt64 = 0, wantsInputErrors: Bool = false
  ) throws(ShapeError) -> Backpropagation<Matrix<S>, S> {
    let operation = "\(wantsInputErrors ? "inputGradient" : "backpropagate")(batch:targets:)"
    try checkRows(batch, named: "batch", in: operation)
    try checkRows(targets, named: "targets", in: operation, target: true)
    guard targets.rows == batch.rows else {
      throw .exampleCounts(
        operation: operation, name: "targets", found: targets.rows, otherName: "batch", expected: batch.rows)
    }
    guard batch.rows > 0 else {
      throw .operand(operation: operation, name: "batch", found: batch.shape, expected: .property("at least 1 example"))
    }
    try check(cost, in: operation)
    return try run(
      batch, targets, cost, named: "batch", in: operation, seed: seed, wantsInputErrors: wantsInputErrors)
  }

  /// One step of the engine that ends with the stored gradient.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private func run(
    _ batch: Matrix<S>, _ targets: Matrix<S>, _ cost: Cost, named name: String, in operation: String, seed: UInt64 = 0,
    wantsInputErrors: Bool = false
  ) throws(ShapeError) -> Backpropagation<Matrix<S>, S> {
    // What the step works in, and what is handed out of it.
    let nodes = nodes(for: cost, isTraining: true)
    let results = nodes.reduce(0) { $0 + 2 * Double(batch.rows) * Double($1.outputs) }
    try checkMemory(
      examples: batch.rows, named: name, in: operation,
      numbers: Workspace<S>.elements(nodes, rows: batch.rows, purpose: .training(.stored)) + results, gradients: 1)
    let engine = Engine(
      self, batchSize: batch.rows, shortBatchSize: 0, cost: cost, purpose: .training(.stored), team: nil, threads: nil,
      options: EngineOptions(wantsInputErrors: wantsInputErrors, predicts: wantsInputErrors, seed: seed))
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    let sum = storage.flat.withElements { parameters in
      statistics.flat.withElements { statistics in
        // Only read: the round ends before the update, and nothing is gathered.
        engine.setBatch(0, statistics: UnsafeMutablePointer(mutating: statistics))
        return engine.step(batch, targets, UnsafeMutablePointer(mutating: parameters), rule: .sgd(rate: 0)).costSum
      }
    }
    return Backpropagation(
      activations: [batch] + (1...nodes.count).map { engine.matrix(\.a, layer: $0) },
      errors: try errors(of: engine, nodes, wantsInputErrors: wantsInputErrors, in: operation),
      gradient: Gradient(cost: S(sum / Double(batch.rows)), of: self, flat: engine.gradient))
  }
  /// The errors of all layers, zeros below the first one that learns, where nobody makes any.
  private func errors(
    of engine: Engine<S>, _ nodes: [Node<S>], wantsInputErrors: Bool, in operation: String
  ) throws(ShapeError) -> [Matrix<S>] {
    let first = shape(nodes, wantsInputErrors: wantsInputErrors).firstWithErrors
    var errors: [Matrix<S>] = []
    for layer in (wantsInputErrors ? 0 : 1)...nodes.count {
      errors.append(
        layer < first
          ? try Matrix(rows: engine.batchSize, columns: nodes[layer - 1].outputs)
          : engine.matrix(\.errors, layer: layer))
    }
    return errors
  }
}
