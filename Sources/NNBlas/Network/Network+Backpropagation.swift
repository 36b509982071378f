/// A whole pass through a network and back, with everything that was computed on the way.
package struct Backpropagation<Operand: Sendable, S: Scalar>: Sendable {
  package let forward: ForwardPass<Operand>
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

  /// The gradient of the mean cost of a batch: one `gemm` for each layer's weights, ∇W = δᵀ · A / examples.
  ///
  /// - Parameters:
  ///   - batch: The inputs, one example a row (examples × inputs).
  ///   - targets: The targets, one example a row (examples × outputs).
  ///   - cost: The cost whose gradient is computed.
  /// - Returns: The gradient, layer by layer, and the cost itself.
  /// - Throws: `ShapeError.exampleWidth` when rows are not as wide as the network's ends, `ShapeError.exampleCounts` when
  ///   the two have different numbers of rows, `ShapeError.operand` when there is no row at all.
  public func backpropagate(
    batch: Matrix<S>, targets: Matrix<S>, cost: Cost = .quadratic
  ) throws(ShapeError) -> Gradient<S> {
    try trace(batch: batch, targets: targets, cost: cost).gradient
  }
}

// MARK: - The passes, with all they compute

extension Network {
  package func trace(
    x: Vector<S>, y: Vector<S>, cost: Cost
  ) throws(ShapeError) -> Backpropagation<Vector<S>, S> {
    try check(x, named: "x", in: "backpropagate(x:y:)")
    try check(y, named: "y", in: "backpropagate(x:y:)", target: true)
    let pass = try forward(x)
    var gradient = Gradient(uninitializedFor: self)
    gradient.cost = cost.sum(pass, y: y)

    var delta = cost.error(a: pass.output, y: y)
    var errors: [Vector<S>] = []
    for layer in layers.indices.reversed() {
      let error = delta
      errors.append(error)
      try gradient.storage.withBiases(layer) { (biases) throws(ShapeError) in
        biases.copy(error)
      }
      try gradient.storage.withWeights(layer) { (weights) throws(ShapeError) in
        weights.fill(with: 0)
        try BLAS.ger(error, pass.activations[layer], into: &weights)
      }
      guard layer > 0 else { break }
      delta = Vector(uninitialized: sizes[layer])
      try BLAS.gemv(layers[layer].weights.transposed, error, into: &delta)
      delta.multiplyBySigmoidDerivative(activation: pass.activations[layer])
    }
    return Backpropagation(forward: pass, errors: errors.reversed(), gradient: gradient)
  }

  package func trace(
    x: Matrix<S>, y: Matrix<S>, cost: Cost
  ) throws(ShapeError) -> Backpropagation<Vector<S>, S> {
    let operation = "backpropagate(x:y:)"
    try checkColumn(x, named: "x", in: operation, batchLabel: "batch:")
    try checkColumn(y, named: "y", in: operation, batchLabel: "batch:targets:", target: true)
    return try trace(x: x.flattened, y: y.flattened, cost: cost)
  }

  package func trace(
    batch: Matrix<S>, targets: Matrix<S>, cost: Cost
  ) throws(ShapeError) -> Backpropagation<Matrix<S>, S> {
    let operation = "backpropagate(batch:targets:)"
    try checkRows(batch, named: "batch", in: operation)
    try checkRows(targets, named: "targets", in: operation, target: true)
    guard targets.rows == batch.rows else {
      throw .exampleCounts(
        operation: operation, name: "targets", found: targets.rows, otherName: "batch", expected: batch.rows)
    }
    guard batch.rows > 0 else {
      throw .operand(operation: operation, name: "batch", found: batch.shape, expected: .property("at least 1 example"))
    }
    var gradient = Gradient(uninitializedFor: self)
    let (pass, errors) = try backpropagate(batch, targets, cost: cost, into: &gradient)
    return Backpropagation(forward: pass, errors: errors, gradient: gradient)
  }

  /// The batched pass on checked shapes, into a gradient that is reused from step to step.
  @discardableResult
  func backpropagate(
    _ batch: Matrix<S>, _ targets: Matrix<S>, cost: Cost, into gradient: inout Gradient<S>
  ) throws(ShapeError) -> (ForwardPass<Matrix<S>>, errors: [Matrix<S>]) {
    let mean = 1 / S(batch.rows)
    let ones = try Vector<S>(repeating: 1, count: batch.rows)
    let pass = try forward(batch)
    gradient.cost = mean * cost.sum(pass, y: targets)

    var delta = cost.error(a: pass.output, y: targets)
    var errors: [Matrix<S>] = []
    for layer in layers.indices.reversed() {
      let error = delta
      errors.append(error)
      try gradient.storage.withBiases(layer) { (biases) throws(ShapeError) in
        try BLAS.gemv(alpha: mean, error.transposed, ones, into: &biases)
      }
      try gradient.storage.withWeights(layer) { (weights) throws(ShapeError) in
        try BLAS.gemm(alpha: mean, error.transposed, pass.activations[layer], into: &weights)
      }
      guard layer > 0 else { break }
      delta = Matrix(uninitializedRows: batch.rows, columns: sizes[layer])
      try BLAS.gemm(error, layers[layer].weights, into: &delta)
      delta.multiplyBySigmoidDerivative(activation: pass.activations[layer])
    }
    return (pass, errors.reversed())
  }
}
