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
  ///   the two have different numbers of rows, `ShapeError.operand` when there is no row at all, `ShapeError.memory` when the activations and
  ///   errors of all layers do not fit the machine.
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
    try check(cost, in: "backpropagate(x:y:)")
    let pass = try forward(x)
    let (errors, costSum) = try backward(pass, y: y, cost: cost)
    var gradient = Gradient(zeroFor: self, cost: S(costSum))
    try gradient.storage.accumulate(1, errors: errors, activations: pass.activations)
    return Backpropagation(forward: pass, errors: errors, gradient: gradient)
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
    try check(cost, in: operation)
    try checkMemory(examples: batch.rows, named: "batch", in: operation, matrices: 3, gradients: 1)
    let mean = 1 / S(batch.rows)
    let pass = try forward(batch)
    let (errors, costSum) = try backward(pass, y: targets, cost: cost)
    var gradient = Gradient(zeroFor: self, cost: S(costSum / Double(batch.rows)))
    try gradient.storage.accumulate(mean, errors: errors, activations: pass.activations)
    return Backpropagation(forward: pass, errors: errors, gradient: gradient)
  }

  /// δ = Wᵀ δ′ ⊙ f′(z) from the last layer to the first for one example, one `gemv` a layer; and the cost.
  private func backward(
    _ pass: ForwardPass<Vector<S>>, y: Vector<S>, cost: Cost
  ) throws(ShapeError) -> (errors: [Vector<S>], cost: Double) {
    let (output, sum) = finish(pass, y: y, cost: cost)
    var errors = [output]
    for layer in layers.dropFirst().reversed() {
      var delta = Vector<S>(uninitialized: layer.weights.columns)
      try BLAS.gemv(layer.weights.transposed, errors[errors.count - 1], into: &delta)
      let below = layer.name.number - 1
      delta.multiplyByDerivative(of: activations[below - 1].function, activation: pass.activations[below])
      errors.append(delta)
    }
    return (errors.reversed(), sum)
  }

  /// δ = δ′ W ⊙ f′(Z) from the last layer to the first for a batch, one `gemm` a layer; and the cost of all examples.
  private func backward(
    _ pass: ForwardPass<Matrix<S>>, y: Matrix<S>, cost: Cost
  ) throws(ShapeError) -> (errors: [Matrix<S>], cost: Double) {
    let (output, sum) = finish(pass, y: y, cost: cost)
    var errors = [output]
    for layer in layers.dropFirst().reversed() {
      var delta = Matrix<S>(uninitializedRows: y.rows, columns: layer.weights.columns)
      try BLAS.gemm(errors[errors.count - 1], layer.weights, into: &delta)
      let below = layer.name.number - 1
      delta.multiplyByDerivative(of: activations[below - 1].function, activation: pass.activations[below])
      errors.append(delta)
    }
    return (errors.reversed(), sum)
  }

  /// The last layer's errors and the cost, from its weighted inputs.
  private func finish<Operand: Elements<S>>(
    _ pass: ForwardPass<Operand>, y: Operand, cost: Cost
  ) -> (errors: Operand, cost: Double) {
    var (z, errors) = (pass.weightedInputs[pass.weightedInputs.count - 1], y)
    let columns = sizes[sizes.count - 1]
    let shape = _BlockShape(rows: y.elementCount / columns, columns: columns, stride: columns)
    let sum = z.withMutableElements { z in
      errors.withMutableElements { errors in
        y.withElements { cost.finish(activations[activations.count - 1], z, errors: errors, y: $0, bias: nil, shape) }
      }
    }
    return (errors, sum)
  }
}

extension Parameters {
  /// Adds the gradient of one example times a factor: W += α · δ · aᵀ, one `ger` a layer, and b += α · δ.
  fileprivate mutating func accumulate(
    _ alpha: S, errors: [Vector<S>], activations: [Vector<S>]
  ) throws(ShapeError) {
    for layer in errors.indices {
      try withWeights(layer) { (weights) throws(ShapeError) in
        try BLAS.ger(alpha: alpha, errors[layer], activations[layer], into: &weights)
      }
      try withBiases(layer) { (biases) throws(ShapeError) in
        try BLAS.axpy(alpha: alpha, errors[layer], into: &biases)
      }
    }
  }

  /// Adds the gradient summed over a batch times a factor: W += α · δᵀ · A, one `gemm` a layer, and b += α · δᵀ · 1.
  fileprivate mutating func accumulate(_ alpha: S, errors: [Matrix<S>], activations: [Matrix<S>]) throws(ShapeError) {
    let ones = try Vector<S>(repeating: 1, count: activations[0].rows)
    for layer in errors.indices {
      try withWeights(layer) { (weights) throws(ShapeError) in
        try BLAS.gemm(alpha: alpha, errors[layer].transposed, activations[layer], beta: 1, into: &weights)
      }
      try withBiases(layer) { (biases) throws(ShapeError) in
        try BLAS.gemv(alpha: alpha, errors[layer].transposed, ones, beta: 1, into: &biases)
      }
    }
  }
}
