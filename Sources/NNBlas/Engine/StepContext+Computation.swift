// The tasks of layers that are no products: what is known of a block is handed to their computation.

extension StepContext {
  /// What a layer's computation works with, for some rows of the batch and some of the columns of its outputs.
  private func pass(
    _ index: Int, _ worker: Int, rows: Range<Int>, columns: Range<Int>, _ reach: LayerReach
  ) -> LayerPass<S> {
    let layer = layers[index]
    let (a, stride) = input(index, worker)
    // A whole row of inputs, or those of the outputs' columns.
    let below = reach == .row ? 0..<layers[index - 1].width : columns
    let offset = rows.lowerBound * layer.stride + columns.lowerBound
    return LayerPass(
      input: MatrixBlock(
        a + rows.lowerBound * stride + below.lowerBound, rows: rows.count, columns: below.count, stride: stride),
      output: MutableMatrixBlock(layer.a + offset, rows: rows.count, columns: columns.count, stride: layer.stride),
      kept: layer.kept.map {
        MutableMatrixBlock($0 + offset, rows: rows.count, columns: columns.count, stride: layer.stride)
      },
      keptOfRows: UnsafeMutableBufferPointer(start: layer.keptOfRows + rows.lowerBound, count: rows.count),
      keptOfColumns: MutableMatrixBlock(
        layer.keptOfColumns + columns.lowerBound, rows: LayerPass<S>.keptRowsOfColumns, columns: columns.count,
        stride: layer.width),
      parameters: UnsafeBufferPointer(start: parameters + layer.weights, count: layer.parameterCount),
      statistics: UnsafeBufferPointer(start: statistics + layer.statistics.lowerBound, count: layer.statistics.count),
      isTraining: layer.isTraining, rows: rows, columns: columns, width: layer.width,
      randomness: LayerPass.Randomness(seed: seed, step: batchNumber, layer: UInt32(layer.number)))
  }

  /// The whole batch.
  private func pass(_ index: Int, _ worker: Int) -> LayerPass<S> {
    pass(index, worker, rows: 0..<schedule.rows, columns: 0..<layers[index].width, computation(index).reach)
  }

  private func computation(_ index: Int) -> any LayerComputation<S> { computations[layers[index].computation] }

  /// ∂C/∂output of a layer, for some rows and columns.
  private func errors(_ index: Int, rows: Range<Int>, columns: Range<Int>) -> MatrixBlock<S> {
    let layer = layers[index]
    return MatrixBlock(
      layer.errors + rows.lowerBound * layer.stride + columns.lowerBound, rows: rows.count, columns: columns.count,
      stride: layer.stride)
  }

  /// A block of a layer's outputs.
  func compute(_ task: Plan.Task, _ worker: Int, _ clock: PhaseClock) {
    let computation = computation(task.layer)
    computation.forward(pass(task.layer, worker, rows: task.rows, columns: task.columns, computation.reach))
    clock.mark(.activation)
  }

  /// A block of the errors of a layer below a computation.
  func computeErrors(_ task: Plan.Task, _ worker: Int) {
    let (layer, above) = (layers[task.layer], layers[task.layer + 1])
    let computation = computation(task.layer + 1)
    let columns = computation.reach == .row ? 0..<above.width : task.columns
    computation.backward(
      pass(task.layer + 1, worker, rows: task.rows, columns: columns, computation.reach),
      errors: errors(task.layer + 1, rows: task.rows, columns: columns),
      inputErrors: MutableMatrixBlock(
        layer.errors + task.rows.lowerBound * layer.stride + task.columns.lowerBound, rows: task.rows.count,
        columns: task.columns.count, stride: layer.stride))
  }

  /// The gradient of a computation's parameters over the batch, and their update.
  func computeUpdate(_ task: Plan.Task, _ worker: Int) {
    let layer = layers[task.layer]
    let gradient = UnsafeMutableBufferPointer(start: scratch + worker * scratchStride, count: layer.parameterCount)
    makeGradient(task.layer, worker, into: gradient, adds: false)
    rule.apply(to: parameters, at: layer.weights, gradient.start, layer.penalized, isPenalized: true)
    rule.apply(
      to: parameters, at: layer.weights + layer.penalized, gradient.start + layer.penalized,
      layer.parameterCount - layer.penalized, isPenalized: false)
  }

  /// The gradient of a computation's parameters, into the flat gradient.
  func computeGradient(_ task: Plan.Task, _ worker: Int) {
    let layer = layers[task.layer]
    makeGradient(
      task.layer, worker,
      into: UnsafeMutableBufferPointer(start: gradient + layer.weights, count: layer.parameterCount),
      adds: addsGradient)
  }

  private func makeGradient(
    _ index: Int, _ worker: Int, into gradient: UnsafeMutableBufferPointer<S>, adds: Bool
  ) {
    let (pass, range) = (pass(index, worker), layers[index].statistics)
    // A layer that only gathers need not have errors.
    if layers[index].parameterCount > 0 {
      computation(index).gradient(
        pass, errors: errors(index, rows: pass.rows, columns: pass.columns), into: gradient, scale: gradientScale,
        adds: adds)
    }
    if !range.isEmpty, gathersStatistics, costSum.isFinite {
      computation(index).gather(
        UnsafeMutableBufferPointer(start: statistics + range.lowerBound, count: range.count), pass)
    }
  }
}
