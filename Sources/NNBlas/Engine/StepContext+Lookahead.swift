// The tasks of steps that look ahead.

extension StepContext {
  /// W ← W + Σ Δₛᵀ Xₛ for some neurons, with the updates that are not in the weights yet.
  func settle(_ task: Plan.Task, _ worker: Int, _ clock: PhaseClock) {
    guard let block, !block.deferred.isEmpty else { return }
    let (first, width) = (block.deferred.lowerBound, task.columns.count)
    let updates = UnsafePointer(block.updates + first * block.stride + task.rows.lowerBound)
    S._addOuterProducts(
      parameters + places(task).weights, rows: task.rows.count, columns: width, d: (updates, block.stride),
      x: (batch.inputs(of: worker) + first * width, width), count: block.deferred.count)
    clock.mark(.update)
  }

  /// X Wᵀ for some neurons and the examples that were just fetched.
  func lookAhead(_ task: Plan.Task, _ worker: Int, _ clock: PhaseClock) {
    guard let block, fetchCount > 0 else { return }
    let width = layers[0].width
    let weights = UnsafePointer(parameters + layers[1].weights + task.columns.lowerBound * width)
    StepProduct.forward.multiply(
      fetchCount, task.columns.count, width, 1, (fetchBatch.inputs(of: worker), width), (weights, width), 0,
      into: (block.products + task.columns.lowerBound, block.stride))
    clock.mark(.forward)
  }

  /// X Xᵀ for some of them, each with those of the steps before its own; and for some more, whose products nobody reads.
  func overlap(_ task: Plan.Task, _ worker: Int, _ clock: PhaseClock) {
    let (rows, columns) = (task.rows.clamped(to: 0..<fetchCount), task.columns.clamped(to: 0..<fetchCount))
    guard let block, !rows.isEmpty else { return }
    let (width, x) = (layers[0].width, fetchBatch.inputs(of: worker))
    StepProduct.forward.multiply(
      rows.count, columns.count, width, 1, (x + rows.lowerBound * width, width), (x, width), 0,
      into: (block.overlaps + rows.lowerBound * block.overlapStride, block.overlapStride))
    clock.mark(.forward)
  }

  /// Z = P + Σ (X Xₛᵀ) Δₛ with the products P made ahead, and A = f(Z + b).
  @inline(__always)
  func correct(_ task: Plan.Task, _ clock: PhaseClock) {
    guard let block else { return }
    let (layer, (row, rows)) = (layers[task.layer], (block.row, schedule.rows))
    for example in 0..<rows {
      (layer.a + example * layer.stride).update(
        from: block.products + (row + example) * block.stride, count: layer.width)
    }
    if row > 0 {
      let overlaps = block.overlaps + row * block.overlapStride
      if rows == 1 {
        S._gemv(
          true, Int32(row), Int32(layer.width), 1, block.updates, Int32(block.stride), overlaps, 1, layer.a)
      } else {
        // Whole lines of cache, of which nobody reads what is beyond the neurons: for parts of them OpenBLAS asks for memory.
        S._gemm(
          false, false, Int32(rows), Int32(min(layer.stride, block.stride)), Int32(row), 1, overlaps,
          Int32(block.overlapStride),
          block.updates, Int32(block.stride), 1, layer.a, Int32(layer.stride))
      }
    }
    clock.mark(.forward)
    if isReplay { return }
    S._activate(
      layer.function, layer.a, _BlockShape(rows: rows, columns: layer.width, stride: layer.stride),
      bias: parameters + layer.biases)
    clock.mark(.activation)
  }

  /// −η/examples · Δ, kept until the weights are settled, and the update of the biases.
  @inline(__always)
  func postpone(_ task: Plan.Task, _ clock: PhaseClock) {
    guard let block else { return }
    let (layer, rows) = (layers[task.layer], schedule.rows)
    let (errors, factor) = (UnsafePointer(layer.errors), -rule.rate / gradientExamples)
    for example in 0..<rows {
      S._columnSums(
        block.updates + (block.row + example) * block.stride, alpha: factor, beta: 0,
        errors + example * layer.stride, _BlockShape(count: layer.width))
    }
    S._columnSums(
      parameters + layer.biases, alpha: factor, beta: 1, errors,
      _BlockShape(rows: rows, columns: layer.width, stride: layer.stride))
    clock.mark(.update)
  }
}
