/// What a forward pass leaves for the backward pass; the operands are vectors for one example, matrices for a batch.
package struct ForwardPass<Operand: Sendable>: Sendable {
  /// z = W a + b of every layer.
  package var weightedInputs: [Operand] = []
  /// The input, then a = f(z) of every layer.
  package var activations: [Operand]

  /// What leaves the last layer.
  var output: Operand { activations[activations.count - 1] }
}

extension Network {
  /// The network's answer to one example.
  ///
  /// - Parameter x: A vector of as many elements as the network has inputs.
  /// - Returns: The activations of the last layer.
  /// - Throws: `ShapeError.operand` when x has another length.
  public func feedForward(_ x: Vector<S>) throws(ShapeError) -> Vector<S> {
    try check(x, named: "x", in: "feedForward")
    return try forward(x).output
  }

  /// The network's answer to one example as a column, as the book writes it.
  ///
  /// - Parameter x: A column, inputs×1.
  /// - Returns: The activations of the last layer, outputs×1.
  /// - Throws: `ShapeError.operand` when x is not a column of that height.
  public func feedForward(_ x: Matrix<S>) throws(ShapeError) -> Matrix<S> {
    try checkColumn(x, named: "x", in: "feedForward", batchLabel: "batch:")
    return try forward(x.flattened).output.column
  }

  /// The network's answers to a batch.
  ///
  /// - Parameter batch: One example a row, (examples × inputs).
  /// - Returns: The activations of the last layer, (examples × outputs).
  /// - Throws: `ShapeError.exampleWidth` when the rows are not as wide as the network has inputs, `ShapeError.memory` when
  ///   the activations of all layers do not fit the machine.
  public func feedForward(batch: Matrix<S>) throws(ShapeError) -> Matrix<S> {
    try checkRows(batch, named: "batch", in: "feedForward(batch:)")
    try checkMemory(examples: batch.rows, named: "batch", in: "feedForward(batch:)", matrices: 2)
    return try forward(batch).output
  }

  /// z = W a + b for one example, one `gemv` a layer.
  func forward(_ x: Vector<S>) throws(ShapeError) -> ForwardPass<Vector<S>> {
    var pass = ForwardPass(activations: [x])
    for (layer, activation) in zip(layers, activations) {
      var z = layer.biases
      try BLAS.gemv(layer.weights, pass.output, beta: 1, into: &z)
      var a = z
      a.apply(activation.function)
      pass.weightedInputs.append(z)
      pass.activations.append(a)
    }
    return pass
  }

  /// Z = A Wᵀ + b for a batch, one `gemm` a layer.
  ///
  /// Specialized for both scalars, since predictions are asked for from outside the module.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func forward(_ batch: Matrix<S>) throws(ShapeError) -> ForwardPass<Matrix<S>> {
    var pass = ForwardPass(activations: [batch])
    for (layer, activation) in zip(layers, activations) {
      var z = Matrix(repeatingRow: layer.biases, count: batch.rows)
      try BLAS.gemm(pass.output, layer.weights.transposed, beta: 1, into: &z)
      var a = z
      a.apply(activation.function)
      pass.weightedInputs.append(z)
      pass.activations.append(a)
    }
    return pass
  }
}

extension Matrix {
  /// A matrix whose rows all equal a vector: the one broadcast there is, of a bias over a batch.
  fileprivate init(repeatingRow row: Vector<S>, count: Int) {
    self.init(uninitializedRows: count, columns: row.count)
    row.withElements { source in
      for index in 0..<count { storage.pointer.advanced(by: index * row.count).update(from: source, count: row.count) }
    }
  }
}
