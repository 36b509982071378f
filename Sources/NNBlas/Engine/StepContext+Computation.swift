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
    noteOutputs(task, worker)
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

  /// The gradient of a computation's parameters over the batch, with the stored one of batches before where it is added to.
  func derive(_ task: Plan.Task, _ worker: Int, _ clock: PhaseClock) {
    let (layer, pass) = (layers[task.layer], pass(task.layer, worker))
    if addsGradient { layer.gradient.update(from: gradient + layer.weights, count: layer.parameterCount) }
    computation(task.layer).gradient(
      pass, errors: errors(task.layer, rows: pass.rows, columns: pass.columns),
      into: UnsafeMutableBufferPointer(start: layer.gradient, count: layer.parameterCount), scale: gradientScale,
      adds: addsGradient)
    magnitudes.noteErrors(
      S._largestMagnitude(layer.gradient, _BlockShape(count: layer.parameterCount)), layer: task.layer, worker: worker)
    clock.mark(.backward)
  }

  /// The update of a computation's parameters.
  func computeUpdate(_ task: Plan.Task, _ worker: Int) {
    let layer = layers[task.layer]
    if layer.learns {
      rule.apply(to: parameters, at: layer.weights, layer.gradient, layer.penalized, isPenalized: true)
      rule.apply(
        to: parameters, at: layer.weights + layer.penalized, layer.gradient + layer.penalized,
        layer.parameterCount - layer.penalized, isPenalized: false)
    }
    gatherStatistics(task.layer, worker)
  }

  /// The gradient of a computation's parameters, into the flat gradient.
  func computeGradient(_ task: Plan.Task, _ worker: Int) {
    let layer = layers[task.layer]
    if layer.learns { (gradient + layer.weights).update(from: layer.gradient, count: layer.parameterCount) }
    gatherStatistics(task.layer, worker)
  }

  private func gatherStatistics(_ index: Int, _ worker: Int) {
    let range = layers[index].statistics
    if range.isEmpty || !gathersStatistics { return }
    computation(index).gather(
      UnsafeMutableBufferPointer(start: statistics + range.lowerBound, count: range.count), pass(index, worker))
  }
}
